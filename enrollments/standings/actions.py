"""Bringing the sums up to date: a batch of stale people at a time, or all of them from nothing."""

from datetime import date

from django.db import connection, transaction

from enrollments.standings.counting import changed, fresh, kept, listed, rolled_up
from enrollments.standings.models import DIRECT
from enrollments.tallies.actions import hold_sums

FOLD_AT_MOST = 2_000
# People at once when everything is counted anew.
STRIDE = 50_000
# For the rest of the transaction: who counts everybody sorts in memory, not on the disk.
ROOMY = "SET LOCAL work_mem = '256MB'"
# Nobody asks any more on which day before this somebody last learned.
STUDIED_DAYS = 30
# Where deadlines by course go once they have passed: there nobody asks for the month.
LONG_AGO = date(2000, 1, 1)

_TAKE = """
    WITH taken AS (
        DELETE FROM enrollments_stale WHERE id IN (SELECT id FROM enrollments_stale ORDER BY id LIMIT %s) RETURNING learner_id
    ) SELECT coalesce(array_agg(DISTINCT learner_id), '{}') FROM taken
"""
_PEOPLE = "%(people)s::bigint[]"
_ADD = """
    INSERT INTO enrollments_unitcount AS u (agency_id, measure, year, item, day, value)
    SELECT agency_id, measure, year, item, day, value FROM {rows} ORDER BY agency_id, measure, year, item, day
    ON CONFLICT (agency_id, measure, year, item, day) DO UPDATE SET value = u.value + EXCLUDED.value
"""
_KEEP = f"""
    INSERT INTO enrollments_standing AS s (learner_id, agency_id, counts)
    SELECT learner_id, home_id, jsonb_agg(CASE WHEN measure IN ({listed(DIRECT)}) THEN jsonb_build_array(measure, year, item, day, value, agency_id)
                                          ELSE jsonb_build_array(measure, year, item, day, value) END) FROM fresh GROUP BY 1, 2
    ON CONFLICT (learner_id) DO UPDATE SET agency_id = EXCLUDED.agency_id, counts = EXCLUDED.counts
"""  # noqa: S608 - fixed texts
# One statement: who reads sees a person either stale and as before, or fresh and in the sums.
_FOLD = f"""
    WITH fresh AS MATERIALIZED ({fresh(_PEOPLE)}), kept AS MATERIALIZED ({kept(_PEOPLE)}),
    changed AS ({changed("fresh", "kept")}), rolled AS ({rolled_up("changed")}),
    added AS ({_ADD.format(rows="rolled")}),
    gone AS (DELETE FROM enrollments_standing WHERE learner_id = ANY({_PEOPLE}) AND learner_id NOT IN (SELECT learner_id FROM fresh))
    {_KEEP}
"""  # noqa: S608 - fixed texts
_STAND = f"""
    WITH wanted AS (SELECT array_agg(id) AS people FROM accounts_user WHERE id >= %(first)s AND id < %(first)s + %(stride)s),
    fresh AS MATERIALIZED ({fresh("(SELECT people FROM wanted)")}) {_KEEP}
"""  # noqa: S608 - fixed texts
# The day under which a sum is kept: of deadlines that have passed the month, by course none.
_KEPT_DAY = """CASE WHEN measure = 'due' AND day < date_trunc('month', now() - interval '1 day')::date THEN date_trunc('month', day)::date
               WHEN measure = 'c_due' AND day < now()::date - 1 THEN %(long_ago)s::date ELSE day END"""
_FORGOTTEN = "measure = 'studied' AND day < now()::date - %(studied_days)s"
_DAYS: dict[str, date | int] = {"long_ago": LONG_AGO, "studied_days": STUDIED_DAYS}
_OWN = f"""SELECT agency_id, measure, year, item, {_KEPT_DAY} AS day, sum(value) AS value FROM kept
    WHERE ({_FORGOTTEN}) IS NOT TRUE GROUP BY 1, 2, 3, 4, 5"""  # noqa: S608 - fixed texts


def fold(most: int = FOLD_AT_MOST) -> int:
    """Work out a batch of stale people and add what changed to the sums; returns how many. Safe beside writers, readers and another
    that folds, which waits.

    A person who changes while this runs becomes stale again by that change itself.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        hold_sums()
        cursor.execute(_TAKE, [most])
        people = cursor.fetchone()[0]
        if people:
            cursor.execute(_FOLD, {"people": people})
        return len(people)


@transaction.atomic
def count_anew() -> None:
    """Every standing and every sum from nothing: for a database that was filled in another way than by statements. Nobody may write
    meanwhile.
    """
    hold_sums()
    with connection.cursor() as cursor:
        cursor.execute(ROOMY)
        for table in ("stale", "standing", "unitcount"):
            cursor.execute(f"DELETE FROM enrollments_{table}")  # noqa: S608 - fixed texts
        cursor.execute("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM accounts_user")
        first, last = cursor.fetchone()
        while first <= last:
            cursor.execute(_STAND, {"first": first, "stride": STRIDE})
            _add_up(first)
            first += STRIDE


def _add_up(first: int) -> None:
    kept_rows = kept("ARRAY(SELECT id FROM accounts_user WHERE id >= %(first)s AND id < %(first)s + %(stride)s)")
    sql = f"WITH kept AS ({kept_rows}), own AS ({_OWN}), rolled AS ({rolled_up('own')}) {_ADD.format(rows='rolled')}"
    with connection.cursor() as cursor:
        cursor.execute(sql, {"first": first, "stride": STRIDE, **_DAYS})


def make_compact() -> int:
    """Fewer rows that say the same: deadlines of past months become one row for each month (by course: one row), days of learning long
    ago and sums of nothing go. Returns how many rows went.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        hold_sums()
        cursor.execute(
            f"""
            WITH past AS (
                DELETE FROM enrollments_unitcount WHERE measure IN ('due', 'c_due') AND day <> {_KEPT_DAY}
                RETURNING agency_id, measure, year, item, {_KEPT_DAY} AS day, value
            ), months AS (SELECT agency_id, measure, year, item, day, sum(value) AS value FROM past GROUP BY 1, 2, 3, 4, 5),
            added AS ({_ADD.format(rows="months")}) SELECT (SELECT count(*) FROM past) - (SELECT count(*) FROM months)
            """,  # noqa: S608 - fixed texts
            _DAYS,
        )
        went = int(cursor.fetchone()[0])
        cursor.execute(f"DELETE FROM enrollments_unitcount WHERE value = 0 OR {_FORGOTTEN}", _DAYS)  # noqa: S608 - fixed texts
        return went + int(cursor.rowcount)
