"""Who may say what to SIASN."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers, has_role, paths_of
from courses.structure.models import Course
from enrollments.siasn.models import Posting


def may_open(user: Any) -> bool:
    """Training officers and administrators, wherever they are."""
    return has_role(user, RoleGrant.Role.OFFICER)


def may_handle(user: Any, posting: Posting) -> bool:
    """Training officers of the unit that issued the certificate."""
    return covers(user, posting.agency, RoleGrant.Role.OFFICER)


def may_map_agency(user: Any, agency: Agency) -> bool:
    """Training officers whose grant covers the whole government: what they say holds for all its units."""
    return agency.depth == 1 and covers(user, agency, RoleGrant.Role.OFFICER)


def may_map_course(user: Any, course: Course) -> bool:
    """Training officers of the organiser."""
    return covers(user, course.organiser, RoleGrant.Role.OFFICER)


def may_edit_points(user: Any) -> bool:
    """Administrators of a whole government: the table of IP-ASN is law, the same for everybody here."""
    return any(len(path) <= Agency.steplen for path in paths_of(user, RoleGrant.Role.ADMIN))
