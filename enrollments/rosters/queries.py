"""What the office sees of cohorts and their people."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User
from accounts.people.nip import bare
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from asn_lms.lib.days import local_day
from courses.structure.models import Lesson
from enrollments.attempts.models import Attempt, ExtraAttempts
from enrollments.cohorts.models import Cohort, CohortQuerySet
from enrollments.enrolling.models import Enrollment, EnrollmentQuerySet
from enrollments.progress.models import LessonProgress

PAGE = 50
MOST_FOUND = 12
# A cohort wants a hand this long before it begins with free seats, and before it ends with unfinished people.
SOON = timedelta(days=14)
# And as long after its end, while somebody has not finished.
AFTER = timedelta(days=30)

PHASES: dict[str, Promise] = {
    "": _("All"),
    "hand": _("Need a hand"),
    "running": _("Running"),
    "coming": _("Coming"),
    "over": _("Over"),
    "self": _("Self-paced"),
}


@dataclass(frozen=True)
class CohortRow:
    """A cohort in the list, with what it needs first."""

    cohort: Cohort
    active: int
    completed: int
    hands: list[tuple[str, Promise]] = field(default_factory=list)

    @property
    def people(self) -> int:
        return self.active + self.completed


@dataclass(frozen=True)
class CohortList:
    rows: list[CohortRow]
    phase: str
    counts: dict[str, int]
    next_after: str


def list_cohorts(user: Any, *, phase: str = "", text: str = "", after: str = "") -> CohortList:
    """A page of the cohorts that the person runs or teaches; those that begin last come first."""
    today = local_day(user.zone)
    seen = Cohort.objects.seen_in_office_by(user)
    for word in text.split()[:6]:
        seen = seen.filter(
            Q(version__title__icontains=word) | Q(name__icontains=word) | Q(course__code__icontains=word)
        )
    counts = seen.aggregate(**{f"n_{name}": Count("pk", filter=_phase(name, today)) for name in PHASES})
    phase = phase if phase in PHASES else ""
    rows = list(
        _after(seen.filter(_phase(phase, today)), after)
        .select_related("version", "course", "organiser")
        .order_by("is_self_paced", "-starts_on", "-pk")[: PAGE + 1]
    )
    page = rows[:PAGE]
    people = {
        row["cohort"]: row
        for row in Enrollment.objects.filter(cohort__in=page)
        .order_by()
        .values("cohort")
        .annotate(
            active=Count("pk", filter=Q(status=Enrollment.Status.ACTIVE)),
            completed=Count("pk", filter=Q(status=Enrollment.Status.COMPLETED)),
        )
    }
    found = []
    for cohort in page:
        sums = people.get(cohort.pk, {"active": 0, "completed": 0})
        found.append(CohortRow(cohort, sums["active"], sums["completed"], _hands(cohort, sums["active"], today)))
    return CohortList(
        found,
        phase,
        {name: counts[f"n_{name}"] for name in PHASES},
        _key(page[-1]) if len(rows) > PAGE else "",
    )


def _phase(name: str, today: date) -> Q:
    dated = Q(is_self_paced=False) & ~Q(state=Cohort.State.CANCELLED)
    if name == "hand":
        unfinished = Exists(Enrollment.objects.active().filter(cohort=OuterRef("pk")))
        return dated & (
            Q(starts_on__gt=today, starts_on__lte=today + SOON, state=Cohort.State.OPEN)
            | (Q(ends_on__gte=today - AFTER, ends_on__lte=today + SOON) & Q(unfinished))
        )
    if name == "running":
        return dated & Q(starts_on__lte=today, ends_on__gte=today)
    if name == "coming":
        return dated & Q(starts_on__gt=today)
    if name == "over":
        return Q(is_self_paced=False) & (Q(ends_on__lt=today) | Q(state=Cohort.State.CANCELLED))
    if name == "self":
        return Q(is_self_paced=True)
    return Q()


def _hands(cohort: Cohort, active: int, today: date) -> list[tuple[str, Promise]]:
    """Tags with their tone: what a hand is needed for."""
    if cohort.is_self_paced or cohort.starts_on is None or cohort.ends_on is None:
        return []
    if cohort.state == Cohort.State.CANCELLED:
        return [("", _("cancelled"))]
    found: list[tuple[str, Promise]] = []
    if today < cohort.starts_on <= today + SOON:
        found.append(("warn", _("begins soon")))
    if active and today <= cohort.ends_on <= today + SOON:
        found.append(("warn", _("ends soon, not all are done")))
    if active and cohort.ends_on < today:
        found.append(("bad", _("over, not all are done")))
    if cohort.state == Cohort.State.CLOSED:
        found.append(("", _("closed")))
    return found


def _key(cohort: Cohort) -> str:
    return f"{int(cohort.is_self_paced)}.{cohort.starts_on or ''}.{cohort.pk}"


def _after(rows: CohortQuerySet, key: str) -> CohortQuerySet:
    last = Cohort.objects.filter(pk=_digits(key.rpartition(".")[2])).first()
    if last is None:
        return rows
    if last.is_self_paced:
        return rows.filter(is_self_paced=True, pk__lt=last.pk)
    return rows.filter(
        Q(is_self_paced=True) | Q(starts_on__lt=last.starts_on) | Q(starts_on=last.starts_on, pk__lt=last.pk)
    )


STATUSES: dict[str, Promise] = {
    "": _("All"),
    "active": _("In progress"),
    "waiting": _("Not started"),
    "overdue": _("Overdue"),
    "completed": _("Completed"),
    "withdrawn": _("Withdrawn"),
}


@dataclass(frozen=True)
class Roster:
    """A page of the people of a cohort, by name."""

    rows: list[Enrollment]
    total: int
    lessons: int
    counts: dict[str, int]
    next_after: int | None


def roster(cohort: Cohort, *, today: date, status: str = "", text: str = "", after: int | None = None) -> Roster:
    """Withdrawn people are only shown when they are asked for. `text`: a part of the name, or a whole NIP."""
    everybody = Enrollment.objects.filter(cohort=cohort)
    found = everybody
    for word in text.split()[:6]:
        found = found.filter(Q(learner__name__icontains=word) | Q(learner__nip=bare(text)))
    counts = found.aggregate(**{f"n_{name}": Count("pk", filter=_status(name, today)) for name in STATUSES})
    status = status if status in STATUSES else ""
    rows = found.filter(_status(status, today))
    last = Enrollment.objects.filter(pk=after, cohort=cohort).values("learner__name", "pk").first() if after else None
    if last:
        name = last["learner__name"]
        rows = rows.filter(Q(learner__name__gt=name) | Q(learner__name=name, pk__gt=last["pk"]))
    page = list(rows.select_related("learner__agency", "version").order_by("learner__name", "pk")[: PAGE + 1])
    return Roster(
        rows=page[:PAGE],
        total=counts[f"n_{status}"],
        lessons=Lesson.objects.filter(version=cohort.version_id).count(),
        counts={name: counts[f"n_{name}"] for name in STATUSES},
        next_after=page[PAGE - 1].pk if len(page) > PAGE else None,
    )


def _status(name: str, today: date) -> Q:
    status = Enrollment.Status
    if name == "active":
        return Q(status=status.ACTIVE)
    if name == "waiting":
        return Q(status=status.ACTIVE, started_at__isnull=True)
    if name == "overdue":
        return Q(status=status.ACTIVE, due_on__lt=today)
    if name == "completed":
        return Q(status=status.COMPLETED)
    if name == "withdrawn":
        return Q(status=status.WITHDRAWN)
    return ~Q(status=status.WITHDRAWN)


@dataclass(frozen=True)
class Candidate:
    person: User
    is_in: bool


def candidates(user: Any, cohort: Cohort, text: str) -> list[Candidate]:
    """Active people of the officer's units who are called so, or whose NIP it is; a dozen at most."""
    text = text.strip()
    if len(text) < 2:
        return []
    people = User.objects.filter(is_active=True, agency__in=agencies_of(user, RoleGrant.Role.OFFICER))
    if bare(text).isdigit():
        people = people.filter(nip=bare(text))
    else:
        for word in text.split()[:6]:
            people = people.filter(name__icontains=word)
    found = list(people.select_related("agency").order_by("name", "id")[:MOST_FOUND])
    inside = set(Enrollment.objects.live().filter(cohort=cohort, learner__in=found).values_list("learner", flat=True))
    return [Candidate(person, person.pk in inside) for person in found]


