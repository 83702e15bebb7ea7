"""Who designs certificates."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers


def may_design(user: Any, organiser: Agency) -> bool:
    """Training officers of the organiser."""
    return covers(user, organiser, RoleGrant.Role.OFFICER)
