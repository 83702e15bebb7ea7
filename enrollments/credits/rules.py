"""Who may change what counts."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers
from enrollments.credits.models import Credit

Role = RoleGrant.Role


def may_correct(user: Any, credit: Credit) -> bool:
    """Training officers of the unit in which the person serves today; nobody their own."""
    return user.pk != credit.learner_id and covers(user, credit.learner.agency, Role.OFFICER)


def may_reverse(user: Any, credit: Credit) -> bool:
    """The same, and officers of the organiser, who revoke its certificates."""
    if may_correct(user, credit):
        return True
    organiser = credit.enrollment.cohort.organiser if credit.enrollment else None
    return user.pk != credit.learner_id and covers(user, organiser, Role.OFFICER)


def may_close(user: Any, book: Agency) -> bool:
    """Administrators of the whole government."""
    return covers(user, book, Role.ADMIN)
