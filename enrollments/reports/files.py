"""The sorts of files a report can be had as, each written by one function from the figures as they are kept."""

from collections.abc import Iterator
from typing import IO, Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from asn_lms.lib.parquet import write_parquet
from asn_lms.lib.sheets import Leaf, write_book, write_csv
from enrollments.reports.book import figures_leaf, leaves, people_leaf
from enrollments.reports.canonical import read
from enrollments.reports.columns import PEOPLE
from enrollments.reports.models import Snapshot
from enrollments.reports.pdf import draw_report

# Names of columns for programs: the same in every language.
PEOPLE_TYPES = {column.key: column.holds for column in PEOPLE}


class Form(TextChoices):
    XLSX = "xlsx", _("XLSX: summary, units, courses, months, people")
    PDF = "pdf", _("PDF: to print and to sign, with letterhead and fingerprint")
    CSV = "csv", _("CSV: people only")
    FIGURES = "figures", _("CSV: every figure of this page, for analysts")
    PARQUET = "parquet", _("Parquet: people only, with types, for analysts")

    @property
    def is_of_people(self) -> bool:
        """Lists people alone, whom no kept report holds."""
        return self in {Form.CSV, Form.PARQUET}

    @property
    def has_people(self) -> bool:
        """Lists them, beside figures or alone."""
        return self.is_of_people or self == Form.XLSX

    @property
    def ending(self) -> str:
        return "csv" if self == Form.FIGURES else self.value

    @property
    def short(self) -> str:
        return self.ending.upper()


def write_file(
    file: IO[bytes], form: Form, snapshot: Snapshot, *, show: str, people: bool, counted: Any = iter
) -> None:
    """Write the report. `people`: with everybody of today, where the form has room for them; `counted` wraps their rows."""
    report = read(snapshot.figures).report
    # The unit's row of today, for the people below it.
    everybody = people_leaf(snapshot.agency, report, show=show) if people else None
    if everybody:
        everybody = Leaf(everybody.title, everybody.headings, counted(everybody.rows), everybody.widths)
    match form:
        case Form.PDF:
            file.write(draw_report(snapshot.figures, snapshot.fingerprint))
        case Form.FIGURES:
            found = figures_leaf(report, fingerprint=snapshot.fingerprint)
            write_csv(file, found.headings, found.rows)
        case Form.CSV:
            assert everybody
            write_csv(file, everybody.headings, everybody.rows)
        case Form.PARQUET:
            assert everybody
            write_parquet(file, PEOPLE_TYPES, everybody.rows, _about(snapshot))
        case Form.XLSX:
            write_book(file, _sheets(report, snapshot.fingerprint, everybody), dated=report.as_of)


def _about(snapshot: Snapshot) -> dict[str, str]:
    return {
        "agency": snapshot.agency.code,
        "year": str(snapshot.year),
        "known_at": snapshot.known_at.isoformat(),
        "fingerprint": snapshot.fingerprint,
    }


def _sheets(report: Any, fingerprint: str, everybody: Leaf | None) -> Iterator[Leaf]:
    yield from leaves(report, fingerprint=fingerprint)
    if everybody:
        yield everybody
