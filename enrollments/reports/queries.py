"""The report of a unit and everything below it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.agencies.models import Agency
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.prepared import Prepared, Slot
from asn_lms.lib.reading import Before, behind_the_wall
from asn_lms.lib.words import percentage
from courses.structure.models import Course, CourseVersion
from courses.taxonomy.models import CompetencyKind, LearningPath, Reference
from enrollments.conversion.models import YearlyTarget
from enrollments.conversion.queries import target_of, targets_of
from enrollments.reports.figures import (
    Above,
    AgencyReport,
    CourseRow,
    Headcount,
    KindRow,
    MonthRow,
    Places,
    Staff,
    UnitRow,
)
from enrollments.reports.forecast import Forecast, forecast
from enrollments.standings.models import Measure, Stale
from enrollments.standings.queries import COURSES, Count, Ranked, counts, is_anybody_stale, ranks
from enrollments.tallies import models as happened
from enrollments.tallies.queries import tallies

_KINDS: dict[str, type[Reference]] = {Measure.JP_PATH: LearningPath, Measure.JP_KIND: CompetencyKind}


def floor_of(year: int) -> Decimal | None:
    """JP that a PNS must reach in that year, by the table of yearly targets."""
    return _floor(target_of(User.Employment.PNS, year))


def _floor(rule: YearlyTarget | None) -> Decimal | None:
    return rule.jp if rule and rule.kind == YearlyTarget.Kind.FLOOR else None


@dataclass(frozen=True)
class Frame:
    """What is known before the wall goes up: sums of the unit, of the one directly above it and of those directly below, and no people.

    Whoever reads a unit may know how many reached the target in the one above it, and nothing else of that. Behind the wall this could
    not be told exactly, nor how many left or joined late: who is stale has to be worked out, and is no longer or never was one of the
    unit's people.
    """

    # JP that a PNS must reach in the year
    floor: Decimal | None
    with_stale: bool
    ranked: list[Ranked]


def frame_of(agency: Agency, year: int) -> Before[Frame]:
    """Two queries. Of a unit that lies outside the wall nothing is told."""

    def read(units: list[str]) -> Frame:
        floor, with_stale = _floor_and_stale(year)
        is_within = any(agency.path.startswith(path) for path in units)
        return Frame(floor, with_stale, ranks(agency, year, with_stale=with_stale) if is_within else [])

    return Before(read)


_RULE_AND_STALE = Prepared(
    lambda: targets_of(Slot("employment"), Slot("year")).annotate(with_stale=Exists(Stale.objects.all()))[:1]
)


def _floor_and_stale(year: int) -> tuple[Decimal | None, bool]:
    """The floor of the year, and whether anybody is stale: in one question, before all others."""
    rule = _RULE_AND_STALE.first(employment=User.Employment.PNS, year=year)
    return _floor(rule), bool(getattr(rule, "with_stale", True)) if rule else is_anybody_stale()


def agency_report(
    agency: Agency,
    year: int,
    now: datetime,
    *,
    units: int | None = None,
    courses: int | None = None,
    frame: Before[Frame] | None = None,
) -> AgencyReport:
    """Everything a head sees on one page, in six queries whatever the size of the unit; with so many units below it and so many courses
    (all, unless told otherwise), those furthest behind and with most overdue.

    People are those who serve at or below the unit now; their days and years are those of their own unit. Whoever stands behind a wall
    already had the `frame` read before.
    """
    known = frame or frame_of(agency, year)
    return behind_the_wall(
        [agency.path], lambda: _counted(agency, year, now, (units, courses), known.value), before=known
    )


def _counted(
    agency: Agency, year: int, now: datetime, most: tuple[int | None, int | None], frame: Frame
) -> AgencyReport:
    """`most`: so many units and courses."""
    today, floor = local_day(agency.zone, now), frame.floor
    family = [one for one in frame.ranked if one.depth >= agency.depth]
    ranked = sorted((one for one in family if one.agency_id != agency.pk), key=_behind)
    # Who serves in the unit itself: its own sums less those of all units below it, so then these are read, too.
    has_own = sum(one.people for one in family if one.agency_id == agency.pk) > sum(one.people for one in ranked)
    units, courses_listed = most
    shown = ranked[:units]
    found = counts(
        agency,
        [one.agency_id for one in shown],
        year,
        today,
        with_rest=has_own,
        courses=courses_listed,
        with_stale=frame.with_stale,
    )
    # Sums by course may be most of all, and only one list tells them.
    by_course = [one for one in found if one.measure.startswith("c_")]
    own = [one for one in found if one.agency_id == agency.pk and not one.measure.startswith("c_")]
    itself = own + [replace(one, value=-one.value) for one in found if one.agency_id != agency.pk] if has_own else []
    staff = _staff(own)
    reached = {
        at: {one.item: int(one.value) for one in own if (one.measure, one.year) == (Measure.FIRST, at)}
        for at in (year, year - 1)
    }
    me = next((one for one in family if one.agency_id == agency.pk), None)
    courses, kinds = _named(by_course, own)
    return AgencyReport(
        agency=agency,
        year=year,
        floor=floor,
        as_of=now,
        staff=staff,
        places=_places(own),
        headcount=_headcount(own, staff, me, is_present=year == today.year, has_floor=floor is not None),
        units=_units(agency, shown, found, itself),
        units_total=len(ranked) + has_own,
        courses=courses,
        courses_total=sum(int(one.value) for one in own if one.measure == COURSES),
        paths=kinds[Measure.JP_PATH],
        competencies=kinds[Measure.JP_KIND],
        above=next((Above(one.name, one.pns, one.reached) for one in frame.ranked if one.depth < agency.depth), None),
        near=_near(own, floor),
        forecast=_forecast(staff.pns, reached[year - 1], reached[year], today) if year == today.year else None,
        months=_months(agency, year, today, staff.pns, reached[year], own),
        past=_shares(reached[year - 1], staff.pns, until=12),
    )


def year_bounds(agency: Agency, year: int) -> tuple[datetime, datetime]:
    """First instant of the year in the unit's zone, and of the next."""
    zone = ZoneInfo(agency.zone)
    return datetime(year, 1, 1, tzinfo=zone).astimezone(UTC), datetime(year + 1, 1, 1, tzinfo=zone).astimezone(UTC)


