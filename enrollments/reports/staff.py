"""The people of a unit with their JP: the list, one page of it, and one person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.people.models import User
from enrollments.credits.queries import COUNTED_SQL
from enrollments.reports.figures import PersonRow
from enrollments.reports.queries import floor_of, year_bounds
from enrollments.standings.queries import steps

PAGE = 25


class Show(TextChoices):
    """Which people."""

    ALL = "all", _("Everybody")
    BELOW = "below", _("PNS below the target")
    REACHED = "reached", _("PNS who reached it")
    OVERDUE = "overdue", _("With an overdue course")


@dataclass(frozen=True)
class StaffPage:
    rows: list[PersonRow]
    # How many there are under this filter
    total: int
    # Where the next page begins: rows sort by (missing JP, most first; name; id)
    after: str


# The same list everywhere: who misses most stands first, then by name.
_LIST = f"""
    SELECT u.id, u.title_before, u.name, u.title_after, u.nip, u.post, a.name AS unit, u.employment, coalesce(c.jp, 0) AS jp,
           p.completed, p.in_progress, p.overdue,
           CASE WHEN u.employment = %(pns)s AND %(floor)s IS NOT NULL THEN greatest(%(floor)s - coalesce(c.jp, 0), 0) END AS missing
    FROM accounts_user u JOIN accounts_agency a ON a.id = u.agency_id
    LEFT JOIN LATERAL (SELECT sum(credit - debit) AS jp FROM enrollments_ledgerposting
                       WHERE learner_id = u.id AND year = %(year)s AND {COUNTED_SQL}) c ON true
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE e.completed_at >= %(starts)s AND e.completed_at < %(ends)s) AS completed,
               count(*) FILTER (WHERE e.status = 'active') AS in_progress,
               count(*) FILTER (WHERE e.status = 'active' AND e.due_on < %(today)s) AS overdue
        FROM enrollments_enrollment e WHERE e.learner_id = u.id) p ON true
    WHERE u.is_active AND a.path LIKE %(below)s AND (%(name)s = '' OR u.name ILIKE %(name)s)
"""  # noqa: S608 - fixed texts
_ONLY = {
    Show.ALL: "true",
    Show.BELOW: "missing > 0",
    Show.REACHED: "missing = 0",
    Show.OVERDUE: "overdue > 0",
}


def staff_page(
    agency: Agency,
    year: int,
    today: date,
    *,
    show: str = Show.ALL,
    name: str = "",
    after: str = "",
    limit: int = PAGE,
    floor: Decimal | None = None,
) -> StaffPage:
    """One page of the list, in one query. `after` is what the page before said; nonsense begins at the top.

    `floor` is the year's floor where the caller has read it already.
    """
    values = _values(agency, year, today, name, floor if floor is not None else floor_of(year))
    beyond, cursor_values = _beyond(after)
    sql = f"""
        SELECT * FROM (SELECT l.*, count(*) OVER () AS total FROM ({_LIST}) AS l WHERE {_ONLY[Show(show)]}) AS t
        WHERE true {beyond} ORDER BY coalesce(missing, -1) DESC, lower(name), id LIMIT %(limit)s
    """  # noqa: S608 - fixed texts
    with connection.cursor() as cursor:
        cursor.execute(sql, {**values, **cursor_values, "limit": limit + 1})
        found = cursor.fetchall()
    rows = [_row(one, values["floor"]) for one in found[:limit]]
    more = ""
    if len(found) > limit:
        pk, missing = found[limit - 1][0], found[limit - 1][12]
        more = f"{missing if missing is not None else -1}|{pk}"
    return StaffPage(rows, found[0][13] if found else 0, more)


def staff(agency: Agency, year: int, today: date, *, show: str = Show.ALL, batch: int = 500) -> Iterator[PersonRow]:
    """Everybody under the filter, batch by batch, for a file."""
    after = ""
    while True:
        page = staff_page(agency, year, today, show=show, after=after, limit=batch)
        yield from page.rows
        if not page.after:
            return
        after = page.after


def _values(agency: Agency, year: int, today: date, name: str, floor: Decimal | None) -> dict[str, Any]:
    starts, ends = year_bounds(agency, year)
    plain = name.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {
        "pns": User.Employment.PNS.value,
        "floor": floor,
        "year": year,
        "starts": starts,
        "ends": ends,
        "today": today,
        "below": f"{agency.path}%",
        "name": f"%{plain}%" if plain else "",
    }


def _beyond(after: str) -> tuple[str, dict[str, Any]]:
    missing, _bar, person = after.partition("|")
    try:
        values = {"after_missing": Decimal(missing), "after_id": int(person)}
    except (ArithmeticError, ValueError):
        return "", {}
    return (
        """ AND (coalesce(missing, -1) < %(after_missing)s OR (coalesce(missing, -1) = %(after_missing)s AND
             (lower(name), id) > (SELECT lower(name), id FROM accounts_user WHERE id = %(after_id)s)))""",
        values,
    )


def _row(values: tuple[Any, ...], floor: Decimal | None) -> PersonRow:
    pk, before, name, behind, nip, post, unit, employment, jp, completed, in_progress, overdue, missing = values[:13]
    full = f"{before} {name}".strip() + (f", {behind}" if behind else "")
    return PersonRow(
        pk,
        full,
        nip or "",
        post,
        unit,
        str(User.Employment(employment).label),
        jp,
        completed,
        in_progress,
        overdue,
        missing,
        floor if missing is not None else None,
    )


def spread(agency: Agency, year: int) -> list[tuple[str, int]]:
    """How many PNS have 0–4, 5–9, … JP; the last step is the floor or more."""
    floor = floor_of(year)
    if floor is None:
        return []
    counts = steps(agency, year)
    last = int(floor // 5)
    counts[0] = counts.get(0, 0) - sum(number for step, number in counts.items() if step)
    return [(f"{5 * step}–{5 * step + 4}", counts.get(step, 0)) for step in range(last)] + [
        (f"≥ {floor.normalize():f}", counts.get(last, 0))
    ]
