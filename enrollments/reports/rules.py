"""Who may look at whose figures."""

from typing import Any

from django.db.models import Exists, OuterRef

from accounts.agencies.models import Agency, AgencyQuerySet
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of, covers, grants_of, has_role, paths_of

READERS = (RoleGrant.Role.HEAD, RoleGrant.Role.OFFICER)


def may_read_reports(user: Any) -> bool:
    """Heads (definitive, Plt. or Plh.) and training officers, each for the units of their grant."""
    return has_role(user, *READERS)


def readable_agencies(user: Any) -> AgencyQuerySet:
    """The units whose report this person may read; another's answers like one that never existed."""
    return agencies_of(user, *READERS)


def may_read_report_of(user: Any, agency: Agency) -> bool:
    return covers(user, agency, *READERS)


def top_agencies(user: Any) -> list[Agency]:
    """The units of the person's grants, without those that lie below another; for who may read reports. The highest stands first."""
    paths = paths_of(user, *READERS)
    units = {grant.agency.path: grant.agency for grant in grants_of(user) if grant.agency.path in paths}
    tops = [
        unit for path, unit in units.items() if not any(path != other and path.startswith(other) for other in units)
    ]
    return sorted(tops, key=lambda unit: (unit.depth, unit.path))


def top_agency(user: Any) -> Agency:
    """The highest unit of the person's grants."""
    return top_agencies(user)[0]


def led_units(user: Any) -> list[Agency]:
    """The units that the person heads today (definitive, Plt. or Plh.): who serves directly in them is their team."""
    units = {grant.agency.path: grant.agency for grant in grants_of(user) if grant.role == RoleGrant.Role.HEAD}
    return [units[path] for path in sorted(units)]


def line_of(user: Any, agency_id: int) -> list[Agency]:
    """The readable units from the top down to this one; empty when the person may not read it."""
    here = Agency.objects.filter(pk=agency_id, path__startswith=OuterRef("path"))
    line = list(readable_agencies(user).filter(Exists(here)).order_by("depth"))
    return line if line and line[-1].pk == agency_id else []
