"""The answers of a report: plain values, the same for page, spreadsheet and API."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from accounts.agencies.models import Agency
from asn_lms.lib.words import percentage


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
    units: list[UnitRow] = field(default_factory=list)
    # How many units there are, of which `units` may hold those furthest behind only
    units_total: int = 0
    courses: list[CourseRow] = field(default_factory=list)
    months: list[MonthRow] = field(default_factory=list)
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
