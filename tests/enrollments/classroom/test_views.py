"""Promises of the learner's pages."""

import gzip
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.notices.models import Notice
from courses.lesson_kinds import kinds
from courses.structure.models import CourseVersion
from enrollments.attempts.models import Attempt, AttemptItem
from enrollments.certificates.models import Certificate
from enrollments.enrolling.actions import enroll_self_paced
from enrollments.enrolling.models import Enrollment
from enrollments.progress.models import LessonProgress
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
LATER = date.today() + timedelta(days=90)
JSON = {"Accept": "application/json"}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def client(client: Client, people: Cast) -> Client:
    client.force_login(people.learner)
    return client


def learning(people: Cast, version: CourseVersion | None = None) -> Enrollment:
    return enroll_self_paced(people.learner, (version or make.version()).course, by=people.learner)


def address(enrollment: Enrollment, position: int = 0) -> str:
    lesson = enrollment.version.lessons.get(position=position)
    return reverse("lesson", args=[enrollment.pk, lesson.uid])


def test_home_shows_the_nearest_deadline_first(client: Client, people: Cast) -> None:
    for days in (60, 3, 20):
        version = make.version(title=f"Kursus {days} hari")
        cohort = make.cohort(version=version)
        make.enrollment(learner=people.learner, cohort=cohort, due_on=date.today() + timedelta(days=days))
    home = client.get("/").context["home"]
    assert home.hero.enrollment.version.title == "Kursus 3 hari"
    assert [one.enrollment.version.title for one in home.others] == ["Kursus 20 hari", "Kursus 60 hari"]


def test_one_tap_continues_at_the_place_where_one_left_off(client: Client, people: Cast) -> None:
    enrollment = learning(people)
    second = enrollment.version.lessons.get(position=1)
    LessonProgress.objects.create(enrollment=enrollment, lesson=second, place="04.12")
    Enrollment.objects.filter(pk=enrollment.pk).update(current_lesson_uid=second.uid)
    page = client.get("/").content.decode()
    assert address(enrollment, 1) in page
    assert "04.12" in page


def test_home_without_a_course_offers_the_shortest_one(client: Client) -> None:
    version = make.version(title="Mengatur Waktu")
    page = client.get("/").content.decode()
    assert "Mengatur Waktu" in page
    assert reverse("course", args=[version.course.code]) in page


def test_an_officer_who_learns_nothing_still_finds_the_office_from_home(client: Client, people: Cast) -> None:
    client.force_login(people.officer)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("rows", [3, 30])
