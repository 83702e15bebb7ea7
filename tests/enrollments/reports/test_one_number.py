"""One number: whatever people did, the page, XLSX, CSV, PDF and REST say the same of every figure of a report."""

import csv
import io
import re
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from django.test import Client, override_settings
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.extra.django import TestCase
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from accounts.jobs.actions import claim_job
from asn_lms.lib import words
from enrollments.reports.actions import ask_for_export
from enrollments.reports.columns import COURSES, MONTHS, UNITS
from enrollments.reports.tasks import write_export
from tests.enrollments.reports.test_numbers import NOW, Office, Tables, page_of, steps

# (part, row, column) → the figure; None where nothing can be counted.
Figures = dict[tuple[str, str, str], Decimal | None]
SUMMARY_KEYS = ("people", "pns", "reached", "share", "below", "mean", "pppk", "cpns")
HEADCOUNT = (
    *("total", "done", "running", "not_started", "exempt"),
    *("without_floor", "on_leave", "joined_late", "moved", "unknown"),
)
PLACES = ("enrolled", "completed", "in_progress", "overdue", "studying")


@override_settings(RATE_LIMITS=False)
class TestOneNumber(TestCase):
    # Not made smaller when it fails: each story takes a second.
    @settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
    @given(steps)
    def test_all_five_say_the_same_of_every_figure(self, story: list[tuple[str, int, int, int]]) -> None:
        office = Office()
        office.live(story)
        with patch.object(timezone, "now", lambda: NOW), translation.override("id"):
            client = Client()
            client.force_login(office.head)
            book = by_xlsx(office)
            assert len(book) >= len(SUMMARY_KEYS) + len(PLACES) + 11 * len(MONTHS[1:])
            assert by_csv(office) == book
            by_rest(client, office, book)
            on_page(client, book)
            in_pdf(office, book)
            in_parquet(office)


def file_of(office: Office, form: str) -> io.BytesIO:
    job = claim_job(ask_for_export(office.unit, 2026, by=office.head, form=form).pk)
    assert job is not None
    file = io.BytesIO()
    write_export(job, file)
    file.seek(0)
    return file


def figure(value: Any) -> Decimal | None:
    text = str(value).replace(",", ".")
    return None if text == "" else Decimal(text).normalize()


def _add(found: Figures, name: str, jp: Any) -> None:
    """Of a path or a kind of competency: one sheet in the book, two parts of the CSV."""
    key = (_("Paths"), name, "JP")
    found[key] = (found.get(key) or Decimal(0)) + (figure(jp) or Decimal(0))


def by_xlsx(office: Office) -> Figures:
    book = CalamineWorkbook.from_filelike(file_of(office, "xlsx"))
    summary, *tables, kinds = (book.get_sheet_by_index(number).to_python() for number in range(5))
    found: Figures = {(_("Summary"), "", str(row[0])): figure(row[1]) for row in summary[4:-1]}
    for part, (headings, *rows) in zip((_("Units"), _("Courses"), _("Months")), tables, strict=True):
        for row in rows:
            # A course's second column is its title.
            for heading, cell in list(zip(headings, row, strict=True))[2 if part == _("Courses") else 1 :]:
                found[part, str(row[0]), str(heading)] = figure(cell)
    for name, jp in kinds[1:]:
        _add(found, str(name), jp)
    return found


def by_csv(office: Office) -> Figures:
    lines = list(csv.reader(io.StringIO(file_of(office, "figures").read().decode("utf-8-sig")), delimiter=";"))
    heads = {_("Unit"), _("Year"), _("Data as of"), _("Fingerprint of the data (SHA-256)"), str(COURSES[1].label)}
    found: Figures = {}
    for part, row, column, cell in lines[1:]:
        if part in {_("Paths"), _("Kinds of competency")}:  # one sheet in the book
            _add(found, row, cell)
        elif column not in heads:
            found[part, row, column] = figure(cell)
    return found


def by_rest(client: Client, office: Office, book: Figures) -> None:
    said = client.get("/api/v1/reports/completion", {"agency": office.unit.code, "year": "2026"}).json()
    summary = [book[key] for key in book if key[0] == _("Summary")]
    told = [*(said["staff"][name] for name in SUMMARY_KEYS), *(said["places"][name] for name in PLACES[:4])]
    assert summary[:12] == [None if one is None else figure(one) for one in told]
    told = [said["near"], *(said["forecast"][name] for name in ("likely", "low", "high") if said["forecast"])]
    told += [said["above"]["share"], *(said["headcount"][name] for name in HEADCOUNT)]
    assert summary[13:] == [None if one is None else figure(one) for one in told]
    for unit in said["units"]:
        values = {**unit["staff"], **unit["places"]}
        for column in UNITS[1:]:
            told_one = values[column.key]
            assert book[_("Units"), unit["name"], str(column.label)] == (None if told_one is None else figure(told_one))
    for course in said["courses"]:
        for column in COURSES[2:]:
            assert book[_("Courses"), course["code"], str(column.label)] == figure(course["places"][column.key])
    for month in said["months"]:
        for column in MONTHS[1:]:
            told_one = month[column.key]
            key = (_("Months"), month["month"][:7], str(column.label))
            assert book[key] == (None if told_one is None else figure(told_one))
    jp: Figures = {}
    for row in [*said["paths"], *said["competencies"]]:
        _add(jp, row["name"] or _("not said"), row["jp"])
    assert jp == {key: value for key, value in book.items() if key[0] == _("Paths")}
    parts = [
        (_("Units"), said["units"], UNITS[1:]),
        (_("Courses"), said["courses"], COURSES[2:]),
        (_("Months"), said["months"], MONTHS[1:]),
    ]
    for part, rows, columns in parts:
        assert len(rows) * len(columns) == sum(key[0] == part for key in book)


