"""The answers of a report: plain values, the same for page, spreadsheet and API."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from accounts.agencies.models import Agency
from asn_lms.lib.words import percentage
from enrollments.reports.forecast import Forecast


@dataclass(frozen=True)
class Staff:
    """Active people of a unit and everything below, today. Only PNS have a floor of JP; PPPK and CPNS are counted apart."""

    pns: int = 0
    # PNS whose JP of the year reach the floor
    reached: int = 0
    pns_jp: Decimal = Decimal(0)
    pppk: int = 0
    pppk_jp: Decimal = Decimal(0)
    cpns: int = 0
    other: int = 0

    @property
    def people(self) -> int:
        return self.pns + self.pppk + self.cpns + self.other

    @property
    def below(self) -> int:
        return self.pns - self.reached

    @property
    def share(self) -> Decimal | None:
        """Percent of the PNS who reached the floor, one decimal; None where there is no PNS."""
        return percentage(self.reached, self.pns)

    @property
    def mean(self) -> Decimal | None:
        """JP per PNS, one decimal."""
        return (self.pns_jp / self.pns).quantize(Decimal("0.1"), ROUND_HALF_UP) if self.pns else None


@dataclass(frozen=True)
class Headcount:
    """Everybody who serves in the unit or below it today, or did in the year of the report, each in exactly one place: together they are
    the headcount. What the words mean: docs/decisions/everybody-is-somewhere.md. All but two are PNS.
    """

    done: int = 0
    # Some JP, or (in the present year) a course in progress
    running: int = 0
    not_started: int = 0
    # By decree: study assignment, dismissed for a time, before retirement, released
    exempt: int = 0
    # PPPK, CPNS and others
    without_floor: int = 0
    on_leave: int = 0
    joined_late: int = 0
    # Whatever their status
    moved: int = 0
    # Nobody wrote down since when they serve here, or no rule says how many JP the year wants
    unknown: int = 0

    @property
    def total(self) -> int:
        return sum(getattr(self, one.name) for one in fields(self))


@dataclass(frozen=True)
class Places:
    """Places of the people who serve in the unit today, wherever they took them."""

    # in the year of the report
    enrolled: int = 0
    completed: int = 0
    # today
    in_progress: int = 0
    overdue: int = 0
    # people who studied within the last seven days, today included; not told by course
    studying: int = 0


@dataclass(frozen=True)
class UnitRow:
    """A unit directly below the report's, or (`is_self`) the people who serve in the unit itself."""

    agency_id: int
    name: str
    is_self: bool
    staff: Staff
    places: Places


@dataclass(frozen=True)
class CourseRow:
    code: str
    title: str
    places: Places


@dataclass(frozen=True)
class KindRow:
    """JP credited in the year to the people who serve here today, of one path or one kind of competency. No code: none is said, as of
    what was learned outside.
    """

    code: str
    name: str
    jp: Decimal


@dataclass(frozen=True)
class Above:
    """The unit directly above, to compare with."""

    name: str
    pns: int
    reached: int

    @property
    def share(self) -> Decimal | None:
        return percentage(self.reached, self.pns)


@dataclass(frozen=True)
class MonthRow:
    """One month. Enrolled, completed and JP belong to the agency in which it happened, also after a transfer."""

    month: date
    enrolled: int
    completed: int
    jp: Decimal
    # Places taken in the unit that were in progress when the month ended (or now)
    in_progress: int
    # Places still open whose deadline lay in this month
    overdue: int
    # PNS of today who had reached the floor by the end of the month, and what share of all PNS that is
    reached: int
    share: Decimal | None


@dataclass(frozen=True)
class AgencyReport:
    agency: Agency
    year: int
    # JP that a PNS must reach in that year; None when no rule is known
    floor: Decimal | None
    as_of: datetime
    staff: Staff
    places: Places
    headcount: Headcount = field(default_factory=Headcount)
    units: list[UnitRow] = field(default_factory=list)
    # How many units there are, of which `units` may hold those furthest behind only
    units_total: int = 0
    courses: list[CourseRow] = field(default_factory=list)
    # How many courses there are, of which `courses` may hold those with most overdue only
    courses_total: int = 0
    paths: list[KindRow] = field(default_factory=list)
    competencies: list[KindRow] = field(default_factory=list)
    months: list[MonthRow] = field(default_factory=list)
    above: Above | None = None
    # PNS who lack five JP or fewer
    near: int = 0
    # Of the present year, where the year before says enough
    forecast: Forecast | None = None
    # Percentages by month of the year before, for the line beside
    past: list[Decimal | None] = field(default_factory=list)


@dataclass(frozen=True)
class PersonRow:
    """One person of the unit today."""

    id: int
    name: str
    nip: str
    post: str
    unit: str
    employment: str
    jp: Decimal
    completed: int
    in_progress: int
    overdue: int
    # JP missing to the floor: only for PNS, otherwise None
    missing: Decimal | None
    # The floor itself, where there is one for this person
    floor: Decimal | None
