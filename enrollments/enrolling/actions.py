"""Giving and taking places. Lock order: cohort → learner → enrollment."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.notices.actions import tell
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal
from courses.structure.models import Course
from enrollments.cohorts.actions import locked_cohort, mark_cancelled, self_paced_cohort
from enrollments.cohorts.models import Cohort
from enrollments.cohorts.rules import may_run
from enrollments.enrolling.models import Enrollment
from enrollments.enrolling.refusals import AlreadyLearning, CohortFull, EnrolmentClosed
from enrollments.enrolling.rules import may_enroll, may_place, may_reschedule, may_withdraw
from enrollments.tallies.actions import count
from enrollments.tallies.models import Measure


@transaction.atomic
def enroll(learner: User, cohort: Cohort, *, by: User | None, now: datetime | None = None) -> Enrollment:
    """Give the learner a seat, with a deadline. Who already holds a place in this cohort gets the same place again.

    Raises NotYours, CohortFull, EnrolmentClosed, AlreadyLearning, or Refusal when the person cannot learn at all.
    """
    now = now or timezone.now()
    cohort = locked_cohort(cohort)
    # One person's two clicks on two cohorts of a course wait for each other here.
    learner = User.objects.select_for_update(no_key=True).get(pk=learner.pk)
    if not may_enroll(by, learner, cohort):
        raise NotYours(_("Only training officers give places in this cohort."))
    held = Enrollment.objects.live().filter(learner=learner, cohort=cohort).first()
    if held:
        return held
    agency = learner.agency
    if agency is None or not learner.is_active:
        raise Refusal(_("%(name)s is not an active member of a unit.") % {"name": learner.full_name})
    today = local_day(learner.zone, now)
    refuse_when_closed(cohort, today, is_late_allowed=may_place(by, learner, cohort))
    _follow_published_version(cohort)
    _refuse_second_place(learner, cohort)
    # And the constraint seats_are_never_oversold behind it.
    if cohort.is_full:
        raise CohortFull(_("All seats of this cohort are taken. Choose another cohort."))
    enrollment = Enrollment.objects.create(
        learner=learner,
        cohort=cohort,
        version=cohort.version,
        agency=agency,
        due_on=cohort.due_on(today),
        enrolled_at=now,
        enrolled_by=by,
    )
    Cohort.objects.filter(pk=cohort.pk).update(seats_taken=F("seats_taken") + 1)
    count(Measure.ENROLLED, agency, cohort.course, today)
    record(
        "enrollment.created", enrollment, by=by, cohort=str(cohort), course=cohort.course.code, due_on=enrollment.due_on
    )
    if by is not None and by.pk != learner.pk:
        _tell_enrolled(enrollment)
    return enrollment


@transaction.atomic
def enroll_self_paced(learner: User, course: Course, *, by: User | None, now: datetime | None = None) -> Enrollment:
    """A place in the always-open cohort: the published version, with the version's days to finish it."""
    return enroll(learner, self_paced_cohort(course), by=by, now=now)


@transaction.atomic
def withdraw(enrollment: Enrollment, reason: str, *, by: User | None, now: datetime | None = None) -> Enrollment:
    """Give the seat back, with a reason. What was learned stays. Withdrawing twice changes nothing."""
    now = now or timezone.now()
    cohort = locked_cohort(enrollment.cohort)
    enrollment = locked_enrollment(enrollment)
    if not may_withdraw(by, enrollment):
        raise NotYours(_("Only the learner or a training officer of the organiser ends this place."))
    reason = reason.strip()
    if enrollment.status == Enrollment.Status.WITHDRAWN:
        return enrollment
    if enrollment.status == Enrollment.Status.COMPLETED:
        raise Refusal(_("A completed course cannot be given back: its certificate and JP stand."))
    if not reason:
        raise Refusal(_("Say why, so that the organiser can plan better."), field="reason")
    enrollment.status = Enrollment.Status.WITHDRAWN
    enrollment.withdrawn_at = now
    enrollment.withdrawal_reason = reason[:300]
    enrollment.save(update_fields=["status", "withdrawn_at", "withdrawal_reason"])
    Cohort.objects.filter(pk=cohort.pk, seats_taken__gt=0).update(seats_taken=F("seats_taken") - 1)
    count(Measure.WITHDRAWN, enrollment.agency, cohort.course, local_day(enrollment.agency.zone, now))
    record("enrollment.withdrawn", enrollment, by=by, reason=reason[:300])
    if by is None or by.pk != enrollment.learner_id:
        _tell_withdrawn(enrollment)
    return enrollment


@transaction.atomic
def reschedule(enrollment: Enrollment, due_on: date | None, *, by: User | None) -> Enrollment:
    """Give another deadline, or none. Only while the course is being learned."""
    enrollment = locked_enrollment(enrollment)
    if not may_reschedule(by, enrollment):
        raise NotYours(_("Only training officers of the organiser change deadlines."))
    if enrollment.status != Enrollment.Status.ACTIVE:
        raise Refusal(_("This place is no longer being learned, so it has no deadline to change."))
    before = enrollment.due_on
    if before != due_on:
        enrollment.due_on = due_on
        enrollment.save(update_fields=["due_on"])
        record("enrollment.rescheduled", enrollment, by=by, before=before, after=due_on)
    return enrollment


