"""Promises of reading and writing tables."""

import csv
import io
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asn_lms.lib.refusals import Refusal
from asn_lms.lib.sheets import open_sheet, read_rows, write_csv, write_xlsx

HOSTILE = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "|x", "%x", '=HYPERLINK("http://x")']


def xlsx(rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    write_xlsx(out, ["a", "b"], rows)
    return out.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_whatever_it_begins_with(text: str) -> None:
    content = xlsx([[text, 1]])
    with ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    out = io.BytesIO()
    write_csv(out, ["a"], [[text]])
    cell = next(iter(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig")), delimiter=";")))["a"]
    assert cell[0] not in "=+-@\t\r"


def test_long_numbers_stay_text_in_both_kinds() -> None:
    number = "199003022015031901"
    assert next(read_rows(io.BytesIO(xlsx([[number, 2]]))))["a"] == number
    out = io.BytesIO()
    write_csv(out, ["a"], [[number]])
    assert f"'{number}" in out.getvalue().decode("utf-8-sig")
    assert next(read_rows(io.BytesIO(out.getvalue())))["a"] == number


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20), min_size=1, max_size=5)
)
def test_what_is_written_is_read_back(values: list[str]) -> None:
    wanted = [value.strip() for value in values if value.strip() and not value.strip().startswith("'")]
    out = io.BytesIO()
    write_csv(out, ["a"], [[value] for value in wanted])
    if wanted:
        assert [row["a"] for row in read_rows(io.BytesIO(out.getvalue()))] == wanted


def test_rows_keep_the_number_that_the_spreadsheet_shows() -> None:
    rows = list(read_rows(io.BytesIO(b"nip;nama\n1;A\n;\n2;B\n")))
    assert [row.number for row in rows] == [2, 4]


def test_decimals_are_numbers_in_xlsx_and_have_a_comma_in_csv() -> None:
    out = io.BytesIO()
    write_csv(out, ["jp"], [[Decimal("2.50")]])
    assert b"2,5" in out.getvalue()
    assert next(read_rows(io.BytesIO(xlsx([[Decimal("2.50"), None]]))))["a"] == "2.5"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\0\1\2\3binary", ""),
        (b"nip,nip\n1,2\n", "nip"),
        (b",,\n1,2,3\n", ""),
        (b"PK\3\4 not a zip", ""),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes, word: str) -> None:
    with pytest.raises(Refusal) as caught:
        open_sheet(io.BytesIO(content))
    assert word in str(caught.value.sentence)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(Refusal) as caught:
        open_sheet(io.BytesIO(b"nama,unit\nA,B\n"), required=["nip", "unit"])
    assert "nip" in str(caught.value.sentence)


def test_a_zip_bomb_is_not_opened() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)
    with pytest.raises(Refusal):
        open_sheet(io.BytesIO(out.getvalue()))


def test_the_letter_over_a_column_is_known() -> None:
    sheet = open_sheet(io.BytesIO((";".join(f"c{n}" for n in range(30)) + "\n" + ";" * 29 + "1\n").encode()))
    assert (sheet.letter_of("c0"), sheet.letter_of("c25"), sheet.letter_of("c27")) == ("A", "Z", "AB")
