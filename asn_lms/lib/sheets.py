"""Spreadsheets in and out: CSV and XLSX, read by content and written so that no cell is a formula.

Reading forgives what offices send: UTF-8 or Windows-1252, `,` or `;` or tab, headings in any order and case. Writing keeps long
numbers as text, since a spreadsheet shortens 18 digits. Source for formula cells: OWASP, CSV injection.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal
from asn_lms.lib.uploads import CSV, SHEETS, XLSX, content_type

LARGEST_UNPACKED = 300 * 1024 * 1024
LARGEST_RATIO = 100
MOST_ROWS = 200_000
# Bytes that are looked at together when the letters of a file are tried.
_PIECE = 1024 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_LONG_NUMBER = re.compile(r"[0-9]{12,}")
_GUARDED = re.compile(r"'(?=[=+\-@|%\t\r\n]|[0-9]{12})")
# Beyond this a number cell has lost digits: a double holds 15.
_EXACT = 10**15


class Row(dict[str, str]):
    """One row by heading; `number` is its row in the sheet, where the headings are row 1."""

    number: int = 0

    @property
    def is_blank(self) -> bool:
        return not any(self.values())


@dataclass(frozen=True)
class Stream:
    """A sheet that is read from top to bottom, once: its headings, and its rows as they come."""

    headings: list[str]
    rows: Iterable[Row]

    def letter_of(self, heading: str) -> str:
        """The letter over that column, as the person sees it in Excel: A, B … AA; empty when there is no such column."""
        if heading not in self.headings:
            return ""
        number, letters = self.headings.index(heading) + 1, ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return letters


@dataclass(frozen=True)
class Sheet(Stream):
    """A sheet that was read whole."""

    rows: list[Row]


def read_rows(file: IO[bytes]) -> Iterator[Row]:
    """The rows of the first sheet that are not blank, by heading; every value is text without spaces around it."""
    yield from open_sheet(file).rows


def open_sheet(file: IO[bytes], *, required: Sequence[str] = ()) -> Sheet:
    """Read the first sheet. Refuses what is no table, what has no or doubled headings, what lacks a required column, and what has too many
    rows.
    """
    file.seek(0)
    stream = stream_sheet(io.BytesIO(file.read()), required=required, most=MOST_ROWS)
    return Sheet(stream.headings, list(stream.rows))


def stream_sheet(file: IO[bytes], *, required: Sequence[str] = (), most: int | None = None) -> Stream:
    """The first sheet of a file that stays open meanwhile, with no more of a CSV in memory than the row that is read. It may have any number
    of rows; a workbook, which is opened whole, as many as an upload.
    """
    found = content_type(file)
    if found not in SHEETS:
        raise Refusal(_("This is not a table. Send a CSV or XLSX file with the column names in the first row."))
    file.seek(0)
    lines = _xlsx_lines(file.read()) if found == XLSX else _csv_lines(file)
    headings = _headings(next(lines, None), required)
    return Stream(headings, _rows(headings, lines, MOST_ROWS if found == XLSX else most))


def _headings(first: list[str] | None, required: Sequence[str]) -> list[str]:
    headings = [_heading(value) for value in first or []]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise Refusal(_("The first row is empty. Put the column names there."))
    twice = sorted({name for name in headings if name and headings.count(name) > 1})
    if twice:
        raise Refusal(_("The column %(name)s is there twice. Keep one of them.") % {"name": ", ".join(twice)})
    missing = [name for name in required if name not in headings]
    if missing:
        raise Refusal(
            _("The column %(missing)s is missing. The first row has: %(found)s.")
            % {"missing": ", ".join(missing), "found": ", ".join(name for name in headings if name)[:200]}
        )
    return headings


def _rows(headings: list[str], lines: Iterator[list[str]], most: int | None) -> Iterator[Row]:
    for number, values in enumerate(lines, start=2):
        row = Row(zip(headings, values + [""] * (len(headings) - len(values)), strict=False))
        row.pop("", None)
        row.number = number
        if row.is_blank:
            continue
        if most is not None and number > most:
            raise Refusal(
                _("The file has more than %(count)s rows. Split it.") % {"count": f"{most:,}".replace(",", ".")}
            )
        yield row


def _heading(value: str) -> str:
    return re.sub(r"[\s\-]+", "_", value.strip().lower())


def _text(value: str) -> str:
    return _GUARDED.sub("", value.strip(), count=1) if value.startswith("'") else value.strip()


def _csv_lines(file: IO[bytes]) -> Iterator[list[str]]:
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    first = text.readline()
    delimiter = max(";,\t", key=first.count)
    text.seek(0)
    try:
        for line in csv.reader(text, delimiter=delimiter):
            yield [_text(value) for value in line]
    except csv.Error as error:
        raise Refusal(_("The file cannot be read as CSV. Save it again as CSV UTF-8 or XLSX.")) from error


def _encoding(file: IO[bytes]) -> str:
    """What the whole file can be read in: a letter that does not fit may stand in its last row."""
    file.seek(0)
    has_utf16_mark = file.read(2) in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in ["utf-16"] if has_utf16_mark else ["utf-8-sig", "cp1252"]:
        if _is_written_in(encoding, file):
            return encoding
    raise Refusal(_("The letters of this file cannot be read. Save it again as CSV UTF-8 or XLSX."))


def _is_written_in(encoding: str, file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            if "\0" in decoder.decode(piece):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _xlsx_lines(content: bytes) -> Iterator[list[str]]:
    # Loaded by the first sheet and not by every process that starts (tests/test_memory.py).
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_bomb(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        left = [""] * (sheet.start[1] if sheet.start else 0)  # iter_rows leaves out empty columns on the left
        for line in sheet.iter_rows():
            yield left + [_cell(value) for value in line]
    except CalamineError as error:
        raise Refusal(_("The file cannot be opened. Save it again as XLSX without a password.")) from error


def _refuse_bomb(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > LARGEST_UNPACKED or unpacked > LARGEST_RATIO * len(content) + 1024 * 1024:
        raise Refusal(_("The file grows too large when opened. Copy the table alone into a new workbook."))


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        if abs(value) >= _EXACT:
            return f"{value:.2E}"
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(sep=" ")
    return _text(str(value))


def plain(value: Any) -> str | int | float:
    """A cell for writing: numbers stay numbers, everything else is text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return value if abs(value) < _EXACT else str(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return "".join(letter for letter in str(value) if letter >= " " or letter in "\n\t")


@dataclass(frozen=True)
class Leaf:
    """One sheet of a workbook: its name, its first row, its rows, and how many characters wide each column is.

    `is_to_be_filled`: what people will write into its columns is taken as text, so that an NIP keeps its 18 digits.
    """

    title: str
    headings: Sequence[Any]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[int] = ()
    is_to_be_filled: bool = False


def write_xlsx(
    file: IO[bytes],
    headings: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "",
    widths: Sequence[int] = (),
) -> None:
    """Write a workbook of one sheet."""
    write_book(file, [Leaf(title, headings, rows, widths)])


def write_book(file: IO[bytes], leaves: Iterable[Leaf], *, dated: datetime | None = None) -> None:
    """Write sheet after sheet, row by row in constant memory. Text is written as text, whatever it begins with.

    `dated` stands in the file as its date instead of now, so that the same rows give the same bytes.
    """
    from xlsxwriter import Workbook  # as above

    book = Workbook(
        file,
        {
            "constant_memory": True,
            "in_memory": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    if dated:
        book.set_properties({"created": dated.astimezone(UTC).replace(tzinfo=None)})
    bold = book.add_format({"bold": True})
    as_text = book.add_format({"num_format": "@"})
    for leaf in leaves:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", leaf.title)[:31] or None)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(leaf.widths):
            sheet.set_column(column, column, width, as_text if leaf.is_to_be_filled else None)
        for column, heading in enumerate(leaf.headings):
            sheet.write_string(0, column, str(heading), bold)
        for line, row in enumerate(leaf.rows, start=1):
            for column, value in enumerate(row):
                cell = plain(value)
                if isinstance(cell, str):
                    sheet.write_string(line, column, cell[:32000], as_text)
                else:
                    sheet.write_number(line, column, cell)
    book.close()


def write_csv(file: IO[bytes], headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Write CSV (UTF-8 with BOM, `;` as Indonesian Excel expects). A cell that a spreadsheet would calculate or shorten gets an
    apostrophe in front, which `read_rows` takes away again.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";")
    writer.writerow([_guarded(heading) for heading in headings])
    for row in rows:
        writer.writerow([_guarded(value) for value in row])
    text.flush()
    text.detach()


def _guarded(value: Any) -> str:
    cell = plain(value)
    if not isinstance(cell, str):
        return str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)
    return f"'{cell}" if cell.startswith(_FORMULA) or _LONG_NUMBER.fullmatch(cell) else cell


__all__ = [
    "CSV",
    "SHEETS",
    "XLSX",
    "Row",
    "Sheet",
    "Stream",
    "open_sheet",
    "plain",
    "read_rows",
    "stream_sheet",
    "write_csv",
    "write_xlsx",
]
