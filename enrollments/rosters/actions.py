"""What officers do to a cohort and its people together."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.jobs.actions import start_job
from accounts.jobs.imports import accept_upload
from accounts.jobs.models import Job
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours
from enrollments.cohorts.actions import edit_cohort
from enrollments.cohorts.models import Cohort
from enrollments.cohorts.rules import may_run
from enrollments.enrolling.actions import reschedule, reschedule_all, withdraw
from enrollments.enrolling.models import Enrollment

CHECK, WRITE = "rosters.check_import", "rosters.write_import"


@transaction.atomic
def edit_with_deadlines(cohort: Cohort, *, by: User, **values: Any) -> tuple[Cohort, int]:
    """Change the cohort; when its end moves, move the deadlines of the people who had that end as theirs.

    Deadlines that were given to one person stay. Returns the cohort and how many deadlines moved.
    """
    before = Cohort.objects.only("ends_on").get(pk=cohort.pk).ends_on
    cohort = edit_cohort(cohort, by=by, **values)
    if before is None or cohort.ends_on == before:
        return cohort, 0
    return cohort, reschedule_all(cohort, cohort.ends_on, by=by, only_due_on=before)


@transaction.atomic
def withdraw_several(places: Iterable[Enrollment], reason: str, *, by: User) -> int:
    """Withdraw those who still learn, all or none. Returns how many."""
    active = [place for place in places if place.status == Enrollment.Status.ACTIVE]
    for place in sorted(active, key=lambda place: place.pk):
        withdraw(place, reason, by=by)
    return len(active)


@transaction.atomic
def reschedule_several(places: Iterable[Enrollment], due_on: date | None, *, by: User) -> int:
    """Give those who still learn the same deadline, all or none. Returns how many."""
    active = [place for place in places if place.status == Enrollment.Status.ACTIVE]
    for place in sorted(active, key=lambda place: place.pk):
        reschedule(place, due_on, by=by)
    return len(active)


def begin_import(cohort: Cohort, upload: Any, *, by: User) -> Job:
    """Accept a sheet of people and let a worker look through it; nothing is written yet."""
    if not may_run(by, cohort.organiser):
        raise NotYours(_("Only training officers give places in this cohort."))
    accept_upload(upload)
    title = _("Checking %(file)s") % {"file": upload.name[:120]}
    return start_job(CHECK, title, owner=by, payload={"cohort": cohort.pk}, source=upload)
