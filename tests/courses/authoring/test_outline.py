"""The outline: order is kept, and two desks never lose each other's work."""

from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.audit.models import AuditEntry
from asn_lms.lib.refusals import Refusal
from courses.authoring.actions import create_course
from courses.authoring.outline import (
    add_lesson,
    add_module,
    delete_lesson,
    delete_module,
    edit_lesson,
    edit_module,
    move_lesson,
    move_module,
    reorder,
)
from courses.structure.models import CourseVersion, Module
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> CourseVersion:
    """Modules A (a b c) and B (d)."""
    draft = create_course("Arsip", make.agency(), by=None)
    first, second = add_module(draft, "A", by=None), add_module(draft, "B", by=None)
    for title in "abc":
        add_lesson(first, "text", title, by=None)
    add_lesson(second, "text", "d", by=None)
    return draft


def order(draft: CourseVersion) -> str:
    lessons = draft.lessons.select_related("module").order_by("position")
    assert [lesson.position for lesson in lessons] == list(range(len(lessons)))
    said = ""
    for module in draft.modules.order_by("position"):
        said += f" {module.title}:" + "".join(lesson.title for lesson in lessons if lesson.module_id == module.pk)
    return said.strip()


def _uids(draft: CourseVersion, titles: str) -> list:  # type: ignore[type-arg]
    by_title = dict(draft.lessons.values_list("title", "uid"))
    return [by_title[title] for title in titles]


def _module(draft: CourseVersion, title: str) -> Module:
    return draft.modules.get(title=title)


def test_lessons_move_up_and_down_within_their_module(draft: CourseVersion) -> None:
    move_lesson(draft.lessons.get(title="c"), "up", by=None)
    assert order(draft) == "A:acb B:d"
    move_lesson(draft.lessons.get(title="a"), "up", by=None)
    move_lesson(draft.lessons.get(title="d"), "down", by=None)
    assert order(draft) == "A:acb B:d"


def test_modules_carry_their_lessons(draft: CourseVersion) -> None:
    move_module(_module(draft, "B"), "up", by=None)
    assert order(draft) == "B:d A:abc"


def test_a_lesson_added_to_the_first_module_counts_before_those_of_the_second(draft: CourseVersion) -> None:
    add_lesson(_module(draft, "A"), "text", "e", by=None)
    assert order(draft) == "A:abce B:d"


def test_dragging_gives_the_order_that_was_seen_also_across_modules(draft: CourseVersion) -> None:
    a, b = _module(draft, "A").pk, _module(draft, "B").pk
    reorder(draft, {a: _uids(draft, "ca"), b: _uids(draft, "db")}, by=None)
    assert order(draft) == "A:ca B:db"


def test_a_lesson_that_somebody_added_meanwhile_stays_behind_its_neighbour(draft: CourseVersion) -> None:
    seen = _uids(draft, "cba")
    add_lesson(_module(draft, "A"), "text", "new", by=None)
    reorder(draft, {_module(draft, "A").pk: seen}, by=None)
    assert order(draft) == "A:cnewba B:d"


def test_a_lesson_that_somebody_deleted_meanwhile_is_passed_over(draft: CourseVersion) -> None:
    seen = _uids(draft, "cba")
    delete_lesson(draft.lessons.get(title="b"), by=None)
    reorder(draft, {_module(draft, "A").pk: [*seen, uuid4(), seen[0]], 999999: seen}, by=None)
    assert order(draft) == "A:ca B:d"


def test_the_same_order_again_leaves_no_trace(draft: CourseVersion) -> None:
    before = AuditEntry.objects.count()
    reorder(draft, {_module(draft, "A").pk: _uids(draft, "abc")}, by=None)
    assert AuditEntry.objects.count() == before


def test_a_lesson_goes_to_another_module_from_its_editor(draft: CourseVersion) -> None:
    edit_lesson(
        draft.lessons.get(title="a"), title="a", minutes=5, is_required=True, module=_module(draft, "B"), by=None
    )
    assert order(draft) == "A:bc B:da"


def test_a_module_with_lessons_is_not_deleted(draft: CourseVersion) -> None:
    with pytest.raises(Refusal):
        delete_module(_module(draft, "B"), by=None)
    delete_lesson(draft.lessons.get(title="d"), by=None)
    delete_module(_module(draft, "B"), by=None)
    assert order(draft) == "A:abc"


def test_a_module_that_is_gone_is_said_to_be_gone(draft: CourseVersion) -> None:
    module = add_module(draft, "C", by=None)
    delete_module(module, by=None)
    module.version = draft
    with pytest.raises(Refusal):
        edit_module(module, title="D", jp=Decimal(1), by=None)


def test_an_empty_title_is_refused(draft: CourseVersion) -> None:
    with pytest.raises(Refusal):
        add_module(draft, "   ", by=None)


def test_autosaving_leaves_one_line_in_the_history(draft: CourseVersion) -> None:
    lesson = draft.lessons.get(title="a")
    for minutes in (5, 6, 7):
        edit_lesson(lesson, title="a", minutes=minutes, is_required=True, by=None)
    assert AuditEntry.objects.about(draft).filter(action="lesson.edited").count() == 1
