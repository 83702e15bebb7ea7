"""Two hands on one version at the same moment."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections

from courses.authoring.actions import edit_details, next_draft
from courses.authoring.outline import add_lesson, move_lesson, reorder
from courses.publishing.actions import approve, publish, submit
from courses.structure.models import CourseVersion
from tests.cast import Cast, cast
from tests.courses.build import ready_draft

pytestmark = pytest.mark.django_db(transaction=True)
State = CourseVersion.State


def at_once(*acts: Callable[[], Any]) -> list[Exception | None]:
    """Run all acts in threads that start together; what each of them raised."""
    start = threading.Barrier(len(acts))
    ends: list[Exception | None] = [None] * len(acts)

    def run(index: int) -> None:
        try:
            start.wait(10)
            acts[index]()
        except Exception as error:
            ends[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    connection.close()
    return ends


@pytest.fixture
def people() -> Cast:
    return cast()


def test_two_officers_publish_at_once_and_it_is_published_once(people: Cast) -> None:
    draft = ready_draft(people.bkpsdm)
    submit(draft, people.reviewer, by=None)
    approve(draft, by=people.reviewer)
    ends = at_once(*[lambda: publish(draft, by=people.officer)] * 4)
    assert sum(end is None for end in ends) == 1
    draft.refresh_from_db()
    assert draft.state == State.PUBLISHED
    assert draft.course.versions.filter(state=State.PUBLISHED).count() == 1


def test_two_officers_begin_the_next_draft_at_once_and_get_the_same_one(people: Cast) -> None:
    draft = ready_draft(people.bkpsdm)
    submit(draft, people.reviewer, by=None)
    approve(draft, by=people.reviewer)
    publish(draft, by=people.officer)
    ends = at_once(*[lambda: next_draft(draft.course, by=people.officer)] * 4)
    assert ends == [None] * 4
    assert draft.course.versions.count() == 2


def test_what_is_approved_is_what_was_reviewed_however_late_an_edit_comes(people: Cast) -> None:
    for round_number in range(3):
        draft = ready_draft(people.bkpsdm, title=f"Putaran {round_number}")
        submit(draft, people.reviewer, by=None)
        module = draft.modules.get()
        ends = at_once(
            partial(approve, draft, by=people.reviewer),
            partial(edit_details, draft, {"title": "Diam-diam"}, by=people.officer),
            partial(add_lesson, module, "text", "Selundupan", by=people.officer),
        )
        draft.refresh_from_db()
        assert ends[0] is None
        assert all(ends[1:])
        assert (draft.title, draft.lessons.count()) == (f"Putaran {round_number}", 2)


def test_ten_hands_on_one_outline_lose_nothing(people: Cast) -> None:
    draft = ready_draft(people.bkpsdm, lessons=4)
    module = draft.modules.get()
    uids = list(draft.lessons.order_by("position").values_list("uid", flat=True))
    first = draft.lessons.order_by("position").first()
    assert first is not None
    ends = at_once(
        *[partial(add_lesson, module, "text", f"Baru {number}", by=None) for number in range(4)],
        *[lambda: reorder(draft, {module.pk: uids[::-1]}, by=None)] * 3,
        *[lambda: move_lesson(first, "down", by=None)] * 3,
    )
    assert ends == [None] * 10
    lessons = list(draft.lessons.order_by("position"))
    assert [lesson.position for lesson in lessons] == list(range(8))
    assert {lesson.title for lesson in lessons} >= {f"Baru {number}" for number in range(4)}
