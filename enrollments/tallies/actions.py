"""Counting when it happens."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from accounts.agencies.models import Agency
from courses.structure.models import Course
from enrollments.tallies.models import Measure, TallyDelta

FOLD_AT_MOST = 20_000
# Key of the advisory lock under which sums of units change; the trigger that follows a moved unit takes it too.
SUMS = 0x5355_4D53


@dataclass(frozen=True)
class Counted:
    """Something that is counted. `day` is the day in the agency's zone; no course: it was learned outside; `value` may be negative,
    to take back.
    """

    measure: Measure
    agency_id: int
    course_id: int | None
    day: date
    value: Decimal | int = 1


def count(measure: Measure, agency: Agency, course: Course, day: date, value: Decimal | int = 1) -> None:
    """Add to the count of that agency, course and month. Call it in the transaction that causes it."""
    count_many([Counted(measure, agency.pk, course.pk, day, value)])


def count_many(counted: Iterable[Counted]) -> None:
    """The same for many at once, in one statement."""
    sums: dict[tuple[int, int | None, date, str], Decimal] = defaultdict(Decimal)
    for one in counted:
        sums[one.agency_id, one.course_id, one.day.replace(day=1), one.measure] += one.value
    deltas = [
        TallyDelta(agency_id=agency, course_id=course, month=month, measure=measure, value=value)
        for (agency, course, month, measure), value in sums.items()
        if value
    ]
    TallyDelta.objects.bulk_create(deltas, batch_size=1000)


def hold_sums() -> None:
    """Let nobody else change sums of units, or the tree above them, until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SUMS])


def fold() -> int:
    """Move deltas into the tallies of their unit and all above it; returns how many were folded. Safe beside writers, readers and a
    second folder, which waits.

    One statement: readers see each delta either unfolded or folded, never both and never neither.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        hold_sums()
        cursor.execute(
            """
            WITH taken AS (
                DELETE FROM enrollments_tallydelta WHERE id IN (SELECT id FROM enrollments_tallydelta ORDER BY id LIMIT %(most)s)
                RETURNING agency_id, month, measure, value
            ), own AS (
                SELECT agency_id, month, measure, sum(value) AS value FROM taken GROUP BY 1, 2, 3
            ), kept AS (
                INSERT INTO enrollments_tally AS t (agency_id, month, measure, value)
                SELECT above.id, o.month, o.measure, sum(o.value)
                FROM own o JOIN accounts_agency a ON a.id = o.agency_id
                CROSS JOIN LATERAL generate_series(%(step)s, length(a.path), %(step)s) AS width
                JOIN accounts_agency above ON above.path = left(a.path, width)
                GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                ON CONFLICT (agency_id, month, measure) DO UPDATE SET value = t.value + EXCLUDED.value
            )
            SELECT count(*) FROM taken
            """,
            {"most": FOLD_AT_MOST, "step": Agency.steplen},
        )
        return int(cursor.fetchone()[0])
