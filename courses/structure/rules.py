"""Who may write courses."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers


def may_author(user: Any, organiser: Agency | None) -> bool:
    """Training officers (and administrators) write, publish and retire the courses of the units that their grant covers today."""
    return covers(user, organiser, RoleGrant.Role.OFFICER)
