"""Who keeps the reference rows."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers


def may_record_accreditation(user: Any, organiser: Agency) -> bool:
    """Administrators over the organiser: what an STTP rests on is no training officer's own decision."""
    return covers(user, organiser, RoleGrant.Role.ADMIN)
