"""Making and ending cohorts."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal
from asn_lms.lib.words import roman
from courses.structure.models import Course
from enrollments.cohorts.models import Cohort
from enrollments.cohorts.queries import next_number, possible_trainers
from enrollments.cohorts.rules import may_run

HIGHEST_NUMBER = 3999  # the last that Roman numerals can write


@transaction.atomic
def create_cohort(
    course: Course,
    *,
    starts_on: date,
    ends_on: date,
    by: User | None,
    seats: int | None = None,
    place: str = "",
    enroll_until: date | None = None,
    is_open_to_all: bool = True,
    number: int | None = None,
    trainers: Iterable[User] = (),
) -> Cohort:
    """Open a cohort (angkatan) of the published version. `seats=None`: no limit. Counted per course and year.

    Raises NotYours, or Refusal with the field it belongs to.
    """
    # The course's row is the lock: two officers at once get two numbers.
    course = Course.objects.select_for_update(of=("self",), no_key=True).select_related("organiser").get(pk=course.pk)
    if not may_run(by, course.organiser):
        raise NotYours(_("Only training officers of the organiser open cohorts of this course."))
    if course.current_id is None:
        raise Refusal(_("This course is not published yet. Publish it first, then open a cohort."), field="course")
    _check_dates(starts_on, ends_on, enroll_until, today=local_day(course.organiser.zone) if by else None)
    if seats is not None and seats < 1:
        raise Refusal(_("A cohort needs at least one seat."), field="seats")
    year = starts_on.year
    if number is None:
        number = next_number(course, year)
    elif Cohort.objects.filter(course=course, year=year, number=number, is_self_paced=False).exists():
        raise Refusal(_("This course already has a cohort with that number in that year."), field="number")
    if not 1 <= number <= HIGHEST_NUMBER:
        raise Refusal(_("The number of a cohort is between 1 and %d.") % HIGHEST_NUMBER, field="number")
    cohort = Cohort.objects.create(
        course=course,
        version_id=course.current_id,
        organiser=course.organiser,
        year=year,
        number=number,
        # The official name, as it is printed on certificates: it has no English.
        name=f"Angkatan {roman(number)}",
        place=place,
        starts_on=starts_on,
        ends_on=ends_on,
        enroll_until=enroll_until,
        seats=seats,
        is_open_to_all=is_open_to_all,
        created_by=by,
    )
    if trainers:
        cohort.trainers.set(trainers)
    record("cohort.created", cohort, by=by, course=course.code, starts_on=starts_on, ends_on=ends_on, seats=seats)
    return cohort


@transaction.atomic
def edit_cohort(
    cohort: Cohort,
    *,
    starts_on: date,
    ends_on: date,
    seats: int | None,
    place: str,
    enroll_until: date | None,
    is_open_to_all: bool,
    by: User | None,
) -> Cohort:
    """Change dates, seats and place. Seats never fall below those that are taken. Deadlines of people are not touched."""
    cohort = locked_cohort(cohort)
    _refuse_unless_run(by, cohort)
    if cohort.is_self_paced:
        raise Refusal(_("The self-paced cohort has no dates and no limit of seats."))
    if cohort.state == Cohort.State.CANCELLED:
        raise Refusal(_("This cohort was cancelled. Open a new one instead."))
    _check_dates(starts_on, ends_on, enroll_until)
    if starts_on.year != cohort.year:
        raise Refusal(
            _("This cohort is counted in %(year)s. To run it in another year, open a new one.") % {"year": cohort.year},
            field="starts_on",
        )
    if seats is not None and seats < max(cohort.seats_taken, 1):
        raise Refusal(
            ngettext(
                "%(taken)s person already has a seat, so there cannot be fewer seats than that.",
                "%(taken)s people already have a seat, so there cannot be fewer seats than that.",
                cohort.seats_taken,
            )
            % {"taken": cohort.seats_taken}
            if cohort.seats_taken
            else _("A cohort needs at least one seat."),
            field="seats",
        )
    values: dict[str, Any] = {
        "starts_on": starts_on,
        "ends_on": ends_on,
        "seats": seats,
        "place": place,
        "enroll_until": enroll_until,
        "is_open_to_all": is_open_to_all,
    }
    changed = {name: value for name, value in values.items() if getattr(cohort, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(cohort, name, value)
        cohort.save(update_fields=list(changed))
        record("cohort.edited", cohort, by=by, **changed)
    return cohort


@transaction.atomic
def close_cohort(cohort: Cohort, *, by: User | None) -> Cohort:
    """Take no more people; those who are in go on. Closing twice changes nothing."""
    cohort = locked_cohort(cohort)
    _refuse_unless_run(by, cohort)
    if cohort.is_self_paced:
        raise Refusal(_("The self-paced cohort stays open as long as the course is published."))
    if cohort.state == Cohort.State.OPEN:
        _move(cohort, Cohort.State.CLOSED)
        record("cohort.closed", cohort, by=by)
    return cohort


@transaction.atomic
def reopen_cohort(cohort: Cohort, *, by: User | None) -> Cohort:
    """Take people again after closing."""
    cohort = locked_cohort(cohort)
    _refuse_unless_run(by, cohort)
    if cohort.state == Cohort.State.CANCELLED:
        raise Refusal(_("This cohort was cancelled. Open a new one instead."))
    if cohort.state == Cohort.State.CLOSED:
        _move(cohort, Cohort.State.OPEN)
        record("cohort.reopened", cohort, by=by)
    return cohort


@transaction.atomic
def mark_cancelled(cohort: Cohort, reason: str, *, by: User | None) -> Cohort:
    """Only the cohort's own state: who was in it is withdrawn and told by `enrolling.actions.cancel_cohort`."""
    cohort = locked_cohort(cohort)
    _refuse_unless_run(by, cohort)
    if cohort.is_self_paced:
        raise Refusal(_("The self-paced cohort stays open as long as the course is published."))
    if cohort.state != Cohort.State.CANCELLED:
        _move(cohort, Cohort.State.CANCELLED)
        record("cohort.cancelled", cohort, by=by, reason=reason)
    return cohort


