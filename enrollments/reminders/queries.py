"""Who is due to be reminded, and what the office sees of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, TruncDate

from accounts.agencies.models import Agency
from accounts.notices.models import Notice
from accounts.people.models import User
from courses.structure.models import Lesson
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.models import Enrollment, EnrollmentQuerySet
from enrollments.progress.models import LessonProgress
from enrollments.reminders.models import Reminder
from enrollments.reminders.steps import FIRST, LAST, LATE_BY, OFFSETS, START_AFTER, Step

DIGEST = "digest"
PAGE = 50


def due_steps(zone: str, today: date) -> dict[int, list[tuple[int, Step]]]:
    """Who in the zone is to be told what today: learner id → (place id, step), nobody who has had a digest today.

    The same rule as `steps.deadline_step` and `steps.start_step`, said in SQL; a test holds them together.
    """
    due: dict[int, list[tuple[int, Step]]] = {}
    told_of_deadline = set()
    for learner, place, step in _deadlines(zone, today):
        due.setdefault(learner, []).append((place, Step(step)))
        told_of_deadline.add(place)
    for learner, place in _not_started(zone, today):
        if place not in told_of_deadline:
            due.setdefault(learner, []).append((place, Step.START))
    return due


def in_zone(zone: str, person: str) -> Q:
    """A condition: the person's days are counted in this zone (`User.zone`). `person` leads to them: "learner__"."""
    condition = Q(**{f"{person}agency__zone": zone})
    if zone == Agency.Zone.WIB:
        condition |= Q(**{f"{person}agency__isnull": True})
    return condition


def _reachable(zone: str, today: date) -> EnrollmentQuerySet:
    """Places in progress of people in the zone, who were sent no digest today. What is cancelled reminds nobody."""
    had_digest = Notice.objects.filter(person=OuterRef("learner"), kind=DIGEST, about=today.isoformat())
    return (
        Enrollment.objects.active()
        .filter(in_zone(zone, "learner__"), ~Exists(had_digest), learner__is_active=True)
        .exclude(cohort__state=Cohort.State.CANCELLED)
        .annotate(enrolled_on=TruncDate("enrolled_at", tzinfo=ZoneInfo(zone)))
    )


def _day_of(step: Step) -> Combinable:
    return ExpressionWrapper(F("due_on") + Value(timedelta(days=OFFSETS[step])), output_field=DateField())


def _deadlines(zone: str, today: date) -> Iterator[tuple[int, int, str]]:
    """(learner, place, step) of the places whose deadline is at a step that was not told yet."""
    latest_first = sorted(OFFSETS, key=lambda step: -OFFSETS[step])
    at_step = [When(due_on__lte=today - timedelta(days=OFFSETS[step]), then=Value(step.value)) for step in latest_first]
    told = Reminder.objects.filter(enrollment=OuterRef("pk"), step=OuterRef("step"), due_on=OuterRef("due_on"))
    places = (
        _reachable(zone, today)
        .filter(due_on__gt=today - timedelta(days=LAST + LATE_BY), due_on__lte=today - timedelta(days=FIRST))
        .annotate(
            step=Case(*at_step, output_field=CharField()),
            step_on=Case(*[When(step=step.value, then=_day_of(step)) for step in OFFSETS], output_field=DateField()),
        )
        .filter(~Exists(told), step_on__gte=F("enrolled_on"), step_on__gt=today - timedelta(days=LATE_BY))
        .order_by("learner_id", "due_on")
    )
    return places.values_list("learner_id", "pk", "step").iterator(chunk_size=5000)


def _not_started(zone: str, today: date) -> Iterator[tuple[int, int]]:
    """(learner, place) of the places that could have been begun three days ago and were not."""
    told = Reminder.objects.filter(enrollment=OuterRef("pk"), step=Step.START)
    places = (
        _reachable(zone, today)
        .filter(Q(due_on__isnull=True) | Q(due_on__gte=today), started_at__isnull=True)
        # Greatest ignores what is empty: a self-paced cohort has no first day.
        .annotate(began_on=Greatest("enrolled_on", "cohort__starts_on"))
        .filter(
            ~Exists(told),
            began_on__lte=today - timedelta(days=START_AFTER),
            began_on__gt=today - timedelta(days=START_AFTER + LATE_BY),
        )
        .order_by("learner_id", "pk")
    )
    return places.values_list("learner_id", "pk").iterator(chunk_size=5000)


@dataclass(frozen=True)
class Extent:
    """How much of a place is done: lessons and minutes of those that are required."""

    lessons: int = 0
    done: int = 0
    minutes_left: int = 0


@dataclass(frozen=True)
class Reminded:
    """A place and the step it is at, with what the digest says about it."""

    enrollment: Enrollment
    step: Step
    extent: Extent = field(default_factory=Extent)


def reminded_places(steps: dict[int, Step]) -> dict[int, list[Reminded]]:
    """The places of these ids by learner, those whose deadline is nearest first. Four queries, however many."""
    places = list(
        Enrollment.objects.filter(pk__in=steps)
        .select_related("learner__agency", "version__course", "cohort")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )
    extents = _extents(places)
    by_learner: dict[int, list[Reminded]] = {}
    for place in places:
        by_learner.setdefault(place.learner_id, []).append(Reminded(place, steps[place.pk], extents[place.pk]))
    return by_learner


def _extents(places: Iterable[Enrollment]) -> dict[int, Extent]:
    rows = list(places)
    whole = {
        version: (count, minutes)
        for version, count, minutes in Lesson.objects.filter(
            version__in={place.version_id for place in rows}, is_required=True
        )
        .values_list("version")
        .annotate(Count("pk"), Sum("minutes"))
    }
    done = {
        place: (count, minutes)
        for place, count, minutes in LessonProgress.objects.filter(
            enrollment__in=[place.pk for place in rows], finished_at__isnull=False, lesson__is_required=True
        )
        .values_list("enrollment")
        .annotate(Count("pk"), Sum("lesson__minutes"))
    }
    extents = {}
    for place in rows:
        count, minutes = whole.get(place.version_id, (0, 0))
        finished, spent = done.get(place.pk, (0, 0))
        extents[place.pk] = Extent(count, finished, max((minutes or 0) - (spent or 0), 0))
    return extents


# ── What the office sees ─────────────────────────────────────────────────────────────────────────────────────────────

FILTERS: dict[str, list[str]] = {
    "": [],
    "hand": [Notice.Mail.FAILED, Notice.Mail.HELD],
    "waiting": [Notice.Mail.DUE, Notice.Mail.SENDING],
    "sent": [Notice.Mail.SENT],
}


@dataclass(frozen=True)
class OfficeNotices:
    rows: list[Notice]
    next_before: int | None


def office_notices(officer: User, *, show: str, name: str, before: int | None) -> OfficeNotices:
    """What the people of the officer's units were told, newest first, `PAGE` at a time."""
    rows = Notice.objects.seen_by_office(officer).select_related("person__agency")
    if FILTERS.get(show):
        rows = rows.filter(mail_state__in=FILTERS[show])
    if name:
        rows = rows.filter(person__name__icontains=name)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-id")[: PAGE + 1])
    return OfficeNotices(
        rows=found[:PAGE],
        next_before=found[PAGE - 1].pk if len(found) > PAGE else None,
    )
