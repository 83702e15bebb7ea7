"""A report as sheets: the same rows as the page, printed by one function for XLSX and CSV."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from asn_lms.lib.days import local_day
from asn_lms.lib.sheets import Leaf
from enrollments.reports.columns import COURSES, KINDS, MONTHS, PEOPLE, UNITS, Column, line, moment_of, summary
from enrollments.reports.figures import AgencyReport
from enrollments.reports.staff import Show, staff

# People read at once for a file: each batch sorts the whole list anew.
BATCH = 20_000


def leaf(title: str, columns: Sequence[Column], rows: Iterable[Any]) -> Leaf:
    headings = tuple(column.label for column in columns)
    return Leaf(title, headings, (line(columns, row) for row in rows), tuple(column.width for column in columns))


def people_leaf(agency: Agency, report: AgencyReport, *, show: str = Show.ALL) -> Leaf:
    """Everybody of the unit under the filter, who misses most first. The report's own unit may be no row (`canonical.read`)."""
    today = local_day(agency.zone, report.as_of)
    found = leaf(_("People"), PEOPLE, staff(agency, report.year, today, show=show, batch=BATCH))
    headings = [f"JP {report.year}" if column.key == "jp" else column.label for column in PEOPLE]
    return Leaf(found.title, headings, found.rows, found.widths)


def leaves(report: AgencyReport, *, fingerprint: str = "") -> Iterator[Leaf]:
    """The figures of a report: summary, units, courses, months, kinds. `fingerprint` is that of the figures as they are kept."""
    yield Leaf(_("Summary"), (_("What"), _("Number")), list(_summary(report, fingerprint)), (46, 40))
    yield leaf(_("Units"), UNITS, report.units)
    yield leaf(_("Courses"), COURSES, report.courses)
    yield leaf(_("Months"), MONTHS, report.months)
    yield leaf(_("JP by path and kind"), KINDS, [*report.paths, *report.competencies])


def _summary(report: AgencyReport, fingerprint: str) -> Iterator[tuple[Any, Any]]:
    yield _("Unit"), report.agency.name
    yield _("Year"), report.year
    yield _("Data as of"), moment_of(report)
    yield from summary(report)
    if fingerprint:
        yield _("Fingerprint of the data (SHA-256)"), fingerprint


def figures_leaf(report: AgencyReport, *, fingerprint: str = "") -> Leaf:
    """Every figure in a line of its own, for programs: which part of the report, which row of it, which column, the figure."""
    headings = (_("Part"), _("Row"), _("Column"), _("Figure"))
    return Leaf(_("Figures"), headings, _figures(report, fingerprint), (14, 44, 24, 14))


def _figures(report: AgencyReport, fingerprint: str) -> Iterator[tuple[Any, ...]]:
    for name, figure in _summary(report, fingerprint):
        yield _("Summary"), "", name, figure
    parts = (
        (_("Units"), UNITS, report.units),
        (_("Courses"), COURSES, report.courses),
        (_("Months"), MONTHS, report.months),
        (_("Paths"), KINDS, report.paths),
        (_("Kinds of competency"), KINDS, report.competencies),
    )
    for part, columns, rows in parts:
        for row in rows:
            cells = line(columns, row)
            for column, cell in zip(columns[1:], cells[1:], strict=True):
                yield part, cells[0], column.label, cell