@transaction.atomic
def name_trainers(cohort: Cohort, trainers: Iterable[User], *, by: User | None) -> Cohort:
    """Say who teaches this cohort. They see its people and comment on their answers."""
    cohort = locked_cohort(cohort)
    _refuse_unless_run(by, cohort)
    wanted = {person.pk: person for person in trainers}
    bearing = set(possible_trainers(cohort).filter(pk__in=wanted).values_list("pk", flat=True))
    for pk, person in wanted.items():
        if pk not in bearing:
            raise Refusal(
                _("%(name)s does not bear the role of trainer.") % {"name": person.full_name}, field="trainers"
            )
    before = set(cohort.trainers.values_list("pk", flat=True))
    if before != set(wanted):
        cohort.trainers.set(wanted.values())
        record("cohort.trainers_named", cohort, by=by, trainers=sorted(person.full_name for person in wanted.values()))
    return cohort


@transaction.atomic
def self_paced_cohort(course: Course) -> Cohort:
    """The always-open cohort of a published course, made when somebody first needs it."""
    found = Cohort.objects.filter(course=course, is_self_paced=True).select_related("organiser", "version").first()
    if found:
        return found
    course = Course.objects.select_for_update(of=("self",), no_key=True).select_related("organiser").get(pk=course.pk)
    if course.current_id is None:
        raise Refusal(_("This course is not open at the moment."))
    cohort, made = Cohort.objects.get_or_create(
        course=course,
        is_self_paced=True,
        defaults={
            "version_id": course.current_id,
            "organiser": course.organiser,
            "year": local_day(course.organiser.zone).year,
        },
    )
    if made:
        record("cohort.created", cohort, by=None, course=course.code)
    return cohort


def locked_cohort(cohort: Cohort) -> Cohort:
    """The row, locked until the transaction ends. First in the lock order: cohort → enrollment → progress → attempt."""
    return (
        Cohort.objects.select_for_update(of=("self",), no_key=True)
        .select_related("course__current", "version", "organiser")
        .get(pk=cohort.pk)
    )


def _refuse_unless_run(by: User | None, cohort: Cohort) -> None:
    if not may_run(by, cohort.organiser):
        raise NotYours(_("Only training officers of the organiser change this cohort."))


def _move(cohort: Cohort, state: Cohort.State) -> None:
    cohort.state = state
    cohort.save(update_fields=["state"])


def _check_dates(starts_on: date, ends_on: date, enroll_until: date | None, *, today: date | None = None) -> None:
    if ends_on < starts_on:
        raise Refusal(_("The last day lies before the first day."), field="ends_on")
    if today and ends_on < today:
        raise Refusal(_("The last day has already passed."), field="ends_on")
    if enroll_until and enroll_until > ends_on:
        raise Refusal(_("Enrolment cannot end after the cohort itself."), field="enroll_until")
