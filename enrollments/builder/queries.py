"""The rows of a wish, from the same functions as the report's page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from asn_lms.lib.days import local_day
from asn_lms.lib.reading import Before
from asn_lms.lib.sheets import Leaf
from enrollments.builder.wish import Rows, Wish, figures_of
from enrollments.reports.book import leaf
from enrollments.reports.columns import Column, line, said
from enrollments.reports.figures import AgencyReport
from enrollments.reports.queries import Frame, agency_report
from enrollments.reports.staff import staff, staff_page

PREVIEW = 25


@dataclass(frozen=True)
class Preview:
    columns: Sequence[Column]
    # Each cell with its column, as people read it.
    rows: list[list[tuple[Column, str]]]
    # How many there are in all.
    total: int
    # Keys of the columns that hold figures.
    figures: frozenset[str]

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.rows)


def preview(agency: Agency, year: int, wish: Wish, now: datetime, *, frame: Before[Frame] | None = None) -> Preview:
    """The first rows, as the file will have them. `frame`: as of `agency_report`."""
    columns = wish.chosen
    rows: list[Any]
    if wish.rows == Rows.PEOPLE:
        found = staff_page(agency, year, local_day(agency.zone, now), show=wish.show, limit=PREVIEW)
        rows, total = list(found.rows), found.total
    else:
        rows = _rows(agency_report(agency, year, now, frame=frame), wish)
        total = len(rows)
    shown = [list(zip(columns, map(said, line(columns, row)), strict=True)) for row in rows[:PREVIEW]]
    return Preview(columns, shown, total, figures_of(wish.rows))


def whole(agency: Agency, year: int, wish: Wish, now: datetime) -> Leaf:
    """All rows, as a sheet."""
    title = Rows(wish.rows).label
    if wish.rows == Rows.PEOPLE:
        people: Iterator[Any] = staff(agency, year, local_day(agency.zone, now), show=wish.show)
        return leaf(str(title), wish.chosen, people)
    return leaf(str(title), wish.chosen, _rows(agency_report(agency, year, now), wish))


def in_words(wish: Wish) -> str:
    """What is left out and in which order the rest stands, for a line above the table."""
    parts = []
    measure, sort = wish.column(wish.measure), wish.column(wish.sort)
    if measure and wish.least is not None:
        parts.append(_("%(column)s at least %(number)s") % {"column": measure.label, "number": f"{wish.least:f}"})
    if measure and wish.most is not None:
        parts.append(_("%(column)s at most %(number)s") % {"column": measure.label, "number": f"{wish.most:f}"})
    if sort:
        order = _("largest first") if wish.is_descending else _("smallest first")
        parts.append(_("by %(column)s, %(order)s") % {"column": sort.label, "order": order})
    return "; ".join(parts)


def _rows(report: AgencyReport, wish: Wish) -> list[Any]:
    kinds: dict[str, list[Any]] = {
        Rows.UNITS: list(report.units),
        Rows.COURSES: list(report.courses),
        Rows.MONTHS: list(report.months),
    }
    rows = kinds[wish.rows]
    measure, sort = wish.column(wish.measure), wish.column(wish.sort)
    if measure:
        rows = [row for row in rows if _between(measure.of(row), wish)]
    if sort:
        # What cannot be counted stands last, whichever way.
        known = [row for row in rows if sort.of(row) is not None]
        rest = [row for row in rows if sort.of(row) is None]
        rows = sorted(known, key=lambda row: _comparable(sort.of(row)), reverse=wish.is_descending) + rest
    return rows


def _between(value: Any, wish: Wish) -> bool:
    if wish.least is None and wish.most is None:
        return True
    if value is None:
        return False
    return (wish.least is None or value >= wish.least) and (wish.most is None or value <= wish.most)


def _comparable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else Decimal(value)
