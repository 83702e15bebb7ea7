"""From the desk to the catalogue."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.roles.models import RoleGrant
from asn_lms.lib.refusals import NotYours, Refusal
from courses.authoring.actions import edit_details, next_draft
from courses.authoring.outline import (
    add_lesson,
    add_module,
    delete_lesson,
    edit_lesson,
    edit_module,
    move_lesson,
    move_module,
)
from courses.publishing.actions import (
    NotReady,
    WrongState,
    approve,
    comment,
    publish,
    publish_due,
    resolve,
    retire,
    return_to_authors,
    submit,
    withdraw_from_review,
)
from courses.publishing.queries import changes, problems, reviewers_for
from courses.structure.models import Course, CourseVersion
from tests import make
from tests.cast import Cast, cast
from tests.courses.build import ready_draft

pytestmark = pytest.mark.django_db
State = CourseVersion.State


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def draft(people: Cast) -> CourseVersion:
    return ready_draft(people.bkpsdm, by=people.officer)


def test_a_course_goes_from_draft_over_review_into_the_catalogue(people: Cast, draft: CourseVersion) -> None:
    submit(draft, people.reviewer, by=people.officer, message="Mohon ditinjau.")
    approve(draft, by=people.reviewer)
    publish(draft, by=people.officer)
    draft.refresh_from_db()
    draft.course.refresh_from_db()
    assert draft.state == State.PUBLISHED
    assert draft.course.current_id == draft.pk
    done = set(AuditEntry.objects.about(draft).values_list("action", flat=True))
    assert {"version.submitted", "version.approved", "version.published"} <= done


def test_an_author_never_reviews_their_own_version(people: Cast, draft: CourseVersion) -> None:
    RoleGrant.objects.create(
        person=people.officer, role=RoleGrant.Role.REVIEWER, agency=people.city, from_on=timezone.localdate()
    )
    with pytest.raises(Refusal):
        submit(draft, people.officer, by=people.officer)
    assert people.officer not in reviewers_for(draft, timezone.localdate())


def test_who_writes_in_a_version_after_being_named_may_no_longer_approve_it(people: Cast, draft: CourseVersion) -> None:
    submit(draft, people.reviewer, by=people.officer)
    draft.authors.add(people.reviewer)
    with pytest.raises(NotYours):
        approve(draft, by=people.reviewer)


def test_only_the_named_reviewer_decides(people: Cast, draft: CourseVersion) -> None:
    submit(draft, people.reviewer, by=people.officer)
    another = make.person("Penelaah Lain", agency=people.bkpsdm, role=RoleGrant.Role.REVIEWER, over=people.city)
    for somebody in (another, people.officer, people.admin, people.learner):
        with pytest.raises(NotYours):
            approve(draft, by=somebody)


def test_a_reviewer_of_another_unit_cannot_be_named(people: Cast, draft: CourseVersion) -> None:
    stranger = make.person("Penelaah B", agency=people.b, role=RoleGrant.Role.REVIEWER)
    with pytest.raises(Refusal):
        submit(draft, stranger, by=people.officer)
    assert list(reviewers_for(draft, timezone.localdate())) == [people.reviewer]


def test_jp_of_the_modules_must_equal_the_jp_of_the_course(people: Cast, draft: CourseVersion) -> None:
    edit_details(draft, {"jp": 3}, by=people.officer)
    draft.refresh_from_db()
    assert [one.field for one in problems(draft)] == ["jp"]
    with pytest.raises(NotReady):
        submit(draft, people.reviewer, by=people.officer)


def test_everything_that_is_missing_is_named_with_its_place(people: Cast) -> None:
    empty = make.version(organiser=people.bkpsdm, published=False, lessons=1, summary="", jp=0)
    found = problems(empty)
    assert {one.field for one in found if one.field} == {
        "summary",
        "target_group",
        "competency",
        "path",
        "training_type",
        "jp",
    }
    assert [one.lesson_uid for one in found if one.lesson_uid] == [empty.lessons.get().uid]


def test_a_version_with_an_open_comment_cannot_be_sent_again(people: Cast, draft: CourseVersion) -> None:
    submit(draft, people.reviewer, by=people.officer)
    said = comment(draft, "Tambahkan contoh.", by=people.reviewer, lesson_uid=draft.lessons.first().uid)  # type: ignore[union-attr]
    return_to_authors(draft, "Satu contoh lagi.", by=people.reviewer)
    with pytest.raises(Refusal, match="1"):
        submit(draft, people.reviewer, by=people.officer)
    comment(draft, "Sudah ditambahkan.", by=people.officer, reply_to=said)
    resolve(said, by=people.officer)
    submit(draft, people.reviewer, by=people.officer)


def test_returning_needs_words(people: Cast, draft: CourseVersion) -> None:
    submit(draft, people.reviewer, by=people.officer)
    with pytest.raises(Refusal):
        return_to_authors(draft, "  ", by=people.reviewer)


def test_nothing_can_be_edited_while_it_is_in_review(people: Cast, draft: CourseVersion) -> None:
    submit(draft, people.reviewer, by=people.officer)
    with pytest.raises(WrongState):
        edit_details(draft, {"title": "Lain"}, by=people.officer)
    withdraw_from_review(draft, by=people.officer)
    edit_details(draft, {"title": "Lain"}, by=people.officer)


def test_publishing_retires_the_older_version_in_the_same_moment(people: Cast, draft: CourseVersion) -> None:
    _publish(people, draft)
    second = next_draft(draft.course, by=people.officer)
    _publish(people, second)
    draft.refresh_from_db()
    draft.course.refresh_from_db()
    assert (draft.state, draft.course.current_id) == (State.RETIRED, second.pk)
    assert draft.retired_at is not None


def test_an_approved_version_goes_out_by_itself_at_its_hour_and_only_once(people: Cast, draft: CourseVersion) -> None:
    submit(draft, people.reviewer, by=people.officer)
    approve(draft, by=people.reviewer)
    at = timezone.now() + timedelta(hours=5)
    publish(draft, by=people.officer, at=at)
    assert publish_due(at - timedelta(minutes=1)) == 0
    assert publish_due(at) == 1
    assert publish_due(at) == 0
    draft.refresh_from_db()
    assert (draft.state, draft.published_at) == (State.PUBLISHED, at)


def test_an_hour_that_has_passed_is_refused(people: Cast, draft: CourseVersion) -> None:
    submit(draft, people.reviewer, by=people.officer)
    approve(draft, by=people.reviewer)
    with pytest.raises(Refusal):
        publish(draft, by=people.officer, at=timezone.now() - timedelta(minutes=1))


def test_a_retired_course_leaves_the_catalogue_and_can_be_written_on(people: Cast, draft: CourseVersion) -> None:
    _publish(people, draft)
    retire(draft.course, by=people.officer)
    draft.course.refresh_from_db()
    assert draft.course.current is None
    with pytest.raises(Refusal):
        retire(draft.course, by=people.officer)
    assert next_draft(draft.course, by=people.officer).lessons.count() == 2


def test_an_officer_of_another_unit_can_do_nothing_here(people: Cast, draft: CourseVersion) -> None:
    stranger = make.person("Petugas B", agency=people.b, role=RoleGrant.Role.OFFICER)
    for act in (
        lambda: submit(draft, people.reviewer, by=stranger),
        lambda: edit_details(draft, {"title": "x"}, by=stranger),
        lambda: retire(draft.course, by=stranger),
        lambda: next_draft(draft.course, by=stranger),
        lambda: comment(draft, "x", by=stranger),
    ):
        with pytest.raises(NotYours):
            act()


def _publish(people: Cast, version: CourseVersion) -> None:
    submit(version, people.reviewer, by=people.officer)
    approve(version, by=people.reviewer)
    publish(version, by=people.officer)


def test_a_reviewer_is_told_everything_that_a_new_version_changes(people: Cast, draft: CourseVersion) -> None:
    submit(draft, people.reviewer, by=people.officer)
    approve(draft, by=people.reviewer)
    publish(draft, by=people.officer)
    course = Course.objects.get(pk=draft.course_id)
    new = next_draft(course, by=people.officer)
    found = changes(new)
    assert found
    assert (found.edits, found.added, found.changed, found.removed) == ([], [], [], [])

    edit_details(new, {"target_group": "Semua ASN", "jp": Decimal("3.50"), "description": "Baru."}, by=people.officer)
    module = new.modules.get()
    edit_module(module, title="Memulai percakapan", jp=Decimal("3.50"), by=people.officer)
    first, second = new.lessons.order_by("position")
    edit_lesson(first, title=first.title, minutes=first.minutes + 5, is_required=True, by=people.officer)
    add_lesson(module, "text", "Menutup percakapan", by=people.officer)
    move_lesson(second, "up", by=people.officer)
    found = changes(CourseVersion.objects.get(pk=new.pk))
    assert found
    assert [(edit.before, edit.after) for edit in found.edits] == [
        ("", ""),
        ("Petugas loket", "Semua ASN"),
        ("2", "3,5"),
        ("Membuka percakapan (2 JP)", "Memulai percakapan (3,5 JP)"),
        ("", ""),
    ]
    assert (found.added, found.changed, found.removed) == (["Menutup percakapan"], ["Materi 1"], [])

    earlier = add_module(new, "Sebelum membuka", by=people.officer)
    add_lesson(earlier, "text", "Menyiapkan diri", by=people.officer)
    move_module(earlier, "up", by=people.officer)
    delete_lesson(second, by=people.officer)
    found = changes(CourseVersion.objects.get(pk=new.pk))
    assert found
    assert found.removed == ["Materi 2"]
    assert len(found.edits) == 4  # what is gone stands nowhere else, and what was put before moves nothing
