"""Reading the sums: what is folded, and what is still stale worked out on the spot, so no number is stale.

Whether anybody is stale is asked first, in a statement of its own: a change between the two is at worst not seen yet, never half.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.agencies.models import Agency
from asn_lms.lib.reading import line
from enrollments.standings.counting import changed, fresh, kept, rolled_up

# Units that are not asked for by themselves, as one.
REST = 0
# As a measure: how many courses the sums by course are of, those left out too.
COURSES = "courses"
# People of the last seven days, today included.
WEEK = timedelta(days=6)
# What PNS who joined late would be otherwise: `Measure.LATE`.
_LATE = (0, 1, 3)
# Those who are stale, and count, counted or are counted anywhere below this unit.
_STALE = """ARRAY(
    SELECT s.learner_id FROM enrollments_stale s
    LEFT JOIN accounts_user u ON u.id = s.learner_id LEFT JOIN accounts_agency a ON a.id = u.agency_id
    LEFT JOIN enrollments_standing k ON k.learner_id = s.learner_id LEFT JOIN accounts_agency b ON b.id = k.agency_id
    WHERE a.path LIKE %(under)s OR b.path LIKE %(under)s
    OR EXISTS (SELECT FROM accounts_placement p JOIN accounts_agency c ON c.id = p.agency_id WHERE p.person_id = s.learner_id AND c.path LIKE %(under)s)
    OR EXISTS (SELECT FROM jsonb_array_elements(k.counts) AS row JOIN accounts_agency d ON d.id = (row ->> 5)::bigint WHERE d.path LIKE %(under)s)
    GROUP BY 1)"""


@dataclass(frozen=True)
class Count:
    """One sum of a unit and everything below it; `item` and `month` are 0 where they say nothing."""

    agency_id: int
    measure: str
    year: int
    item: int
    # Of deadlines that have passed in the year asked for: the month.
    month: int
    value: Decimal


@dataclass(frozen=True)
class Ranked:
    """A unit, as the list of units ranks it."""

    agency_id: int
    depth: int
    name: str
    people: int
    pns: int
    reached: int
    # What belongs to just one unit (`DIRECT`) is told of the unit itself: who served there in the year and no more, and PNS who joined
    # late, by what they would be otherwise.
    moved: int
    late: dict[int, int]


def is_anybody_stale() -> bool:
    with line().cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM enrollments_stale)")
        return bool(cursor.fetchone()[0])


def ranks(agency: Agency, year: int, *, with_stale: bool) -> list[Ranked]:
    """The unit itself, the one directly above it and those directly below it in which anybody serves, in no order; one query.

    It works out who is stale in the unit above and who is no longer in the unit, so it is asked before the wall goes up (`Before`).
    """
    people = """measure IN ('pns', 'cpns', 'pppk', 'other') AND year = 0 OR measure = 'reached' AND year = %(year)s
                OR measure IN ('moved', 'late') AND year = %(year)s AND agency_id = %(agency)s"""
    by_item = ", ".join(f"coalesce(sum(value) FILTER (WHERE measure = 'late' AND item = {item}), 0)" for item in _LATE)
    rows = _rows(
        f"""
        SELECT a.id, a.depth, a.name, coalesce(sum(value) FILTER (WHERE year = 0), 0), coalesce(sum(value) FILTER (WHERE measure = 'pns'), 0),
               coalesce(sum(value) FILTER (WHERE measure = 'reached'), 0), coalesce(sum(value) FILTER (WHERE measure = 'moved'), 0),
               {by_item}
        FROM ({_sums({_FAMILY: people}, with_stale)}) AS s JOIN accounts_agency a ON a.id = s.agency_id
        GROUP BY 1 HAVING sum(value) FILTER (WHERE year = 0 OR measure = 'moved') > 0
        """,  # noqa: S608 - fixed texts
        agency,
        year=year,
        # Whoever is stale below the unit above counts in its sums.
        under=f"{_path_above(agency) or agency.path}%",
    )
    return [
        Ranked(unit, at, name, int(some), int(pns), int(has), int(gone), dict(zip(_LATE, map(int, late), strict=True)))
        for unit, at, name, some, pns, has, gone, *late in rows
    ]


def _path_above(agency: Agency) -> str:
    """Of a root: nothing."""
    return str(agency.path)[: -Agency.steplen]


def counts(
    agency: Agency,
    units: Sequence[int],
    year: int,
    today: date,
    *,
    with_rest: bool,
    courses: int | None,
    with_stale: bool,
) -> list[Count]:
    """Everything else that a report shows of the unit itself, and the sums of these units directly below it; one query.

    `with_rest`: also those of all others directly below, as one (`REST`). `courses`: by course only so many, those with most overdue first
    (None: all); how many there are is told as `COURSES`.
    """
    rows = _rows(
        f"""
        WITH summed AS MATERIALIZED (
            SELECT CASE WHEN agency_id = %(agency)s OR agency_id = ANY({_THESE}) THEN agency_id ELSE {REST} END AS agency_id, measure, year, item,
                   CASE WHEN measure = 'due' AND agency_id = %(agency)s AND extract(year FROM day) = %(year)s THEN extract(month FROM day)::int ELSE 0 END AS month,
                   sum(value) AS value
            FROM ({_sums({_ITSELF: f"{_SUMMED} OR {_DETAILED}", _CHILDREN if with_rest else _THESE: _SUMMED}, with_stale)}) AS s
            GROUP BY 1, 2, 3, 4, 5 HAVING sum(value) <> 0
        ), listed AS (
            SELECT item, count(*) OVER () AS courses FROM summed WHERE measure LIKE 'c\\_%%' GROUP BY 1
            ORDER BY coalesce(sum(value) FILTER (WHERE measure = 'c_due'), 0) DESC, coalesce(sum(value) FILTER (WHERE measure = 'c_enrolled'), 0) DESC, 1
            LIMIT %(courses)s
        )
        SELECT * FROM summed WHERE measure NOT LIKE 'c\\_%%' OR item IN (SELECT item FROM listed)
        UNION ALL (SELECT %(agency)s, '{COURSES}', 0, 0, 0, courses FROM listed LIMIT 1)
        """,  # noqa: S608 - fixed texts
        agency,
        units=list(units),
        year=year,
        today=today,
        week=today - WEEK,
        courses=courses,
    )
    return [Count(*row) for row in rows]


def steps(agencies: Sequence[Agency], year: int) -> dict[int, int]:
    """How many PNS of these units, of which none lies below another, have 5–9 JP (1), 10–14 (2) and so on; 0: all PNS. A query for each
    unit, and one before.
    """
    only = "measure = 'pns' OR measure = 'step' AND year = %(year)s"
    with_stale = is_anybody_stale()
    found: dict[int, int] = defaultdict(int)
    for agency in agencies:
        sums = _sums({_ITSELF: only}, with_stale)
        for item, value in _rows(f"SELECT item, sum(value) FROM ({sums}) AS s GROUP BY 1", agency, year=year):  # noqa: S608 - fixed texts
            found[item] += int(value)
    return found


_ITSELF = "ARRAY[%(agency)s]::bigint[]"
_THESE = "%(units)s::bigint[]"
_CHILDREN = "ARRAY(SELECT id FROM accounts_agency WHERE path LIKE %(below)s AND depth = %(depth)s + 1)"
_FAMILY = """ARRAY(SELECT id FROM accounts_agency WHERE path LIKE %(below)s AND depth BETWEEN %(depth)s AND %(depth)s + 1
    OR path = %(above)s)"""
_SUMMED = """
    measure IN ('pns', 'cpns', 'pppk', 'other', 'active') AND year = 0
    OR measure IN ('jp_pns', 'jp_pppk', 'reached', 'enrolled', 'completed') AND year = %(year)s
    OR measure = 'due' AND day < %(today)s OR measure = 'studied' AND day >= %(week)s"""
_DETAILED = """
    measure = 'c_active' OR measure IN ('c_enrolled', 'c_completed') AND year = %(year)s OR measure = 'c_due' AND day < %(today)s
    OR measure = 'first' AND year IN (%(year)s, %(year)s - 1)
    OR measure IN ('state', 'jp_path', 'jp_kind', 'step') AND year = %(year)s OR measure = 'open' AND year IN (0, %(year)s)"""


def _sums(wanted: dict[str, str], with_stale: bool) -> str:
    """SQL for sums, (agency_id, measure, year, item, day, value), several rows for one sum: of these units (SQL of an array of ids)
    those that this condition wants.
    """
    columns = "agency_id, measure, year, item, day, value"
    folded = " UNION ALL ".join(
        f"SELECT {columns} FROM enrollments_unitcount WHERE agency_id = ANY({units}) AND ({only})"  # noqa: S608 - fixed texts
        for units, only in wanted.items()
    )
    if not with_stale:
        return folded
    these = " OR ".join(f"agency_id = ANY({units}) AND ({only})" for units, only in wanted.items())
    return f"""
        WITH stale AS MATERIALIZED (SELECT {_STALE} AS people),
        fresh AS MATERIALIZED ({fresh("(SELECT people FROM stale)")}), kept AS MATERIALIZED ({kept("ARRAY(SELECT unnest(people) FROM stale)")}),
        changed AS ({changed("fresh", "kept")}), rolled AS ({rolled_up("changed")})
        {folded} UNION ALL SELECT {columns} FROM rolled WHERE {these}
    """  # noqa: S608 - fixed texts


def _rows(sql: str, agency: Agency, **values: Any) -> list[tuple[Any, ...]]:
    with line().cursor() as cursor:
        below, above = f"{agency.path}%", _path_above(agency)
        cursor.execute(
            sql, {"agency": agency.pk, "below": below, "under": below, "above": above, "depth": agency.depth, **values}
        )
        return list(cursor.fetchall())
