"""Who may see and change people."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.people.models import User


def may_manage_unit(user: Any, agency: Agency | None) -> bool:
    """Training officers and administrators, in the units that their grants cover. No user is the command line."""
    if user is None:
        return True
    return agency is not None and any(agency.path.startswith(path) for path in user.reach("officer"))


def may_manage_person(user: Any, person: User) -> bool:
    return may_manage_unit(user, person.agency)


def may_see_number(user: Any, person: User) -> bool:
    """The full number is shown to its owner and to officers, nobody else."""
    return user.pk == person.pk or may_manage_person(user, person)
