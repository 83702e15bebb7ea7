"""Reading notices."""

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.days import local_day


def officers_over(agency: Agency | None) -> list[User]:
    """The training officers whose grant covers this unit today; without any, the administrators who do."""
    if agency is None:
        return []
    paths = [agency.path[:length] for length in range(Agency.steplen, len(agency.path) + 1, Agency.steplen)]
    grants = RoleGrant.objects.effective(local_day(agency.zone)).filter(
        agency__path__in=paths, person__is_active=True, role__in=[RoleGrant.Role.OFFICER, RoleGrant.Role.ADMIN]
    )
    rows = list(grants.select_related("person"))
    officers = {grant.person for grant in rows if grant.role == RoleGrant.Role.OFFICER}
    return sorted(officers or {grant.person for grant in rows}, key=lambda person: person.pk)
