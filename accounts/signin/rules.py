"""Who may hand out the keys to the house."""

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers


def may_print_codes(by: User, agency: Agency) -> bool:
    """Training officers and administrators, for the units that they look after."""
    return covers(by, agency, RoleGrant.Role.OFFICER)
