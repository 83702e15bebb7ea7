"""The author's desk as an officer meets it."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.people.models import User
from courses.authoring.actions import create_course
from courses.authoring.outline import add_lesson, add_module
from courses.files.models import MediaFile
from courses.lesson_kinds import kinds
from courses.lesson_kinds.document.models import DocumentContent
from courses.publishing.actions import submit
from courses.structure.models import Course, CourseVersion, Lesson
from courses.taxonomy.models import MEBIBYTE, LearningPath, MobileData
from courses.taxonomy.terms import forget_mobile_data
from tests import make
from tests.cast import Cast, cast
from tests.courses.build import ready_draft

pytestmark = pytest.mark.django_db
MOST = 12


@pytest.fixture
def people() -> Cast:
    return cast()


def visitor(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _queries(client: Client, address: str) -> int:
    assert client.get(address).status_code == 200  # the second visit has its session and roles at hand as any other
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    assert len(caught) <= MOST, "\n".join(query["sql"][:200] for query in caught)
    return len(caught)


def test_the_list_costs_the_same_for_3_and_for_30_courses(people: Cast) -> None:
    client = visitor(people.officer)
    counts = []
    for more in (3, 27):
        for number in range(more):
            make.version(organiser=people.bkpsdm, published=number % 2 == 0, lessons=1)
        counts.append(_queries(client, reverse("office-courses")))
    assert counts[0] == counts[1]


def _all_kinds(people: Cast, each: int) -> CourseVersion:
    draft = create_course("Semua jenis", people.bkpsdm, by=None)
    for number in range(each):
        module = add_module(draft, f"Modul {number}", by=None, jp=Decimal(1))
        for kind in kinds:
            add_lesson(module, kind.name, f"{kind.name} {number}", by=None)
    return draft


@pytest.mark.parametrize("page", ["course-outline", "course-check", "course-details", "course-review", "office-course"])
def test_each_page_of_a_course_costs_the_same_for_5_and_for_30_lessons(people: Cast, page: str) -> None:
    client = visitor(people.officer)
    small, large = _all_kinds(people, 1), _all_kinds(people, 6)
    counts = [_queries(client, reverse(page, args=[one.course.code])) for one in (small, large)]
    assert counts[0] == counts[1]


def test_every_kind_of_lesson_can_be_opened_saved_and_previewed(people: Cast) -> None:
    client = visitor(people.officer)
    draft = _all_kinds(people, 1)
    for lesson in draft.lessons.all():
        address = reverse("course-lesson", args=[draft.course.code, lesson.uid])
        page = client.get(address)
        assert page.status_code == 200
        _queries(client, address)
        _queries(client, reverse("course-preview-lesson", args=[draft.course.code, 1, lesson.uid]))


def test_an_officer_makes_a_course_from_nothing(people: Cast) -> None:
    client = visitor(people.officer)
    made = client.post(reverse("course-new"), {"title": "Arsip Digital", "organiser": people.bkpsdm.pk})
    assert made.status_code == 302
    code = Course.objects.get().code
    client.post(reverse("course-module-add", args=[code]), {"title": "Dasar", "jp": "1,5"})
    module = CourseVersion.objects.get().modules.get()
    assert module.jp == Decimal("1.5")
    made = client.post(reverse("course-lesson-new", args=[code, module.pk]), {"title": "Halo", "kind": "text"})
    lesson = module.lessons.get()
    assert made.url == reverse("course-lesson", args=[code, lesson.uid])  # type: ignore[attr-defined]
    saved = client.post(made.url, _lesson(lesson, body="Isi."))  # type: ignore[attr-defined]
    assert saved.status_code == 302
    assert "Isi." in client.get(reverse("course-preview", args=[code, 1])).content.decode()


def _lesson(lesson: Any, **fields: Any) -> dict[str, Any]:
    return {
        "lesson-title": lesson.title,
        "lesson-minutes": "7",
        "lesson-module": lesson.module_id,
        "lesson-is_required": "on",
        **fields,
    }


def test_formal_study_is_no_course_of_ours_so_no_author_can_choose_it(people: Cast) -> None:
    draft = ready_draft(people.bkpsdm)
    study = LearningPath.objects.get(code="PD01")
    address = reverse("course-details", args=[draft.course.code])
    client = visitor(people.officer)
    said = client.get(address).content.decode()
    assert study.name not in said
    assert LearningPath.objects.get(code="NKL03").name in said
    answer = client.post(address, {"title": draft.title, "organiser": people.bkpsdm.pk, "path": study.pk})
    assert answer.context["form"].has_error("path")
    draft.refresh_from_db()
    assert draft.path != study


def test_autosave_answers_with_one_line_and_says_what_is_missing(people: Cast) -> None:
    client = visitor(people.officer)
    draft = ready_draft(people.bkpsdm)
    lesson = draft.lessons.first()
    assert lesson is not None
    address = reverse("course-lesson", args=[draft.course.code, lesson.uid])
    good = client.post(address, _lesson(lesson, body="Baru.", autosave="1")).content.decode()
    assert "<html" not in good
    assert "Tersimpan" in good
    bad = client.post(address, _lesson(lesson, body="x", autosave="1") | {"lesson-title": ""}).content.decode()
    assert "Belum tersimpan" in bad
    assert kinds["text"].load(lesson).body == "Baru."


def test_what_was_typed_stands_when_a_lesson_is_refused(people: Cast) -> None:
    client = visitor(people.officer)
    draft = ready_draft(people.bkpsdm)
    lesson = draft.lessons.first()
    assert lesson is not None
    address = reverse("course-lesson", args=[draft.course.code, lesson.uid])
    page = client.post(address, _lesson(lesson, body="Tulisan panjang.") | {"lesson-minutes": "banyak"})
    assert page.status_code == 200
    assert "Tulisan panjang." in page.content.decode()


def test_dragging_and_arrows_keep_the_order(people: Cast) -> None:
    client = visitor(people.officer)
    draft = ready_draft(people.bkpsdm, lessons=3)
    code, module = draft.course.code, draft.modules.get()
    first, second, third = draft.lessons.order_by("position")
    client.post(reverse("course-lesson-move", args=[code, third.uid]), {"move": "up"})
    assert [one.pk for one in draft.lessons.order_by("position")] == [first.pk, third.pk, second.pk]
    done = client.post(
        reverse("course-reorder", args=[code]), {f"order-{module.pk}": [str(second.uid), str(first.uid), "rubbish"]}
    )
    assert done.status_code == 204
    assert [one.pk for one in draft.lessons.order_by("position")] == [second.pk, first.pk, third.pk]


def test_a_version_in_review_shows_no_editing_and_takes_none(people: Cast) -> None:
    client = visitor(people.officer)
    draft = ready_draft(people.bkpsdm)
    submit(draft, people.reviewer, by=None)
    code, module = draft.course.code, draft.modules.get()
    outline = client.get(reverse("course-outline", args=[code])).content.decode()
    assert reverse("course-module", args=[code, module.pk]) not in outline
    client.post(reverse("course-module", args=[code, module.pk]), {"title": "Lain", "jp": "2"})
    module.refresh_from_db()
    assert module.title != "Lain"


def test_courses_of_another_unit_answer_like_none(people: Cast) -> None:
    theirs = ready_draft(people.bkpsdm)
    stranger = visitor(make.person(agency=people.b, role="officer"))
    lesson = theirs.lessons.first()
    assert lesson is not None
    for code, uid in ((theirs.course.code, lesson.uid), ("TIDAK-ADA", lesson.uid)):
        for name, args in (
            ("office-course", [code]),
            ("course-outline", [code]),
            ("course-details", [code]),
            ("course-review", [code]),
            ("course-lesson", [code, uid]),
            ("course-preview", [code, 1]),
        ):
            assert stranger.get(reverse(name, args=args)).status_code == 404, name
    assert theirs.title not in stranger.get(reverse("office-courses")).content.decode()


def test_who_is_no_officer_does_not_enter(people: Cast) -> None:
    for person in (people.learner, people.head, people.reviewer):
        assert visitor(person).get(reverse("office-courses")).status_code == 403
        assert visitor(person).get(reverse("course-new")).status_code == 403
        assert visitor(person).get(reverse("course-import")).status_code == 403
    assert Client().get(reverse("office-courses")).status_code == 302


def test_the_named_reviewer_sees_the_version_and_its_review_and_nothing_else(people: Cast) -> None:
    draft = ready_draft(people.bkpsdm)
    code = draft.course.code
    client = visitor(people.reviewer)
    assert client.get(reverse("course-preview", args=[code, 1])).status_code == 404
    submit(draft, people.reviewer, by=None)
    assert client.get(reverse("course-preview", args=[code, 1])).status_code == 200
    assert client.get(reverse("course-review", args=[code])).status_code == 200
    assert client.get(reverse("course-outline", args=[code])).status_code == 404
    assert draft.title in client.get(reverse("office-reviews")).content.decode()


def test_the_list_puts_first_what_needs_a_hand(people: Cast) -> None:
    client = visitor(people.officer)
    make.version(organiser=people.bkpsdm, title="Sudah terbit")
    waiting = ready_draft(people.bkpsdm, title="Menunggu klik")
    CourseVersion.objects.filter(pk=waiting.pk).update(state="approved")
    ready_draft(people.bkpsdm, title="Masih draf")
    page = client.get(reverse("office-courses")).content.decode()
    places = [page.index(title) for title in ("Menunggu klik", "Masih draf", "Sudah terbit")]
    assert places == sorted(places)
    narrowed = client.get(reverse("office-courses") + "?state=published").content.decode()
    assert "Sudah terbit" in narrowed
    assert "Masih draf" not in narrowed


def test_the_list_goes_on_by_key(people: Cast) -> None:
    client = visitor(people.officer)
    titles = {make.version(organiser=people.bkpsdm, lessons=0).title for _number in range(35)}
    first = client.get(reverse("office-courses"))
    after = first.context["found"].after
    second = client.get(reverse("office-courses") + f"?after={after}")
    seen = [row.version.title for page in (first, second) for row in page.context["found"].rows]
    assert len(seen) == 35
    assert set(seen) == titles
    assert client.get(reverse("office-courses") + "?after=rubbish.x").status_code == 200


# --- what a lesson costs who learns it ---


def _with_document(people: Cast, size: int) -> Lesson:
    """A course in the making whose one lesson is a document of so many bytes."""
    draft = create_course("Pedoman", people.bkpsdm, by=None)
    lesson = add_lesson(add_module(draft, "Modul", by=None, jp=Decimal(1)), "document", "Buku pedoman", by=None)
    file = MediaFile.objects.create(
        sha256="b" * 64, name="pedoman.pdf", content_type="application/pdf", size=size, pages=3, file="pedoman.pdf"
    )
    DocumentContent.objects.filter(lesson=lesson).update(file=file)
    return lesson


def test_an_author_sees_size_price_and_time_of_each_lesson(people: Cast) -> None:
    client = visitor(people.officer)
    lesson = _with_document(people, 12 * MEBIBYTE)
    code = lesson.version.course.code
    editor = client.get(reverse("course-lesson", args=[code, lesson.uid])).content.decode()
    whole = client.get(reverse("course-check", args=[code])).content.decode()
    for page in (editor, whole):
        for said in ("12 MB", "Rp 120", "5 menit"):  # 12 MB at 400 kbit/s take 252 seconds
            assert said in page
        assert "20 MB" not in page
    part = client.get(reverse("course-check", args=[code]), headers={"HX-Request": "true", "HX-Target": "contents"})
    assert f'<span id="cost-{lesson.uid}" hx-swap-oob="true">' in part.content.decode()
    assert (
        f'<span id="cost-{lesson.uid}" hidden>' in client.get(reverse("course-outline", args=[code])).content.decode()
    )


def test_an_author_is_warned_above_the_limit_and_never_refused(people: Cast) -> None:
    client = visitor(people.officer)
    lesson = _with_document(people, 21 * MEBIBYTE)
    code = lesson.version.course.code
    for page in ("course-lesson", "course-check"):
        args = [code, lesson.uid] if page == "course-lesson" else [code]
        assert "20 MB" in client.get(reverse(page, args=args)).content.decode()
    MobileData.objects.update(heavy_mb=30)
    forget_mobile_data()
    for page in ("course-lesson", "course-check"):
        args = [code, lesson.uid] if page == "course-lesson" else [code]
        assert "30 MB" not in client.get(reverse(page, args=args)).content.decode()
