"""Who runs cohorts."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers
from enrollments.cohorts.models import Cohort


def may_run(user: Any, organiser: Agency) -> bool:
    """Training officers run the cohorts of the units that their grant covers; `None` is the clock, which may."""
    return user is None or covers(user, organiser, RoleGrant.Role.OFFICER)


def may_teach(user: Any, cohort: Cohort) -> bool:
    """Officers of the organiser, and the trainers who were named for this cohort."""
    return may_run(user, cohort.organiser) or cohort.trainers.filter(pk=user.pk).exists()
