"""Reading the counts: folded + unfolded, so no number is stale."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.agencies.models import Agency
from asn_lms.lib.reading import line


@dataclass(frozen=True)
class TallyRow:
    """One count of a unit and everything below it. `month` is its first day; what happened stays with the unit in which it happened."""

    month: date
    measure: str
    value: Decimal


def tallies(agency: Agency, *, until: date) -> list[TallyRow]:
    """All counts up to that month, included."""
    with line().cursor() as cursor:
        cursor.execute(
            """
            SELECT month, measure, sum(value) FROM (
                SELECT month, measure, value FROM enrollments_tally WHERE agency_id = %(agency)s
                UNION ALL
                SELECT d.month, d.measure, d.value FROM enrollments_tallydelta d JOIN accounts_agency a ON a.id = d.agency_id
                WHERE a.path LIKE %(below)s) AS both_parts
            WHERE month <= %(until)s GROUP BY 1, 2 HAVING sum(value) <> 0
            """,
            {"agency": agency.pk, "below": f"{agency.path}%", "until": until},
        )
        return [TallyRow(*row) for row in cursor.fetchall()]
