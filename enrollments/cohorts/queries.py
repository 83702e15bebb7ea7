"""Reads over cohorts."""

from datetime import date

from django.db.models import Max, QuerySet

from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.days import local_day
from courses.structure.models import Course
from enrollments.cohorts.models import Cohort


def next_number(course: Course, year: int) -> int:
    """The number that the next cohort of that course and year is offered."""
    last = Cohort.objects.filter(course=course, year=year, is_self_paced=False).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def possible_trainers(cohort: Cohort) -> QuerySet[User]:
    """Active people who bear the role of trainer over the organiser today."""
    path, step = cohort.organiser.path, cohort.organiser.steplen
    above = [path[:end] for end in range(step, len(path) + 1, step)]
    bearing = RoleGrant.objects.filter(role=RoleGrant.Role.TRAINER, agency__path__in=above)
    return (
        User.objects.filter(is_active=True)
        .filter(pk__in=bearing.effective(local_day(cohort.organiser.zone)).values("person"))
        .order_by("name", "id")
    )


def open_cohorts(course: Course, today: date) -> list[Cohort]:
    """Dated cohorts of a course in which a civil servant can take a seat, the soonest first. Full ones too: they are shown as full."""
    return list(
        Cohort.objects.open_on(today)
        .filter(course=course, is_self_paced=False, is_open_to_all=True)
        .select_related("version", "organiser")
        .order_by("starts_on", "id")
    )
