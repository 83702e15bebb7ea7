"""Where a person's word counts: the tree paths of the units that a grant covers today."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from accounts.agencies.models import Agency, AgencyQuerySet
from accounts.people.models import User
from accounts.roles.models import RoleGrant

PAGE = 30


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


@dataclass(frozen=True)
class GrantList:
    rows: list[RoleGrant]
    next_after: int | None


def list_grants(
    user: User, today: date, *, role: str = "", over: bool = False, search: str = "", after: str = ""
) -> GrantList:
    """A page of the grants in the user's units, newest first: those that count now or will, or those that ended."""
    rows = RoleGrant.objects.managed_by(user)
    rows = rows.over(today) if over else rows.exclude(until_on__lt=today)
    if role:
        rows = rows.filter(role=role)
    for word in search.split()[:5]:
        rows = rows.filter(Q(person__name__icontains=word) | Q(agency__name__icontains=word))
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.select_related("person", "agency", "person__agency").order_by("-pk")[: PAGE + 1])
    return GrantList(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)
