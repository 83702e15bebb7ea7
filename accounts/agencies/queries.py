"""Reading the tree: branches with the number of people in them, and who heads a unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Left

from accounts.agencies.models import Agency, AgencyQuerySet
from accounts.agencies.rules import may_manage_agency, may_move_agency
from accounts.audit.queries import history_of
from asn_lms.lib.days import local_day
from asn_lms.lib.trees import below

MOST_FOUND = 50
MOST_CHILDREN = 200


@dataclass(frozen=True)
class Branch:
    """A unit in a list: people at and below it, units directly below it, and how deep it stands in this list."""

    agency: Agency
    people: int
    units: int
    indent: int = 0


def managed_agencies(user: Any) -> AgencyQuerySet:
    """The units that this user may manage; every unit for the command line (no user)."""
    rows: AgencyQuerySet = (
        Agency.objects.get_queryset() if user is None else Agency.objects.within(user.reach("officer"))
    )
    return rows


def find_agencies(rows: AgencyQuerySet, text: str) -> AgencyQuerySet:
    """Units whose name, short name or code holds every word."""
    for word in text.split()[:6]:
        rows = rows.filter(Q(name__icontains=word) | Q(short_name__icontains=word) | Q(code__istartswith=word))
    return rows


def top_branches(user: Any) -> list[Branch]:
    """The user's roots, each followed by the units directly below it."""
    paths = [path for path in user.reach("officer") if path]
    mine = managed_agencies(user)
    roots = list(mine.filter(path__in=paths) if paths else mine.filter(depth=1))
    top = [root for root in roots if not any(root.path != one.path and root.path.startswith(one.path) for one in roots)]
    rows = [unit for root in top for unit in [root, *Agency.objects.get_children(root)]]
    depths = {unit.pk: unit.depth for unit in top}
    return branches(rows, depth=min(depths.values(), default=1))


def branches(agencies: Iterable[Agency], *, depth: int | None = None) -> list[Branch]:
    """The units with their counts: two queries, however many units."""
    rows = list(agencies)
    people = _people_below(rows)
    return [
        Branch(unit, people.get(unit.path, 0), unit.numchild, max(unit.depth - depth, 0) if depth is not None else 0)
        for unit in rows
    ]


def _people_below(rows: list[Agency]) -> dict[str, int]:
    """Active people at or below each unit, by path: one query for each depth that occurs."""
    found: dict[str, int] = {}
    for depth in {unit.depth for unit in rows}:
        paths = [unit.path for unit in rows if unit.depth == depth]
        length = depth * Agency.steplen
        counted = (
            Agency.objects.filter(below(paths))
            .order_by()
            .values(top=Left(F("path"), length))
            .annotate(count=Count("people", filter=Q(people__is_active=True)))
        )
        found.update({row["top"]: row["count"] for row in counted})
    return found


def people_at_or_below(agency: Agency) -> int:
    return _people_below([agency]).get(agency.path, 0)


def heads_of(agency: Agency, on: date) -> list[Any]:
    """The grants by which somebody heads exactly this unit on that day, definitive or acting."""
    return list(agency.grants.effective(on).filter(role="head").select_related("person"))


def agency_page(agency: Agency, user: Any) -> dict[str, Any]:
    """What the page of a unit shows: where it hangs, what hangs below it, who heads it, what was done to it."""
    above = list(Agency.objects.get_ancestors(agency))
    mine = [unit for unit in above if may_manage_agency(user, unit)]
    children = branches(Agency.objects.get_children(agency)[: MOST_CHILDREN + 1])
    return {
        "unit": agency,
        "above": mine,
        "place": " › ".join(unit.label for unit in above),
        "children": children[:MOST_CHILDREN],
        "has_more_children": len(children) > MOST_CHILDREN,
        "people": people_at_or_below(agency),
        "own_people": agency.people.filter(is_active=True).count(),
        "heads": heads_of(agency, local_day(str(agency.zone))),
        "may_move": may_move_agency(user, agency),
        "entries": history_of(agency, user),
    }