def _said(value: Decimal | None, *, percent: bool = False) -> str:
    if value is None:
        return words.NONE
    return words.percent(value) if percent else words.number(value)


def on_page(client: Client, book: Figures) -> None:
    shown: Tables = page_of(client, "/reports/?year=2026")
    by_name = {key[2]: value for key, value in book.items() if key[0] == _("Summary")}
    pns, reached = by_name[_("Active PNS")], by_name[_("PNS with %(floor)s JP or more") % {"floor": "20"}]
    if pns:
        share = _said(by_name[_("Share of the PNS (%)")], percent=True)
        assert f"{share} {_said(reached)} dari {_said(pns)} PNS" in shown.text
    mean = by_name[_("JP per PNS")]
    assert f"{_('JP per PNS')} {_said(mean)}" in shown.text
    assert f"{_('Courses completed')} {_said(by_name[_('Completed in the year')])}" in shown.text
    assert f"{_('Past the deadline')} {_said(by_name[_('Overdue')])}" in shown.text

    everybody = [row[1] for row in shown.tables.get(_("Headcount"), [])]
    if pns:
        values = list(by_name.values())[-len(HEADCOUNT) :]
        assert everybody == [_said(one) for one in [*values[1:], values[0]]]
    for table in (_("Path (jalur)"), _("Kind of competency")):
        for name, jp in shown.tables.get(table, []):
            assert book[_("Paths"), name, "JP"] is not None
            assert jp

    def unit(name: str, label: str) -> Decimal | None:
        return book[_("Units"), "Dinas Hitung" if name == _("In the unit itself") else name, label]

    for name, _bar, told, share in shown.tables.get(_("PNS who reached the target, by unit"), []):
        assert share == _said(unit(name, _("Share (%)")), percent=True)
        if unit(name, "PNS"):
            assert told == f"{_said(unit(name, _('PNS who reached it')))} dari {_said(unit(name, 'PNS'))}"
    order = [_("Enrolled"), _("In progress"), _("Completed"), _("Overdue")]
    for name, *cells in shown.tables.get(_("Places by unit"), []):
        assert cells == [_said(unit(name, label)) for label in order]
    months = shown.tables[_("Places by month")]
    ends = shown.tables["2026"]
    assert len(months) == len(ends) == 11
    for number, (row, end) in enumerate(zip(months, ends, strict=True), start=1):
        at = f"2026-{number:02}"
        assert row[1:] == [_said(book[_("Months"), at, label]) for label in (*order, "JP")]
        has, part = (book[_("Months"), at, label] for label in (_("PNS who reached it"), _("Share (%)")))
        assert end[1:] == [_said(has), _said(part, percent=True)]


def in_pdf(office: Office, book: Figures) -> None:
    """Each row of each table stands on the paper, cell beside cell."""
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(file_of(office, "pdf")).pages))
    for key, value in book.items():
        if key[0] == _("Summary"):
            assert f"{key[2]} {_said(value)}" in text, key
    units = {key[1] for key in book if key[0] == _("Units")}
    for name in units:
        for columns in (UNITS[1:8], UNITS[8:]):
            assert " ".join([name, *(_said(book[_("Units"), name, str(one.label)]) for one in columns)]) in text
    for number in range(1, 12):
        month = format_date(NOW.replace(month=number, day=1), "F")
        cells = [_said(book[_("Months"), f"2026-{number:02}", str(one.label)]) for one in MONTHS[1:]]
        assert " ".join([month, *cells]) in text, (month, text)


def in_parquet(office: Office) -> None:
    """The people, as the book lists them: numbers are numbers, what cannot be counted is null, and an NIP keeps its digits."""
    from pyarrow.parquet import ParquetFile

    kept = ParquetFile(file_of(office, "parquet"))
    about = {key.decode(): value.decode() for key, value in kept.schema_arrow.metadata.items()}
    assert (about["agency"], about["year"]) == (office.unit.code, "2026")
    book = CalamineWorkbook.from_filelike(file_of(office, "xlsx"))
    people = book.get_sheet_by_name(_("People")).to_python()[1:]
    rows = kept.read().to_pylist()
    assert [row["nip"] for row in rows] == [row[1] for row in people]
    for row, listed in zip(rows, people, strict=True):
        assert [str(row["jp"].normalize()), row["completed"]] == [str(figure(listed[5])), listed[7]]
        assert row["missing"] == figure(listed[6])
        assert (row["name"], row["unit"]) == (listed[0], listed[3])