def test_home_asks_the_database_twelve_times_at_most(
    client: Client, people: Cast, django_assert_max_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        enrollment = make.enrollment(learner=people.learner, cohort=make.cohort(version=make.version(lessons=3)))
        LessonProgress.objects.create(enrollment=enrollment, lesson=enrollment.version.lessons.all()[0])
        make.version()
        Notice.objects.create(person=people.learner, kind="k", about=str(number), title="Pesan")
    with django_assert_max_num_queries(12):
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("rows", [3, 30])
def test_course_and_lesson_ask_the_database_twelve_times_at_most(
    client: Client, people: Cast, django_assert_max_num_queries: Any, rows: int
) -> None:
    version = make.version(lessons=rows)
    for _ in range(rows):
        make.cohort(version=version, ends_on=LATER, seats=9)
    enrollment = learning(people, version)
    with django_assert_max_num_queries(12):
        assert client.get(reverse("course", args=[version.course.code])).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(address(enrollment)).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(reverse("my-jp")).status_code == 200


def test_the_course_page_says_first_what_the_jp_do_for_this_year(client: Client, people: Cast) -> None:
    done = make.enrollment(learner=people.learner, status=Enrollment.Status.COMPLETED)
    year = date.today().year
    make.credit(people.learner, 12, on=date(year, 1, 5), enrollment=done)
    version = make.version(jp=Decimal("2.5"))
    page = client.get(reverse("course", args=[version.course.code])).content.decode()
    assert "<b>2,5 JP</b> menuju 20 JP tahun ini: setelah ini <b>14,5</b>." in page


def test_seats_are_said_with_their_total_and_a_full_cohort_cannot_be_chosen(client: Client) -> None:
    version = make.version()
    make.cohort(version=version, ends_on=LATER, seats=40, seats_taken=33)
    make.cohort(version=version, ends_on=LATER, seats=5, seats_taken=5)
    page = client.get(reverse("course", args=[version.course.code])).content.decode()
    assert "<b>7 dari 40</b>" in page
    assert "disabled" in page


def test_one_tap_enrols_and_lands_in_the_first_lesson(client: Client, people: Cast) -> None:
    version = make.version()
    answer = client.post(reverse("take-place", args=[version.course.code]), {"cohort": "self"}, follow=True)
    enrollment = Enrollment.objects.get(learner=people.learner)
    assert answer.redirect_chain[-1][0] == address(enrollment)


def test_a_full_cohort_is_refused_with_a_sentence_on_the_same_page(client: Client) -> None:
    version = make.version()
    cohort = make.cohort(version=version, ends_on=LATER, seats=1, seats_taken=1)
    course = reverse("course", args=[version.course.code])
    answer = client.post(
        reverse("take-place", args=[version.course.code]),
        {"cohort": cohort.pk},
        follow=True,
        HTTP_REFERER=f"http://testserver{course}",
    )
    assert answer.redirect_chain[-1][0] == course
    assert "Semua kursi" in answer.content.decode()


def test_a_cohort_of_another_course_is_not_found(client: Client) -> None:
    version = make.version()
    other = make.cohort(ends_on=LATER)
    for asked in (other.pk, "x", "", "99999999999999999999"):
        answer = client.post(reverse("take-place", args=[version.course.code]), {"cohort": asked})
        assert answer.status_code == 404
    assert not Enrollment.objects.exists()


def test_giving_back_a_place_needs_a_reason(client: Client, people: Cast) -> None:
    enrollment = learning(people)
    client.post(reverse("give-back", args=[enrollment.pk]), {"reason": " "})
    enrollment.refresh_from_db()
    assert enrollment.status == Enrollment.Status.ACTIVE
    client.post(reverse("give-back", args=[enrollment.pk]), {"reason": "Dinas luar"})
    enrollment.refresh_from_db()
    assert enrollment.withdrawal_reason == "Dinas luar"


def test_a_course_that_was_never_published_answers_like_one_that_never_existed(client: Client) -> None:
    draft = make.version(published=False)
    assert client.get(reverse("course", args=[draft.course.code])).status_code == 404
    assert client.get(reverse("course", args=["tidak-ada"])).status_code == 404


def test_who_learns_an_old_version_sees_that_version(client: Client, people: Cast) -> None:
    old = make.version(title="Versi lama")
    learning(people, old)
    old.state = "retired"
    old.save()
    make.version(course=old.course, title="Versi baru")
    assert "Versi lama" in client.get(reverse("course", args=[old.course.code])).content.decode()
    client.force_login(people.other_learner)
    assert "Versi baru" in client.get(reverse("course", args=[old.course.code])).content.decode()


def test_somebody_elses_lesson_answers_like_one_that_never_existed(client: Client, people: Cast) -> None:
    theirs = enroll_self_paced(people.other_learner, make.version().course, by=people.other_learner)
    uid = theirs.version.lessons.all()[0].uid
    for pk, lesson in ((theirs.pk, uid), (10**18, uid), (10**30, uid), (learning(people).pk, uuid4())):
        assert client.get(reverse("lesson", args=[pk, lesson])).status_code == 404
        assert client.post(reverse("lesson", args=[pk, lesson]), {"done": "1"}).status_code == 404
    assert not Attempt.objects.exists()


def test_reading_a_lesson_writes_nothing(client: Client, people: Cast) -> None:
    enrollment = learning(people)
    before = Enrollment.objects.values().get()
    client.get(address(enrollment))
    client.get(reverse("learn", args=[enrollment.pk]))
    assert Enrollment.objects.values().get() == before
    assert not LessonProgress.objects.exists()
    assert not Attempt.objects.exists()


def test_marking_a_lesson_as_finished_shows_in_the_outline(client: Client, people: Cast) -> None:
    enrollment = learning(people)
    page = client.post(address(enrollment), {"done": "1"}, follow=True)
    assert page.context["screen"].here.is_finished
    assert "1 dari 2 materi selesai" in page.content.decode()


def test_the_last_lesson_leads_to_the_certificate(client: Client, people: Cast) -> None:
    enrollment = learning(people)
    client.post(address(enrollment), {"done": "1"})
    answer = client.post(address(enrollment, 1), {"done": "1"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("finished", args=[enrollment.pk])
    assert Certificate.objects.get().number in answer.content.decode()
    # The learner may read on, and the ring counts.
    assert client.get(address(enrollment)).status_code == 200
    assert client.get("/").context["home"].year.credit.earned == 2


@pytest.mark.usefixtures("_plain_kinds")
def test_the_course_page_names_the_test_that_stands_in_the_way(client: Client, people: Cast) -> None:
    enrollment = learning(people, make.version(kind="exam", lessons=1))
    client.post(address(enrollment), {"begin": "1"}, headers=JSON)
    client.post(address(enrollment), {"hand_in": "40"}, headers=JSON)
    page = client.get(reverse("course", args=[enrollment.version.course.code])).content.decode()
    assert "nilai terbaik 40,00" in page


@pytest.mark.usefixtures("_plain_kinds")
def test_a_script_gets_json_and_a_refusal_as_a_sentence(client: Client, people: Cast) -> None:
    enrollment = learning(people, make.version(kind="exam"))
    answer = client.post(address(enrollment), {"question": "q1", "answer": "a", "seq": 1}, headers=JSON)
    assert answer.status_code == 409
    assert answer.json()["title"]
    assert client.post(address(enrollment), {"begin": "1"}, headers=JSON).status_code == 200
    body = json.dumps({"question": "q1", "answer": "a", "seq": 7})
    answer = client.post(address(enrollment), body, content_type="application/json", headers=JSON)
    assert answer.json() | {"state": None} == {"state": None, "finished": False, "score": None, "seq": 7}
    answer = client.post(address(enrollment), {"hand_in": "80", "seq": 8}, headers=JSON)
    assert (answer.json()["finished"], answer.json()["score"]) == (True, 80.0)


@pytest.mark.parametrize(
    ("body", "type_"), [("{", "application/json"), ("[]", "application/json"), ('{"seq": "x"}', "application/json")]
)
def test_an_input_that_cannot_be_read_is_said_so(client: Client, people: Cast, body: str, type_: str) -> None:
    enrollment = learning(people)
    answer = client.post(address(enrollment), body, content_type=type_, headers=JSON)
    assert answer.status_code == 422
    assert not Attempt.objects.exists()


def test_a_plain_form_that_makes_no_sense_gets_the_page_again_with_a_sentence(client: Client, people: Cast) -> None:
    answer = client.post(address(learning(people)), {"text": "diketik"})
    assert answer.status_code == 422
    assert answer.context["typed"] == {"text": "diketik"}


def test_who_is_signed_out_comes_back_to_the_lesson_and_a_script_is_told(people: Cast) -> None:
    enrollment = learning(people)
    out = Client()
    answer = out.get(address(enrollment))
    assert answer.status_code == 302
    assert address(enrollment) in answer["Location"]
    assert out.post(address(enrollment), {"done": "1"}, headers=JSON).status_code == 401


def test_the_trainers_comment_stands_on_the_lesson(
    client: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds["text"], "needs_marking", True)
    enrollment = learning(people)
    client.post(address(enrollment), {"done": "1"})
    attempt = Attempt.objects.get()
    AttemptItem.objects.create(
        attempt=attempt,
        key="answer",
        answer="a",
        comment="Bagus, tambah satu contoh.",
        commented_by=people.trainer,
        commented_at=attempt.started_at,
    )
    assert "Bagus, tambah satu contoh." in client.get(address(enrollment)).content.decode()


def test_the_detail_of_jp_sums_to_the_ring(client: Client, people: Cast) -> None:
    year = date.today().year
    for jp in (Decimal("2.5"), Decimal("1.25")):
        row = make.enrollment(learner=people.learner, status=Enrollment.Status.COMPLETED)
        make.credit(people.learner, jp, on=date(year, 2, 1), enrollment=row)
    page = client.get(reverse("my-jp"))
    assert (
        page.context["year"].credit.earned
        == sum(told.line.jp for told in page.context["told_lines"])
        == Decimal("3.75")
    )
    assert client.get("/").context["home"].year.credit.earned == Decimal("3.75")
    assert client.get(reverse("my-jp"), {"year": "1800"}).context["is_this_year"]


def test_a_pppk_has_a_ceiling_and_no_shortfall(client: Client, people: Cast) -> None:
    people.learner.employment = "pppk"
    people.learner.save()
    page = client.get("/").content.decode()
    assert "24 JP" in page
    assert "Belum terpenuhi" not in page


def test_a_lesson_page_stays_small(client: Client, people: Cast) -> None:
    enrollment = learning(people, make.version(lessons=30))
    assert len(gzip.compress(client.get(address(enrollment)).content)) < 15_000