@transaction.atomic
def reschedule_all(cohort: Cohort, due_on: date | None, *, by: User | None, only_due_on: date | None = None) -> int:
    """Give everybody who still learns in the cohort the same deadline; with `only_due_on` only those who had that one.

    Returns how many deadlines changed.
    """
    cohort = locked_cohort(cohort)
    if not may_run(by, cohort.organiser):
        raise NotYours(_("Only training officers of the organiser change deadlines."))
    rows = Enrollment.objects.active().filter(cohort=cohort)
    if only_due_on:
        rows = rows.filter(due_on=only_due_on)
    # Locked in one order, so that two officers at once never wait for each other in a circle.
    wanted = list(
        rows.exclude(due_on=due_on).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
    )
    changed = Enrollment.objects.filter(pk__in=wanted).update(due_on=due_on)
    if changed:
        record("cohort.rescheduled", cohort, by=by, after=due_on, people=changed)
    return changed


@transaction.atomic
def cancel_cohort(cohort: Cohort, reason: str, *, by: User | None) -> Cohort:
    """The cohort does not take place: everybody who still learns in it is withdrawn and told why.

    Refused once somebody has completed it: then it did take place.
    """
    reason = reason.strip()
    if not reason:
        raise Refusal(_("Say why the cohort is cancelled; its people will read it."), field="reason")
    cohort = mark_cancelled(cohort, reason, by=by)
    if cohort.enrollments.filter(status=Enrollment.Status.COMPLETED).exists():
        raise Refusal(_("Somebody has already completed this cohort. Close it instead."))
    for enrollment in cohort.enrollments.active().select_related("cohort").order_by("pk"):
        withdraw(enrollment, reason, by=by)
    return cohort


def locked_enrollment(enrollment: Enrollment) -> Enrollment:
    """The row, locked until the transaction ends, with what the rules need to read."""
    return (
        Enrollment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("learner__agency", "cohort__organiser", "version__course", "agency")
        .get(pk=enrollment.pk)
    )


def refuse_when_closed(cohort: Cohort, today: date, *, is_late_allowed: bool) -> None:
    """Raises EnrolmentClosed when the cohort takes nobody that day. `is_late_allowed`: after the enrolment window, for officers."""
    if cohort.state == Cohort.State.CANCELLED:
        raise EnrolmentClosed(_("This cohort was cancelled. Choose another one."))
    if cohort.state == Cohort.State.CLOSED:
        raise EnrolmentClosed(_("This cohort takes no more people. Choose another one."))
    if cohort.ends_on and today > cohort.ends_on:
        raise EnrolmentClosed(_("This cohort is over. Choose another one."))
    # Officers may still add somebody after the window, as long as the cohort runs.
    if cohort.enroll_until and today > cohort.enroll_until and not is_late_allowed:
        raise EnrolmentClosed(_("Enrolment for this cohort has closed. Choose another one."))


def _follow_published_version(cohort: Cohort) -> None:
    """Self-paced learners always start on the published version; a dated cohort keeps the one that its first learner began."""
    current = cohort.course.current
    if current is None:
        if cohort.is_self_paced:
            raise EnrolmentClosed(_("This course is not open at the moment."))
        return
    if current.pk == cohort.version_id:
        return
    if cohort.is_self_paced or not cohort.enrollments.exists():
        cohort.version = current
        Cohort.objects.filter(pk=cohort.pk).update(version=current)


def _refuse_second_place(learner: User, cohort: Cohort) -> None:
    for other in (
        Enrollment.objects.live().filter(learner=learner, cohort__course=cohort.course_id).select_related("cohort")
    ):
        if other.status == Enrollment.Status.ACTIVE:
            raise AlreadyLearning(
                _("Already learning this course in “%(cohort)s”. End that place first, or go on there.")
                % {"cohort": other.cohort}
            )
        if other.version_id == cohort.version_id:
            raise AlreadyLearning(_("This version of the course is already completed; its JP are recorded once."))


def _tell_enrolled(enrollment: Enrollment) -> None:
    with translation.override(enrollment.learner.language):
        facts: dict[str, Any] = {"course": enrollment.version.title, "cohort": enrollment.cohort}
        tell(
            enrollment.learner,
            "enrolled",
            f"enrollment {enrollment.pk}",
            _("You have a place in “%(course)s”") % facts,
            _("Your training officer enrolled you in %(cohort)s. You can begin at once.") % facts,
            link=reverse("course", args=[enrollment.cohort.course.code]),
        )


def _tell_withdrawn(enrollment: Enrollment) -> None:
    with translation.override(enrollment.learner.language):
        facts: dict[str, Any] = {
            "course": enrollment.version.title,
            "cohort": enrollment.cohort,
            "reason": enrollment.withdrawal_reason,
        }
        tell(
            enrollment.learner,
            "withdrawn",
            f"enrollment {enrollment.pk}",
            _("Your place in “%(course)s” has ended") % facts,
            _("%(cohort)s: %(reason)s") % facts,
            link=reverse("course", args=[enrollment.cohort.course.code]),
        )
