"""Who may do what with notices."""

from typing import Any

from accounts.notices.models import Notice
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers


def may_send_again(user: Any, notice: Notice) -> bool:
    """Training officers of the person's unit may let a mail go out again."""
    return covers(user, notice.person.agency, RoleGrant.Role.OFFICER)
