"""Whose certificates a person may carry away in one file."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers, has_role

HEAD, OFFICER = RoleGrant.Role.HEAD, RoleGrant.Role.OFFICER
# Those of the people who serve in the unit today (heads and officers), or those that the unit issued (officers).
PEOPLE, ISSUED = "people", "issued"
_READERS = {PEOPLE: (HEAD, OFFICER), ISSUED: (OFFICER,)}


def readers(whose: str) -> tuple[str, ...]:
    return _READERS.get(whose, ())


def may_open(user: Any) -> bool:
    return has_role(user, HEAD, OFFICER)


def may_archive(user: Any, agency: Agency, whose: str) -> bool:
    """For the units of their grant only, and those below them."""
    return bool(readers(whose)) and covers(user, agency, *readers(whose))
