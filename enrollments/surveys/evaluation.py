"""The figures of a course by Kirkpatrick's levels, each a sum of whole bundles (bundling.py).

Page, XLSX and the head's page print the same dataclasses. Only `Bundle` and `Answer` are read for what was answered; how many were
asked and how many answered comes from the invitations and the completions, which name no answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounts.agencies.models import Agency
from accounts.people.models import User
from asn_lms.lib.reading import behind_the_wall
from asn_lms.lib.trees import below
from courses.structure.models import Course, CourseVersion
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.gain import Gain, gain
from enrollments.enrolling.models import Enrollment
from enrollments.surveys.models import LEAST, Answer, Bundle, Invitation, Kind, Question

CENT = Decimal("0.01")
# So many remarks a page and a file show.
MOST_TEXTS = 100


@dataclass(frozen=True)
class Step:
    """One thing that could be chosen: its words, and how many chose it."""

    step: int
    words: str
    count: int


@dataclass(frozen=True)
class QuestionFigures:
    """A question with what was answered. `count` is 0 where five or fewer answered it; then nothing else is told."""

    question: Question
    count: int
    steps: list[Step] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def is_scale(self) -> bool:
        return self.question.sort == Question.Sort.SCALE

    @property
    def is_text(self) -> bool:
        return self.question.sort == Question.Sort.TEXT

    @property
    def mean(self) -> Decimal | None:
        """Of a scale, 1–5, two decimals."""
        return mean_of((one.step, one.count) for one in self.steps) if self.is_scale else None

    @property
    def heights(self) -> list[int]:
        """How many chose each step, for the small chart."""
        return [one.count for one in self.steps]

    @property
    def told(self) -> str:
        """The small chart in words: "1: 0, 2: 4, …"."""
        return ", ".join(f"{one.step}: {one.count}" for one in self.steps)


def mean_of(counts: Iterable[tuple[int, int]]) -> Decimal | None:
    """Mean of steps with their counts, two decimals, half up; None of nothing."""
    pairs = list(counts)
    total = sum(count for _step, count in pairs)
    if not total:
        return None
    return (Decimal(sum(step * count for step, count in pairs)) / total).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class SurveyFigures:
    """One questionnaire: who was asked, how many answered, how many of these are in the figures yet.

    `answered` is None where fewer than six were asked: of one who was asked it would tell whether they answered.
    """

    kind: Kind
    trainer: User | None
    asked: int
    answered: int | None
    counted: int
    questions: list[QuestionFigures]

    @property
    def waiting(self) -> int:
        return max((self.answered or 0) - self.counted, 0)

    @property
    def mean(self) -> Decimal | None:
        """Over all scales."""
        return mean_of((one.step, one.count) for q in self.questions if q.is_scale for one in q.steps)

    @property
    def scales(self) -> list[QuestionFigures]:
        return [one for one in self.questions if one.is_scale]


@dataclass(frozen=True)
class GainFigures:
    """Level 2: of how many of the completed both tests are known, and what they gained on the average (Hake's ⟨g⟩ of the class)."""

    count: int
    completed: int
    gain: Gain | None


@dataclass(frozen=True)
class Evaluation:
    course: Course
    cohort: Cohort | None
    surveys: list[SurveyFigures]
    learning: GainFigures

    def of(self, *kinds: Kind) -> list[SurveyFigures]:
        return [one for one in self.surveys if one.kind in kinds]

    @property
    def before(self) -> list[SurveyFigures]:
        """Level 1."""
        return self.of(Kind.COURSE, Kind.TRAINER)

    @property
    def after(self) -> list[SurveyFigures]:
        """Levels 3 and 4."""
        return self.of(Kind.ALUMNUS, Kind.SUPERIOR)


@dataclass(frozen=True)
class Scope:
    """What the figures are about: a course, perhaps one cohort, perhaps only the people of a unit and all below it."""

    course: Course
    cohort: Cohort | None = None
    unit: Agency | None = None

    def bundles(self) -> QuerySet[Bundle]:
        rows = Bundle.objects.filter(course=self.course)
        if self.cohort is not None:
            rows = rows.filter(cohort=self.cohort)
        if self.unit is not None:
            # Trainers are judged for their organiser, and by nobody else's head.
            rows = rows.filter(below([self.unit.path], "unit__"), trainer__isnull=True)
        return rows

    def completions(self) -> QuerySet[Enrollment]:
        rows: QuerySet[Enrollment] = Enrollment.objects.filter(version__course=self.course)
        if self.cohort is not None:
            rows = rows.filter(cohort=self.cohort)
        return rows.filter(_completed_in(self.unit) if self.unit else Q(status=Enrollment.Status.COMPLETED))

    def invitations(self) -> QuerySet[Invitation]:
        rows: QuerySet[Invitation] = Invitation.objects.filter(enrollment__version__course=self.course)
        if self.cohort is not None:
            rows = rows.filter(enrollment__cohort=self.cohort)
        if self.unit is not None:
            rows = rows.filter(below([self.unit.path], "enrollment__completion_agency__"), trainer__isnull=True)
        return rows


def _completed_in(unit: Agency) -> Q:
    """Only what is completed has such a unit. Asked for the status as well, PostgreSQL reads the index of all completions for each unit."""
    return below([unit.path], "completion_agency__")


def evaluation(scope: Scope) -> Evaluation:
    """Everything about it, in seven queries whatever the number of people."""
    if scope.unit is not None:
        return behind_the_wall([scope.unit.path], lambda: _evaluation(scope))
    return _evaluation(scope)


def _evaluation(scope: Scope) -> Evaluation:
    sizes: dict[tuple[str, int, int | None], int] = {}
    rows = (
        scope.bundles().values_list("version__questionnaire__kind", "version", "trainer").annotate(sheets=Sum("size"))
    )
    for kind, version, trainer, sheets in rows.order_by("version"):
        sizes[kind, version, trainer] = sheets
    versions = {version for _kind, version, _trainer in sizes}
    questions: dict[int, list[Question]] = defaultdict(list)
    for question in Question.objects.filter(version__in=versions).order_by("position", "id"):
        questions[question.version_id].append(question)
    counts = _counts(scope)
    texts = _texts(scope)
    learning, asking = _learning(scope)
    asked = _asked(scope, asking)
    people = {one.pk: one for one in User.objects.filter(pk__in={pk for _kind, pk in asked if pk})}
    surveys = []
    for kind in Kind:
        trainers = sorted({pk for at, pk in asked if at == kind}, key=lambda pk: people[pk].name if pk else "")
        for trainer in trainers:
            of_these = [version for at, version, whose in sizes if (at, whose) == (kind, trainer)]
            whole, done = asked[kind, trainer]
            surveys.append(
                SurveyFigures(
                    kind=kind,
                    trainer=people[trainer] if trainer else None,
                    asked=whole,
                    answered=done if whole >= LEAST else None,
                    counted=sum(sizes[kind, version, trainer] for version in of_these),
                    questions=[
                        _figures(one, counts.get((one.pk, trainer), {}), texts.get((one.pk, trainer), []))
                        # The newest questions first; what older ones were answered stays among the figures.
                        for version in sorted(of_these, reverse=True)
                        for one in questions[version]
                    ],
                )
            )
    return Evaluation(scope.course, scope.cohort, surveys, learning)


def _figures(question: Question, counts: dict[int, int], texts: Sequence[str]) -> QuestionFigures:
    if question.sort == Question.Sort.TEXT:
        return (
            QuestionFigures(question, len(texts), texts=list(texts))
            if len(texts) >= LEAST
            else QuestionFigures(question, 0)
        )
    if not counts:
        return QuestionFigures(question, 0)
    steps = [Step(step, words, counts.get(step, 0)) for step, words in question.steps]
    return QuestionFigures(question, sum(counts.values()), steps=steps)


Key = tuple[int, int | None]  # question, trainer


def _counts(scope: Scope) -> dict[Key, dict[int, int]]:
    """How many chose each step, over the bundles in which more than five answered the question."""
    rows = Answer.objects.filter(bundle__in=scope.bundles(), step__isnull=False, is_shown=True)
    found: dict[Key, dict[int, int]] = defaultdict(dict)
    for question, trainer, step, count in rows.values_list("question", "bundle__trainer", "step").annotate(
        how_many=Sum("count")
    ):
        found[question, trainer][step] = count
    return found


def _texts(scope: Scope) -> dict[Key, list[str]]:
    """Words, in an order that has nothing to do with when they were written, and the same each time."""
    rows = Answer.objects.filter(bundle__in=scope.bundles(), step__isnull=True).order_by("id")
    found: dict[Key, list[str]] = defaultdict(list)
    for question, trainer, text in rows.values_list("question", "bundle__trainer", "text")[: MOST_TEXTS * 10]:
        found[question, trainer].append(text)
    for texts in found.values():
        texts.sort()
        Random(len(texts)).shuffle(texts)  # noqa: S311 - only out of the order of the alphabet
        del texts[MOST_TEXTS:]
    return found


def _asked(scope: Scope, everybody: int) -> dict[tuple[str, int | None], tuple[int, int]]:
    """(kind, trainer) → (asked, answered). Before a download everybody is asked who completed a version that asks."""
    found: dict[tuple[str, int | None], tuple[int, int]] = {}
    for kind, trainer, whole, done in (
        scope.invitations()
        .values_list("kind", "trainer")
        .annotate(whole=Count("pk"), done=Count("pk", filter=Q(is_answered=True)))
    ):
        found[kind, trainer] = (whole, done)
    if everybody:
        found[Kind.COURSE.value, None] = (everybody, found.get((Kind.COURSE.value, None), (0, 0))[1])
    if scope.unit is None and everybody:
        asking = scope.completions().filter(version__asks_before_download=True)
        for trainer, whole in (
            asking.filter(cohort__trainers__isnull=False).values_list("cohort__trainers").annotate(whole=Count("pk"))
        ):
            done = found.get((Kind.TRAINER.value, trainer), (0, 0))[1]
            found[Kind.TRAINER.value, trainer] = (max(whole, done), done)
    return found


def _learning(scope: Scope) -> tuple[GainFigures, int]:
    """Means over those of whom both scores are known; and how many are asked before the download. Heads do not read single scores, so of a
    unit at least six must stand behind a mean.
    """
    known = Q(pre_score__isnull=False, post_score__isnull=False)
    row: dict[str, Any] = scope.completions().aggregate(
        completed=Count("pk"),
        asking=Count("pk", filter=Q(version__asks_before_download=True)),
        known=Count("pk", filter=known),
        pre=Sum("pre_score", filter=known),
        post=Sum("post_score", filter=known),
    )
    count = row["known"]
    if not count or (scope.unit is not None and count < LEAST):
        return GainFigures(0, row["completed"], None), row["asking"]
    pre, post = ((Decimal(row[name]) / count).quantize(CENT, ROUND_HALF_UP) for name in ("pre", "post"))
    return GainFigures(count, row["completed"], gain(pre, post)), row["asking"]


# ── Many courses, for a head ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class CourseFigures:
    """A course in the head's list: by kind how many sheets stand behind the mean, and the mean of all scales."""

    course: Course
    title: str
    completed: int
    counted: dict[str, int]
    means: dict[str, Decimal | None]

    @property
    def cells(self) -> list[tuple[Kind, int, Decimal | None]]:
        return [
            (kind, self.counted.get(kind.value, 0), self.means.get(kind.value))
            for kind in (Kind.COURSE, Kind.ALUMNUS, Kind.SUPERIOR)
        ]


def courses_of_unit(unit: Agency, *, limit: int = 100) -> list[CourseFigures]:
    """Courses that people at or below the unit completed, the most completed first. Three queries."""
    return behind_the_wall([unit.path], lambda: _courses_of_unit(unit, limit))


def _courses_of_unit(unit: Agency, limit: int) -> list[CourseFigures]:
    places = Enrollment.objects.filter(_completed_in(unit)).values("version__course")
    completed = dict(
        places.annotate(people=Count("pk"))
        .values_list("version__course", "people")
        .order_by("-people", "version__course")[:limit]
    )
    mine = Bundle.objects.filter(below([unit.path], "unit__"), trainer__isnull=True, course__in=completed)
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for course, kind, sheets in mine.values_list("course", "version__questionnaire__kind").annotate(sheets=Sum("size")):
        counted[course][kind] = sheets
    steps: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    answers = Answer.objects.filter(bundle__in=mine, question__sort=Question.Sort.SCALE, is_shown=True)
    for course, kind, step, count in answers.values_list(
        "bundle__course", "bundle__version__questionnaire__kind", "step"
    ).annotate(how_many=Sum("count")):
        steps[course, kind].append((step, count))
    rows = {one.pk: one for one in Course.objects.filter(pk__in=completed).select_related("current")}
    titles = _titles(rows.values())
    return [
        CourseFigures(
            rows[pk],
            titles[pk],
            people,
            counted.get(pk, {}),
            {kind.value: mean_of(steps.get((pk, kind.value), [])) for kind in Kind},
        )
        for pk, people in completed.items()
    ]


def title_of(course: Course) -> str:
    """As the catalogue calls it, or called it last."""
    return _titles([course])[course.pk]


def _titles(courses: Iterable[Course]) -> dict[int, str]:
    found = {one.pk: one.current.title if one.current else "" for one in courses}
    missing = [pk for pk, title in found.items() if not title]
    if missing:
        newest = CourseVersion.objects.filter(course__in=missing).order_by("course", "-number").distinct("course")
        found |= dict(newest.values_list("course", "title"))
    return found
