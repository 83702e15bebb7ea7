"""How far a learner is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Exists, OuterRef

from asn_lms.lib.days import local_day
from courses.lesson_kinds import Kind, kinds
from courses.structure.models import Lesson
from enrollments.enrolling.models import Enrollment
from enrollments.progress.models import LessonProgress


@dataclass(frozen=True)
class Standing:
    """What stands between a learner and completion."""

    is_complete: bool
    # Mean of the best scores of the graded quizzes, 0–100 with two decimals; None when nothing is graded.
    score: Decimal | None
    # The same for the graded quizzes of each module, by its id.
    scores_by_module: Mapping[int, Decimal] = field(default_factory=dict)
    # Scores of the pre-test and the post-test, where the version has them.
    pre: Decimal | None = None
    post: Decimal | None = None


def standing(enrollment: Enrollment) -> Standing:
    """Complete: every required lesson is finished, and in each required graded one the best score reaches the pass mark.

    A pre-test has to be handed in, but neither to be passed, nor does it count.
    """
    everything = list(Lesson.objects.filter(version=enrollment.version_id))
    lessons = [lesson for lesson in everything if lesson.is_required]
    rows = {row.lesson_id: row for row in LessonProgress.objects.filter(enrollment=enrollment)}
    not_done = Standing(is_complete=False, score=None)
    if not lessons or any(lesson.pk not in rows or rows[lesson.pk].finished_at is None for lesson in lessons):
        return not_done
    scores: dict[int, list[Decimal]] = {}
    for lesson in graded(lessons):
        best = rows[lesson.pk].best_score
        if best is None or best < enrollment.version.pass_mark:
            return not_done
        scores.setdefault(lesson.module_id, []).append(best)
    counted = [best for bests in scores.values() for best in bests]
    tests = {lesson.test: rows[lesson.pk].best_score for lesson in everything if lesson.test and lesson.pk in rows}
    return Standing(
        is_complete=True,
        score=_mean(counted) if counted else None,
        scores_by_module={module: _mean(bests) for module, bests in scores.items()},
        pre=tests.get(Lesson.Test.PRE),
        post=tests.get(Lesson.Test.POST),
    )


def pre_test_before(enrollment: Enrollment, lesson: Lesson) -> Lesson | None:
    """The pre-test that must be handed in before this lesson opens; None when nothing stands before it."""
    handed_in = LessonProgress.objects.filter(enrollment=enrollment, lesson=OuterRef("pk"), finished_at__isnull=False)
    return (
        Lesson.objects.filter(version=lesson.version_id, test=Lesson.Test.PRE, position__lt=lesson.position)
        .filter(~Exists(handed_in))
        .first()
    )


def _mean(scores: list[Decimal]) -> Decimal:
    return (sum(scores, Decimal(0)) / len(scores)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def studied_days(enrollment: Enrollment, zone: str) -> dict[date, int]:
    """The days, in that zone, on which lessons of the place were finished, with the minutes of these lessons."""
    return studied_days_of([enrollment], zone)[enrollment.pk]


def studied_days_of(places: Iterable[Enrollment], zone: str) -> dict[int, dict[date, int]]:
    """The same for many places, by their ids; one query."""
    found: dict[int, dict[date, int]] = {place.pk: {} for place in places}
    rows = LessonProgress.objects.filter(enrollment__in=found, finished_at__isnull=False)
    for place, finished_at, minutes in rows.values_list("enrollment", "finished_at", "lesson__minutes"):
        days, day = found[place], local_day(zone, finished_at)
        days[day] = days.get(day, 0) + minutes
    return found


def below_mark(pass_mark: Decimal, best_scores: Mapping[Lesson, Decimal | None]) -> list[Lesson]:
    """Of finished lessons with their best scores: the required graded ones that have not reached the pass mark."""
    tried = [one for one, best in best_scores.items() if one.is_required and best is not None and best < pass_mark]
    return sorted(graded(tried), key=lambda lesson: lesson.position)


def graded(lessons: Iterable[Lesson]) -> list[Lesson]:
    """Those whose best score counts towards completion. As many queries as there are kinds among them."""
    counting = [lesson for lesson in lessons if not lesson.is_pre_test]
    return [lesson for kind, content, lesson in contents_of(counting) if kind.is_graded(content)]


def contents_of(lessons: Iterable[Lesson]) -> Iterator[tuple[Kind, Any, Lesson]]:
    """The lessons with their kinds and contents, read kind by kind."""
    by_kind: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        by_kind.setdefault(lesson.kind, []).append(lesson)
    for name, group in by_kind.items():
        contents = kinds[name].load_many(group)
        for lesson in group:
            if lesson.pk in contents:
                yield kinds[name], contents[lesson.pk], lesson
