"""Who may change the tree."""

from typing import Any

from accounts.agencies.models import Agency


def may_manage_agency(user: Any, agency: Agency | None) -> bool:
    """Training officers and administrators change units at and below the one that they were given; `None` is the forest,
    which only the command line (no user) and a superuser reach.
    """
    if user is None:
        return True
    return any((agency.path if agency else "").startswith(path) for path in user.reach("officer"))


def may_move_agency(user: Any, agency: Agency) -> bool:
    """A unit is moved or closed by whoever manages the unit above it: nobody moves the root of their own reach."""
    if user is None:
        return True
    above = agency.path[: -Agency.steplen] or " "
    return any(above.startswith(path) for path in user.reach("officer"))
