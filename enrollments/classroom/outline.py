"""The outline of a version as one learner sees it: modules, lessons, what is finished, where they are."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from asn_lms.lib.prepared import Prepared, Slot
from courses.lesson_kinds import kinds
from courses.structure.models import CourseVersion, Lesson, Module
from enrollments.enrolling.models import Enrollment
from enrollments.progress.models import LessonProgress


@dataclass(frozen=True)
class Step:
    """One lesson of the outline. `number` counts from 1 through the whole course."""

    lesson: Lesson
    number: int
    is_finished: bool = False
    place: str = ""
    best_score: Decimal | None = None

    @property
    def icon(self) -> str:
        return kinds[self.lesson.kind].icon if self.lesson.kind in kinds else "document"


@dataclass(frozen=True)
class Part:
    module: Module
    steps: list[Step]


@dataclass(frozen=True)
class Outline:
    parts: list[Part]

    @property
    def steps(self) -> list[Step]:
        return [step for part in self.parts for step in part.steps]

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def finished(self) -> int:
        return sum(step.is_finished for step in self.steps)

    @property
    def minutes(self) -> int:
        return sum(step.lesson.minutes for step in self.steps)

    @property
    def minutes_left(self) -> int:
        return sum(step.lesson.minutes for step in self.steps if not step.is_finished)

    def pre_test_before(self, here: Step) -> Step | None:
        """The pre-test that must be handed in before this lesson opens."""
        return next(
            (one for one in self.steps if one.lesson.is_pre_test and not one.is_finished and one.number < here.number),
            None,
        )

    def step_to_continue(self, uid: UUID | None) -> Step | None:
        """Where one left off, else the first that is not finished, else the first."""
        at = next((step for step in self.steps if step.lesson.uid == uid), None)
        return at or next((step for step in self.steps if not step.is_finished), None) or next(iter(self.steps), None)

    def before(self, here: Step) -> Step | None:
        return next((step for step in reversed(self.steps) if step.number < here.number), None)

    def after(self, here: Step) -> Step | None:
        return next((step for step in self.steps if step.number > here.number), None)


_LESSONS = Prepared(
    lambda: Lesson.objects.filter(version=Slot("version")).select_related("module").order_by("position", "id")
)
_PROGRESS = Prepared(lambda: LessonProgress.objects.filter(enrollment=Slot("place")))


def outline(version: CourseVersion | int, enrollment: Enrollment | None = None) -> Outline:
    """Read it; with an enrolment also what its learner has finished. Two queries at most."""
    pk = version if isinstance(version, int) else version.pk
    lessons = _LESSONS.rows(version=pk)
    rows = {row.lesson_id: row for row in _PROGRESS.rows(place=enrollment.pk)} if enrollment else {}
    return arrange(lessons, rows)


def arrange(lessons: list[Lesson], rows: dict[int, LessonProgress]) -> Outline:
    """Lessons in their order, with their modules and what is known of each."""
    steps = [
        Step(
            lesson,
            number,
            is_finished=lesson.pk in rows and rows[lesson.pk].finished_at is not None,
            place=rows[lesson.pk].place if lesson.pk in rows else "",
            best_score=rows[lesson.pk].best_score if lesson.pk in rows else None,
        )
        for number, lesson in enumerate(lessons, start=1)
    ]
    grouped = groupby(steps, key=lambda step: step.lesson.module_id)
    found = [(list(group)) for _key, group in grouped]
    return Outline([Part(group[0].lesson.module, group) for group in found])
