"""Who may give and take places."""

from typing import Any

from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers
from enrollments.cohorts.models import Cohort
from enrollments.cohorts.rules import may_run
from enrollments.enrolling.models import Enrollment


def may_place(user: Any, learner: User, cohort: Cohort) -> bool:
    """Training officers give places in the cohorts that they run to the people of their units; `None` is the clock."""
    return user is None or (may_run(user, cohort.organiser) and covers(user, learner.agency, RoleGrant.Role.OFFICER))


def may_enroll(user: Any, learner: User, cohort: Cohort) -> bool:
    """Officers; and everybody for themselves where the cohort is open for that."""
    return (user is not None and user.pk == learner.pk and cohort.is_open_to_all) or may_place(user, learner, cohort)


def may_withdraw(user: Any, enrollment: Enrollment) -> bool:
    """The learner, and officers of the organiser."""
    return user is None or user.pk == enrollment.learner_id or may_run(user, enrollment.cohort.organiser)


def may_reschedule(user: Any, enrollment: Enrollment) -> bool:
    return may_run(user, enrollment.cohort.organiser)
