"""Reading the counts: folded + unfolded, so no number is stale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection


@dataclass(frozen=True)
class TallyRow:
    """One count. `month` is its first day; the agency is the one stored when the thing happened; no course: learned outside."""

    agency_id: int
    course_id: int | None
    month: date
    measure: str
    value: Decimal


def tallies(paths: Sequence[str], *, since: date, until: date) -> list[TallyRow]:
    """The counts of the units at or below the tree paths, for the months from `since` to `until`, both included."""
    if not paths:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.agency_id, c.course_id, c.month, c.measure, sum(c.value)
            FROM (SELECT agency_id, course_id, month, measure, value FROM enrollments_tally
                  UNION ALL SELECT agency_id, course_id, month, measure, value FROM enrollments_tallydelta) AS c
            JOIN accounts_agency AS a ON a.id = c.agency_id
            WHERE c.month BETWEEN %s AND %s AND a.path LIKE ANY(%s)
            GROUP BY c.agency_id, c.course_id, c.month, c.measure
            HAVING sum(c.value) <> 0
            """,
            [since.replace(day=1), until.replace(day=1), [f"{path}%" for path in paths]],
        )
        return [TallyRow(*row) for row in cursor.fetchall()]
