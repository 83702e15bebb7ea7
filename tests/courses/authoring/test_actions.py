"""Writing a course."""

import pytest

from accounts.audit.models import AuditEntry
from asn_lms.lib.refusals import NotYours, Refusal
from courses.authoring.actions import create_course, discard_draft, edit_details, next_draft
from courses.authoring.codes import propose_code
from courses.lesson_kinds import kinds
from courses.structure.models import CourseVersion
from tests import make
from tests.cast import cast
from tests.courses.build import ready_draft

pytestmark = pytest.mark.django_db


def test_a_new_course_needs_only_a_title_and_an_organiser() -> None:
    people = cast()
    draft = create_course("Manajemen Waktu bagi ASN", people.bkpsdm, by=people.officer)
    assert (draft.course.code, draft.number, draft.state) == ("MANAJEMEN-WAKTU-ASN", 1, "draft")
    assert list(draft.authors.all()) == [people.officer]


def test_the_same_title_twice_gives_two_codes() -> None:
    unit = make.agency()
    assert create_course("Arsip", unit, by=None).course.code == "ARSIP"
    assert create_course("Arsip", unit, by=None).course.code == "ARSIP-2"


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Komunikasi Efektif dalam Pelayanan", "KOMUNIKASI-EFEKTIF"),
        ("***", "KURSUS"),
        ("Étika & Budaya Kerja", "ETIKA-BUDAYA-KERJA"),
        ("Pertanggungjawabankeuangannegara", "PERTANGGUNGJAWABANKEUANG"),
    ],
)
def test_codes_are_short_whole_words(title: str, code: str) -> None:
    assert propose_code(title, set()) == code


def test_an_officer_makes_courses_only_for_units_under_their_grant() -> None:
    people = cast()
    stranger = make.person(agency=people.b, role="officer")
    with pytest.raises(NotYours):
        create_course("Arsip", people.bkpsdm, by=stranger)
    with pytest.raises(NotYours):
        create_course("Arsip", people.a, by=people.learner)


def test_the_next_draft_is_a_copy_with_the_same_lesson_uids_and_contents() -> None:
    first = make.publish(ready_draft(make.agency()))
    draft = next_draft(first.course, by=None)
    assert draft.number == 2
    assert list(draft.lessons.values_list("uid", flat=True)) == list(first.lessons.values_list("uid", flat=True))
    assert not set(draft.lessons.values_list("pk")) & set(first.lessons.values_list("pk"))
    for old, new in zip(first.lessons.all(), draft.lessons.all(), strict=True):
        assert kinds["text"].load(new) == kinds["text"].load(old)
    assert (draft.jp, draft.summary) == (first.jp, first.summary)


def test_asking_twice_for_the_next_draft_gives_the_same_one() -> None:
    first = make.publish(ready_draft(make.agency()))
    assert next_draft(first.course, by=None) == next_draft(first.course, by=None)


def test_the_next_draft_of_every_kind_of_lesson_can_be_made() -> None:
    for kind in kinds:
        first = make.version(kind=kind.name, lessons=1)
        assert next_draft(first.course, by=None).lessons.get().kind == kind.name


def test_a_discarded_draft_leaves_the_published_version_alone() -> None:
    people = cast()
    first = make.publish(ready_draft(people.bkpsdm))
    discard_draft(next_draft(first.course, by=people.officer), by=people.officer)
    assert list(first.course.versions.all()) == [first]


def test_the_only_version_of_a_course_cannot_be_discarded() -> None:
    draft = create_course("Arsip", make.agency(), by=None)
    with pytest.raises(Refusal):
        discard_draft(draft, by=None)


def test_the_same_details_again_leave_no_trace() -> None:
    draft = create_course("Arsip", make.agency(), by=None)
    edit_details(draft, {"title": "Arsip digital"}, by=None)
    edit_details(draft, {"title": "Arsip digital"}, by=None)
    assert AuditEntry.objects.about(draft).filter(action="version.edited").count() == 1


def test_whoever_edits_becomes_an_author() -> None:
    people = cast()
    draft = create_course("Arsip", people.bkpsdm, by=people.officer)
    edit_details(draft, {"title": "Arsip digital"}, by=people.admin)
    assert set(CourseVersion.objects.get(pk=draft.pk).authors.all()) == {people.officer, people.admin}
