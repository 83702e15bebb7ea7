"""The report of a unit and everything below it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.agencies.models import Agency
from accounts.people.models import User
from asn_lms.lib.days import local_day
from enrollments.conversion.models import YearlyTarget
from enrollments.conversion.queries import target_of
from enrollments.credits.queries import COUNTED_SQL
from enrollments.reports.figures import AgencyReport, CourseRow, MonthRow, Places, Staff, UnitRow
from enrollments.tallies.models import Measure
from enrollments.tallies.queries import tallies

LONG_AGO = date(2000, 1, 1)


def floor_of(year: int) -> Decimal | None:
    """JP that a PNS must reach in that year, by the table of yearly targets."""
    rule = target_of(User.Employment.PNS, year)
    return rule.jp if rule and rule.kind == YearlyTarget.Kind.FLOOR else None


def agency_report(agency: Agency, year: int, now: datetime) -> AgencyReport:
    """Everything a head sees on one page, in six queries whatever the size of the unit.

    People are those who serve at or below the unit now; days and years are those of the unit's zone.
    """
    today = local_day(agency.zone, now)
    floor = floor_of(year)
    staff_by_unit = _staff(agency, year, floor)
    places_by_unit, places_by_course, overdue, everything = _places(agency, year, today, now)
    staff = _sum(list(staff_by_unit.values()))
    reached, reached_before = _reached_by_month(agency, year, floor)
    return AgencyReport(
        agency=agency,
        year=year,
        floor=floor,
        as_of=now,
        staff=staff,
        places=everything,
        units=_units(agency, staff_by_unit, places_by_unit),
        courses=_courses(places_by_course),
        months=_months(agency, year, today, staff.pns, reached, overdue),
        past=_shares(reached_before, staff.pns, until=12),
    )


def year_bounds(agency: Agency, year: int) -> tuple[datetime, datetime]:
    """First instant of the year in the unit's zone, and of the next."""
    zone = ZoneInfo(agency.zone)
    return datetime(year, 1, 1, tzinfo=zone).astimezone(UTC), datetime(year + 1, 1, 1, tzinfo=zone).astimezone(UTC)


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _staff(agency: Agency, year: int, floor: Decimal | None) -> dict[str, Staff]:
    """Staff by the path of the unit directly below (the unit's own path for who serves in the unit itself)."""
    rows = _rows(
        f"""
        SELECT left(a.path, %(width)s), u.employment, count(*),
               count(*) FILTER (WHERE c.jp >= %(floor)s), coalesce(sum(c.jp), 0)
        FROM accounts_user u JOIN accounts_agency a ON a.id = u.agency_id
        LEFT JOIN LATERAL (SELECT sum(credit - debit) AS jp FROM enrollments_ledgerposting
                           WHERE learner_id = u.id AND year = %(year)s AND {COUNTED_SQL}) c ON true
        WHERE u.is_active AND a.path LIKE %(below)s
        GROUP BY 1, 2
        """,  # noqa: S608 - fixed texts
        {"width": len(agency.path) + Agency.steplen, "floor": floor, "year": year, "below": f"{agency.path}%"},
    )
    parts: dict[str, list[Staff]] = defaultdict(list)
    for path, employment, people, reached, jp in rows:
        match employment:
            case User.Employment.PNS:
                part = Staff(pns=people, reached=reached, pns_jp=jp)
            case User.Employment.PPPK:
                part = Staff(pppk=people, pppk_jp=jp)
            case User.Employment.CPNS:
                part = Staff(cpns=people)
            case _:
                part = Staff(other=people)
        parts[path].append(part)
    return {path: _sum(some) for path, some in parts.items()}


def _sum(parts: list[Staff]) -> Staff:
    return Staff(
        pns=sum(part.pns for part in parts),
        reached=sum(part.reached for part in parts),
        pns_jp=sum((part.pns_jp for part in parts), Decimal(0)),
        pppk=sum(part.pppk for part in parts),
        pppk_jp=sum((part.pppk_jp for part in parts), Decimal(0)),
        cpns=sum(part.cpns for part in parts),
        other=sum(part.other for part in parts),
    )


def _places(
    agency: Agency, year: int, today: date, now: datetime
) -> tuple[dict[str, Places], dict[tuple[str, str], Places], dict[int, int], Places]:
    """Places by unit and by course, how many are overdue by the month of their deadline, and all: one pass over the places of
    today's people.
    """
    starts, ends = year_bounds(agency, year)
    rows = _rows(
        """
        SELECT grouping(unit, code, late), unit, code, late, max(title),
               count(*) FILTER (WHERE enrolled_at >= %(starts)s AND enrolled_at < %(ends)s),
               count(*) FILTER (WHERE completed_at >= %(starts)s AND completed_at < %(ends)s),
               count(*) FILTER (WHERE status = 'active'),
               count(*) FILTER (WHERE status = 'active' AND due_on < %(today)s),
               count(DISTINCT learner_id) FILTER (WHERE last_activity_at >= %(week)s)
        FROM (SELECT e.*, left(a.path, %(width)s) AS unit, k.code, coalesce(cv.title, v.title) AS title,
                     CASE WHEN e.status = 'active' AND e.due_on < %(today)s AND extract(year FROM e.due_on) = %(year)s
                          THEN extract(month FROM e.due_on)::int END AS late
        FROM enrollments_enrollment e
        JOIN accounts_user u ON u.id = e.learner_id JOIN accounts_agency a ON a.id = u.agency_id
        JOIN courses_courseversion v ON v.id = e.version_id JOIN courses_course k ON k.id = v.course_id
        LEFT JOIN courses_courseversion cv ON cv.id = k.current_id
        WHERE u.is_active AND a.path LIKE %(below)s) AS p
        GROUP BY GROUPING SETS ((unit), (code), (late), ())
        """,
        {
            "width": len(agency.path) + Agency.steplen,
            "starts": starts,
            "ends": ends,
            "today": today,
            "year": year,
            "week": now - timedelta(days=7),
            "below": f"{agency.path}%",
        },
    )
    by_unit, by_course, overdue, everything = {}, {}, {}, Places()
    for level, path, code, late, title, *counts in rows:
        places = Places(*counts)
        match level:  # one bit for each column that this row sums over
            case 0b011:
                by_unit[path] = places
            case 0b101:
                by_course[code, title] = places
            case 0b110 if late is not None:
                overdue[late] = places.overdue
            case 0b111:
                everything = places
    return by_unit, by_course, overdue, everything


