"""Who keeps the reference rows."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers, has_role


def may_set_mobile_data(user: Any) -> bool:
    """The price of a megabyte is the same for every course: administrators set it."""
    return has_role(user, RoleGrant.Role.ADMIN)


def may_record_accreditation(user: Any, organiser: Agency) -> bool:
    """Administrators over the organiser: what an STTP rests on is no training officer's own decision."""
    return covers(user, organiser, RoleGrant.Role.ADMIN)
