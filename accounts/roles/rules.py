"""Who may give which role to whom, and where."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.people.rules import may_manage_unit
from accounts.roles.models import RoleGrant


def may_give_role(user: Any, role: str, agency: Agency) -> bool:
    """Officers and administrators give roles at and below the unit that their own grant covers; administrators alone make
    administrators. No user is the command line.
    """
    if user is None:
        return True
    if role == RoleGrant.Role.ADMIN:
        return any(agency.path.startswith(path) for path in user.reach("admin"))
    return may_manage_unit(user, agency)


def may_grant_role(user: Any, person: User, role: str, agency: Agency) -> bool:
    """And nobody gives anything to themselves."""
    return (user is None or user.pk != person.pk) and may_give_role(user, role, agency)


def may_end_role(user: Any, grant: RoleGrant) -> bool:
    """Whoever may give it may end it; an own role too may be laid down."""
    return may_give_role(user, grant.role, grant.agency)
