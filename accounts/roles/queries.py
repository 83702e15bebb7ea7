"""Where a person's word counts: the tree paths of the units that a grant covers today."""

from typing import Any

from accounts.agencies.models import Agency, AgencyQuerySet
from accounts.roles.models import RoleGrant
from asn_lms.lib.days import local_day


def grants_of(user: Any) -> list[RoleGrant]:
    """The grants that hold today, read once per request and person."""
    if not user.is_authenticated or not user.is_active:
        return []
    kept: list[RoleGrant] | None = getattr(user, "_grants_today", None)
    if kept is None:
        kept = list(RoleGrant.objects.filter(person=user).effective(local_day(user.zone)).select_related("agency"))
        user._grants_today = kept
    return kept


def paths_of(user: Any, *roles: str) -> list[str]:
    """Tree paths of the units in which the person bears one of the roles. An administrator's grant counts as every role
    but head and reviewer: seeing a unit's reports and judging content are duties of a named person.
    """
    wanted = set(roles)
    if wanted & {RoleGrant.Role.OFFICER, RoleGrant.Role.TRAINER}:
        wanted.add(RoleGrant.Role.ADMIN)
    return [grant.agency.path for grant in grants_of(user) if grant.role in wanted]


def has_role(user: Any, *roles: str) -> bool:
    return bool(paths_of(user, *roles))


def covers(user: Any, agency: Agency | None, *roles: str) -> bool:
    """Whether the person bears one of the roles over this unit today."""
    return agency is not None and any(agency.path.startswith(path) for path in paths_of(user, *roles))


def agencies_of(user: Any, *roles: str) -> AgencyQuerySet:
    """The units in which the person bears one of the roles, with everything below them."""
    return Agency.objects.within(paths_of(user, *roles))
