"""Who may change the tables of law."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of


def may_set_rules(user: Any) -> bool:
    """Administrators of a whole government: the tables hold for everybody."""
    return any(len(path) <= Agency.steplen for path in paths_of(user, RoleGrant.Role.ADMIN))
