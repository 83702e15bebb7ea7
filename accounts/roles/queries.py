"""Where a person's word counts: the tree paths of the units that a grant covers today."""

from typing import Any

from accounts.agencies.models import Agency, AgencyQuerySet
from accounts.roles.models import RoleGrant


def grants_of(user: Any) -> list[RoleGrant]:
    """The grants that hold today, read once per request and person."""
    return user.grants_today() if user.is_authenticated else []


def paths_of(user: Any, *roles: str) -> list[str]:
    """Tree paths of the units in which the person bears one of the roles: `User.reach`, and none for who is signed out."""
    return user.reach(*roles) if user.is_authenticated else []


def has_role(user: Any, *roles: str) -> bool:
    return bool(paths_of(user, *roles))


def covers(user: Any, agency: Agency | None, *roles: str) -> bool:
    """Whether the person bears one of the roles over this unit today."""
    return agency is not None and any(agency.path.startswith(path) for path in paths_of(user, *roles))


def agencies_of(user: Any, *roles: str) -> AgencyQuerySet:
    """The units in which the person bears one of the roles, with everything below them."""
    return Agency.objects.within(paths_of(user, *roles))