def _behind(one: Ranked) -> tuple[bool, Decimal, str]:
    """Those with the lowest share first, units without a PNS last."""
    share = percentage(one.reached, one.pns)
    return share is None, share or Decimal(0), one.name


def _sums(found: Iterable[Count]) -> dict[str, Decimal]:
    """By measure, whatever the year: each is asked for one year or none."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in found:
        sums[one.measure] += one.value
    return sums


def _staff(found: Iterable[Count]) -> Staff:
    sums = _sums(found)
    return Staff(
        pns=int(sums[Measure.PNS]),
        reached=int(sums[Measure.REACHED]),
        pns_jp=sums[Measure.JP_PNS],
        pppk=int(sums[Measure.PPPK]),
        pppk_jp=sums[Measure.JP_PPPK],
        cpns=int(sums[Measure.CPNS]),
        other=int(sums[Measure.OTHER]),
    )


def _headcount(
    found: Iterable[Count], staff: Staff, me: Ranked | None, *, is_present: bool, has_floor: bool
) -> Headcount:
    """From the sums of `standings.models.Measure`: a course in progress makes one who has nothing yet a runner, in the present year only."""
    state: dict[int, int] = defaultdict(int)
    bare: dict[int, int] = defaultdict(int)
    moved, late = (me.moved, me.late) if me else (0, dict.fromkeys((0, 1, 3), 0))
    for one in found:
        value = int(one.value)
        if one.measure == Measure.STATE:
            state[one.item] += value
        elif one.measure == Measure.OPEN:
            bare[one.item] += -value if one.year else value
    without_floor = staff.people - staff.pns
    if not has_floor:
        return Headcount(without_floor=without_floor, moved=moved, unknown=staff.pns)
    # PNS who have neither JP nor a reason, less those with a course in progress (1), of an unknown beginning (2) or both (3).
    nothing = staff.pns - staff.reached - sum(state.values()) - sum(bare.values())
    learning, unknown = bare[1] - late[1], bare[2]
    running, not_started = state[3] - late[3], nothing - late[0]
    return Headcount(
        done=staff.reached,
        running=running + (learning + bare[3] if is_present else 0),
        not_started=not_started + (0 if is_present else learning),
        exempt=state[1],
        without_floor=without_floor,
        on_leave=state[2],
        joined_late=sum(late.values()),
        moved=moved,
        unknown=unknown + (0 if is_present else bare[3]),
    )


def _places(found: Iterable[Count]) -> Places:
    sums = _sums(found)
    return Places(
        enrolled=int(sums[Measure.ENROLLED]),
        completed=int(sums[Measure.COMPLETED]),
        in_progress=int(sums[Measure.ACTIVE]),
        overdue=int(sums[Measure.DUE]),
        studying=int(sums[Measure.STUDIED]),
    )


def _units(agency: Agency, shown: list[Ranked], found: list[Count], itself: list[Count]) -> list[UnitRow]:
    """Units directly below, those with the lowest share first; the unit itself when people serve in it directly."""
    of_unit: dict[int, list[Count]] = defaultdict(list)
    for one in found:
        of_unit[one.agency_id].append(one)
    rows = [
        UnitRow(one.agency_id, one.name, False, _staff(of_unit[one.agency_id]), _places(of_unit[one.agency_id]))
        for one in shown
    ]
    if itself:
        rows.append(UnitRow(agency.pk, str(agency.name), True, _staff(itself), _places(itself)))
    return sorted(rows, key=lambda row: (row.staff.share is None, row.staff.share or Decimal(0), row.name))


def _names() -> QuerySet[Course, Any]:
    """(of, id, code, name) of courses (of nothing) and of kinds."""
    newest = CourseVersion.objects.filter(course=OuterRef("pk")).order_by("-pk").values("title")[:1]
    title = Coalesce("current__title", Subquery(newest))
    kinds = [
        rows._default_manager.filter(pk__in=Slot(of)).order_by().values_list(Value(of), "pk", "code", "name")
        for of, rows in _KINDS.items()
    ]
    courses = Course.objects.filter(pk__in=Slot("courses")).order_by().values_list(Value(""), "pk", "code", title)
    return courses.union(*kinds, all=True)


_NAMES = Prepared(_names)


def _named(by_course: list[Count], own: list[Count]) -> tuple[list[CourseRow], dict[str, list[KindRow]]]:
    """Courses with any place of the year or in progress, those with most overdue first; and JP by path and by kind of competency, those
    with most JP first, what is not said last. One query, for the names of all three.
    """
    places: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    jp: dict[str, dict[int, Decimal]] = {of: {} for of in _KINDS}
    for one in by_course:
        places[one.item][one.measure] += int(one.value)
    for one in own:
        if one.measure in jp:
            jp[one.measure][one.item] = one.value
    courses: list[CourseRow] = []
    kinds: dict[str, list[KindRow]] = {of: [] for of in _KINDS}
    # No row has the number 0: PostgreSQL wants a list with something in it.
    wanted = {of: (*sums, 0) for of, sums in jp.items()}
    for of, pk, code, name in _NAMES.rows(courses=(*places, 0), **wanted):
        if of:
            kinds[of].append(KindRow(code, name, jp[of][pk]))
        else:
            courses.append(CourseRow(code, name, _places_of(places[pk])))
    courses.sort(key=lambda row: (-row.places.overdue, -row.places.enrolled, row.title))
    for of, rows in kinds.items():
        rows.sort(key=lambda row: (-row.jp, row.name))
        if jp[of].get(0):
            rows.append(KindRow("", "", jp[of][0]))
    return courses, kinds


def _places_of(sums: dict[str, int]) -> Places:
    """Of one course."""
    return Places(
        enrolled=sums[Measure.C_ENROLLED],
        completed=sums[Measure.C_COMPLETED],
        in_progress=sums[Measure.C_ACTIVE],
        overdue=sums[Measure.C_DUE],
    )


def _near(own: list[Count], floor: Decimal | None) -> int:
    """PNS in the highest step of five JP below the floor."""
    if floor is None:
        return 0
    return sum(int(one.value) for one in own if one.measure == Measure.STEP and one.item == (floor - 1) // 5)


def _forecast(pns: int, last_year: dict[int, int], this_year: dict[int, int], today: date) -> Forecast | None:
    last, this = ([by_month.get(month, 0) for month in range(1, 13)] for by_month in (last_year, this_year))
    return forecast(pns, last, this[: today.month], today)


def _shares(reached: dict[int, int], pns: int, *, until: int) -> list[Decimal | None]:
    if not reached or not pns:
        return []
    return [
        Staff(pns=pns, reached=sum(n for m, n in reached.items() if m <= month)).share for month in range(1, until + 1)
    ]


def _months(
    agency: Agency, year: int, today: date, pns: int, reached: dict[int, int], own: list[Count]
) -> list[MonthRow]:
    """January to December, or to the present month."""
    last = 12 if year < today.year else today.month if year == today.year else 0
    counted: dict[tuple[date, str], Decimal] = {
        (row.month, row.measure): row.value for row in tallies(agency, until=date(year, 12, 1))
    }
    so_far: dict[str, Decimal] = defaultdict(Decimal)
    for (at, measure), value in counted.items():
        if at.year < year:
            so_far[measure] += value
    overdue = {one.month: int(one.value) for one in own if one.measure == Measure.DUE and one.month}
    rows = []
    for number in range(1, last + 1):
        month = date(year, number, 1)
        now = {measure: counted.get((month, measure), Decimal(0)) for measure in happened.Measure.values}
        for measure, value in now.items():
            so_far[measure] += value
        until_now = sum(n for m, n in reached.items() if m <= number)
        rows.append(
            MonthRow(
                month=month,
                enrolled=int(now[happened.Measure.ENROLLED]),
                completed=int(now[happened.Measure.COMPLETED]),
                jp=now[happened.Measure.JP],
                in_progress=int(
                    so_far[happened.Measure.ENROLLED]
                    - so_far[happened.Measure.ENDED]
                    - so_far[happened.Measure.WITHDRAWN]
                ),
                overdue=overdue.get(number, 0),
                reached=until_now,
                share=Staff(pns=pns, reached=until_now).share,
            )
        )
    return rows