def _units(agency: Agency, staff: dict[str, Staff], places: dict[str, Places]) -> list[UnitRow]:
    """Units directly below, those with the lowest share first; the unit itself when people serve in it directly."""
    width = len(agency.path) + Agency.steplen
    known = {
        row.path: row
        for row in Agency.objects.filter(path__startswith=agency.path, depth__lte=agency.depth + 1).only(
            "pk", "path", "name", "short_name"
        )
        if len(row.path) in {len(agency.path), width}
    }
    rows = [
        UnitRow(unit.pk, str(unit.name), unit.path == agency.path, staff.get(path, Staff()), places.get(path, Places()))
        for path, unit in known.items()
        if path != agency.path or path in staff
    ]
    return sorted(
        (row for row in rows if row.staff.people),
        key=lambda row: (row.staff.share is None, row.staff.share or Decimal(0), row.name),
    )


def _courses(places: dict[tuple[str, str], Places]) -> list[CourseRow]:
    rows = [CourseRow(code, title, counts) for (code, title), counts in places.items()]
    rows = [row for row in rows if row.places.enrolled or row.places.completed or row.places.in_progress]
    return sorted(rows, key=lambda row: (-row.places.overdue, -row.places.enrolled, row.title))


def _reached_by_month(agency: Agency, year: int, floor: Decimal | None) -> tuple[dict[int, int], dict[int, int]]:
    """In which month today's PNS reached the floor: how many, in this year and in the one before."""
    rows = _rows(
        f"""
        WITH months AS (
            SELECT p.learner_id, p.year, extract(month FROM p."on")::int AS month, sum(p.credit - p.debit) AS jp
            FROM enrollments_ledgerposting p JOIN accounts_user u ON u.id = p.learner_id JOIN accounts_agency a ON a.id = u.agency_id
            WHERE p.year IN (%(year)s, %(year)s - 1) AND p.{COUNTED_SQL} AND u.is_active AND u.employment = %(pns)s AND a.path LIKE %(below)s
            GROUP BY 1, 2, 3
        ), sums AS (
            SELECT learner_id, year, month, sum(jp) OVER (PARTITION BY learner_id, year ORDER BY month) AS jp FROM months
        ), firsts AS (
            SELECT learner_id, year, min(month) AS month FROM sums WHERE jp >= %(floor)s GROUP BY 1, 2
        )
        SELECT year, month, count(*) FROM firsts GROUP BY 1, 2
        """,  # noqa: S608 - fixed texts
        {"year": year, "pns": User.Employment.PNS.value, "below": f"{agency.path}%", "floor": floor},
    )
    return (
        {month: people for at, month, people in rows if at == year},
        {month: people for at, month, people in rows if at == year - 1},
    )


def _shares(reached: dict[int, int], pns: int, *, until: int) -> list[Decimal | None]:
    if not reached or not pns:
        return []
    return [
        Staff(pns=pns, reached=sum(n for m, n in reached.items() if m <= month)).share for month in range(1, until + 1)
    ]


def _months(
    agency: Agency, year: int, today: date, pns: int, reached: dict[int, int], overdue: dict[int, int]
) -> list[MonthRow]:
    """January to December, or to the present month."""
    last = 12 if year < today.year else today.month if year == today.year else 0
    counts: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for row in tallies([agency.path], since=LONG_AGO, until=date(year, 12, 1)):
        counts[row.month, row.measure] += row.value
    rows = []
    for number in range(1, last + 1):
        month = date(year, number, 1)
        so_far: dict[str, Decimal] = defaultdict(Decimal)
        for (at, measure), value in counts.items():
            if at <= month:
                so_far[measure] += value
        rows.append(
            MonthRow(
                month=month,
                enrolled=int(counts[month, Measure.ENROLLED]),
                completed=int(counts[month, Measure.COMPLETED]),
                jp=counts[month, Measure.JP],
                in_progress=int(so_far[Measure.ENROLLED] - so_far[Measure.ENDED] - so_far[Measure.WITHDRAWN]),
                overdue=overdue.get(number, 0),
                reached=sum(n for m, n in reached.items() if m <= number),
                share=Staff(pns=pns, reached=sum(n for m, n in reached.items() if m <= number)).share,
            )
        )
    return rows
