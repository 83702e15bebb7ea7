"""Who may do what with certificates."""

from typing import Any

from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers
from enrollments.certificates.models import Certificate


def may_draw_again(user: Any, certificate: Certificate) -> bool:
    """Training officers of the organiser may let a certificate that was put aside be tried anew."""
    return covers(user, certificate.series.organiser, RoleGrant.Role.OFFICER)