@dataclass(frozen=True)
class LessonRow:
    """One lesson of one learner, as the office sees it. `tries`: attempts begun; `extra`: those that were added."""

    lesson: Lesson
    number: int
    progress: LessonProgress | None
    tries: int
    extra: int
    is_scored: bool


def lessons_of(enrollment: Enrollment) -> list[LessonRow]:
    """Every lesson with its progress and attempts."""
    lessons = Lesson.objects.filter(version=enrollment.version_id).order_by("position", "id")
    progress = {row.lesson_id: row for row in LessonProgress.objects.filter(enrollment=enrollment)}
    tries: dict[int, int] = {}
    scored: set[int] = set()
    for lesson_id, number, score in Attempt.objects.filter(enrollment=enrollment).values_list(
        "lesson_id", "number", "score"
    ):
        tries[lesson_id] = max(tries.get(lesson_id, 0), number)
        if score is not None:
            scored.add(lesson_id)
    extra: dict[int, int] = {}
    for row in ExtraAttempts.objects.filter(enrollment=enrollment):
        extra[row.lesson_id] = extra.get(row.lesson_id, 0) + row.extra
    return [
        LessonRow(
            lesson,
            number,
            progress.get(lesson.pk),
            tries.get(lesson.pk, 0),
            extra.get(lesson.pk, 0),
            lesson.pk in scored,
        )
        for number, lesson in enumerate(lessons, start=1)
    ]


def chosen(cohort: Cohort, keys: Iterable[str]) -> EnrollmentQuerySet:
    """The places that were ticked in the list."""
    return (
        Enrollment.objects.filter(cohort=cohort, pk__in=[_digits(key) for key in keys][:500])
        .select_related("learner", "cohort")
        .order_by("learner__name", "pk")
    )


def _digits(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
