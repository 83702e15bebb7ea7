"""Who may give papers to a cohort."""

from typing import Any

from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers
from enrollments.cohorts.models import Cohort


def may_issue(user: Any, cohort: Cohort) -> bool:
    """Training officers of the organiser."""
    return covers(user, cohort.organiser, RoleGrant.Role.OFFICER)
