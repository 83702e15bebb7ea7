"""What stands in which column of a report: said once for spreadsheets, CSV, PDF and reports that people put together."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from asn_lms.lib import words
from enrollments.reports.figures import AgencyReport


@dataclass(frozen=True)
class Column:
    """`of` takes the figure out of a row; `width` is in characters of a spreadsheet. None stands for what cannot be counted.
    `holds` is its type in files that have types; JP is Decimal.
    """

    key: str
    label: str | Promise
    of: Callable[[Any], Any]
    width: int = 10
    holds: type = str


def _places(of: Callable[[Any], Any] = lambda row: row.places) -> tuple[Column, ...]:
    return (
        Column("enrolled", gettext_lazy("Enrolled"), lambda row: of(row).enrolled),
        Column("completed", gettext_lazy("Completed"), lambda row: of(row).completed),
        Column("in_progress", gettext_lazy("In progress"), lambda row: of(row).in_progress, 12),
        Column("overdue", gettext_lazy("Overdue"), lambda row: of(row).overdue),
    )


UNITS = (
    Column("unit", gettext_lazy("Unit"), lambda row: row.name, 44),
    Column("people", gettext_lazy("People"), lambda row: row.staff.people),
    Column("pns", "PNS", lambda row: row.staff.pns, 8),
    Column("reached", gettext_lazy("PNS who reached it"), lambda row: row.staff.reached, 12),
    Column("share", gettext_lazy("Share (%)"), lambda row: row.staff.share),
    Column("mean", gettext_lazy("JP per PNS"), lambda row: row.staff.mean),
    Column("pppk", "PPPK", lambda row: row.staff.pppk, 8),
    Column("cpns", "CPNS", lambda row: row.staff.cpns, 8),
    *_places(),
)
COURSES = (
    Column("code", gettext_lazy("Code"), lambda row: row.code, 14),
    Column("course", gettext_lazy("Course"), lambda row: row.title, 48),
    *_places(),
)
MONTHS = (
    Column("month", gettext_lazy("Month"), lambda row: f"{row.month:%Y-%m}"),
    *_places(lambda row: row),
    Column("jp", "JP", lambda row: row.jp),
    Column("reached", gettext_lazy("PNS who reached it"), lambda row: row.reached, 12),
    Column("share", gettext_lazy("Share (%)"), lambda row: row.share),
)
KINDS = (
    Column("name", gettext_lazy("Path or kind of competency"), lambda row: row.name or _("not said"), 60),
    Column("jp", "JP", lambda row: row.jp, 12),
)
PEOPLE = (
    Column("name", gettext_lazy("Name"), lambda row: row.name, 34),
    Column("nip", gettext_lazy("NIP"), lambda row: row.nip, 22),
    Column("post", gettext_lazy("Post"), lambda row: row.post, 34),
    Column("unit", gettext_lazy("Unit"), lambda row: row.unit, 38),
    Column("employment", gettext_lazy("Status"), lambda row: row.employment, 8),
    Column("jp", "JP", lambda row: row.jp, 9, Decimal),
    Column("missing", gettext_lazy("JP missing"), lambda row: row.missing, 9, Decimal),
    Column("completed", gettext_lazy("Courses completed"), lambda row: row.completed, 12, int),
    Column("in_progress", gettext_lazy("In progress"), lambda row: row.in_progress, 12, int),
    Column("overdue", gettext_lazy("Overdue"), lambda row: row.overdue, 12, int),
)


def line(columns: Sequence[Column], row: Any) -> tuple[Any, ...]:
    """A row's cells, what cannot be counted left blank."""
    return tuple("" if (cell := column.of(row)) is None else cell for column in columns)


def said(cell: Any) -> str:
    """A cell as people read it; a dash where nothing can be counted."""
    if isinstance(cell, Decimal | int):
        return words.number(cell)
    return str(cell) if cell != "" else words.NONE


def summary(report: AgencyReport) -> Iterator[tuple[str, Any]]:
    """The main numbers with their names."""
    staff = report.staff
    yield _("Active people"), staff.people
    yield _("Active PNS"), staff.pns
    yield _("PNS with %(floor)s JP or more") % {"floor": words.jp(report.floor or 0)}, staff.reached
    yield _("Share of the PNS (%)"), "" if staff.share is None else staff.share
    yield _("PNS below the target"), staff.below
    yield _("JP per PNS"), "" if staff.mean is None else staff.mean
    yield _("PPPK (24 JP is a ceiling; no floor)"), staff.pppk
    yield _("CPNS (covered by Latsar)"), staff.cpns
    yield _("Enrolled in the year"), report.places.enrolled
    yield _("Completed in the year"), report.places.completed
    yield _("In progress"), report.places.in_progress
    yield _("Overdue"), report.places.overdue
    yield _("Studied within 7 days"), report.places.studying
    yield _("PNS who lack five JP or fewer"), report.near
    if report.forecast:
        yield _("Forecast for the end of the year (PNS)"), report.forecast.likely
        yield _("In eight of ten years at least"), report.forecast.low
        yield _("In eight of ten years at most"), report.forecast.high
    if report.above:
        yield _("Share in the unit above (%)"), "" if report.above.share is None else report.above.share
    yield _("Headcount"), report.headcount.total
    yield from headcount(report)


def headcount(report: AgencyReport) -> Iterator[tuple[str, int]]:
    """The parts of the headcount, which together are all of it."""
    counts = report.headcount
    yield _("Reached the target"), counts.done
    yield _("On the way"), counts.running
    yield _("Not begun"), counts.not_started
    yield _("Exempt by decree"), counts.exempt
    yield _("Without a floor (PPPK, CPNS, others)"), counts.without_floor
    yield _("On leave for half of the year"), counts.on_leave
    yield _("Joined late in the year"), counts.joined_late
    yield _("Served here in the year, and no more"), counts.moved
    yield _("Not known"), counts.unknown


def moment_of(report: AgencyReport) -> str:
    """When the figures were counted, as clocks of the unit showed it: `2026-11-24 10.42 WIB`."""
    local: datetime = report.as_of.astimezone(ZoneInfo(report.agency.zone))
    return f"{local:%Y-%m-%d %H.%M} {report.agency.get_zone_display()}"
