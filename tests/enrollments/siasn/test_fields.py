"""A certificate in SIASN's words: whole hours, days as SIASN writes them, numbers compared as people type them."""

from decimal import Decimal

import pytest

from enrollments.siasn.client import cleaned
from enrollments.siasn.fields import bare_number, has_document, hours_in, number_in, whole_hours


@pytest.mark.parametrize(("jp", "hours"), [("4.50", 4), ("4.99", 4), ("5.00", 5), ("0.75", 0), ("830", 830)])
def test_hours_are_rounded_down_and_never_up(jp: str, hours: int) -> None:
    assert whole_hours(Decimal(jp)) == hours


@pytest.mark.parametrize(
    "typed", ["b.0012/bkpsdm/800.2/xi/2026", "B 0012 / BKPSDM / 800-2 / XI / 2026", "B.0012／BKPSDM／800.2／XI／2026 "]
)
def test_a_number_is_the_same_however_it_was_typed(typed: str) -> None:
    assert bare_number(typed) == bare_number("B.0012/BKPSDM/800.2/XI/2026")


@pytest.mark.parametrize(
    "other", ["B.0012/BKPSDM/800.2/X/2026", "B.00/12/BKPSDM/800.2/XI/2026", "B.0012/BKPSDM/8002/XI/2026", ""]
)
def test_and_another_number_is_another(other: str) -> None:
    assert bare_number(other) != bare_number("B.0012/BKPSDM/800.2/XI/2026")


@pytest.mark.parametrize("name", ["noSertipikat", "noSertifikat", "nomorSertipikat", "nomorSertifikat", "nomor"])
def test_the_number_is_read_under_each_of_its_names(name: str) -> None:
    assert number_in({"id": "1", "noSertipikat": None, name: "B.1"}) == "B.1"


@pytest.mark.parametrize(("value", "hours"), [(4, 4), ("4", 4), ("4.0", 4), (None, None), ("empat", None)])
def test_hours_are_read_in_whatever_form_they_come(value: object, hours: int | None) -> None:
    assert hours_in({"jumlahJam": value}) == hours


def test_a_paper_is_found_in_both_shapes_of_its_list() -> None:
    assert has_document({"path": {"881": {"dok_uri": "x"}}}, "881")
    assert has_document({"path": [{"dok_id": 881}]}, "881")
    assert not has_document({"path": {"874": {}}}, "881")
    assert not has_document({"path": None}, "881")


def test_what_siasn_says_is_kept_without_numbers_names_and_keys() -> None:
    said = "NIP 19900101 201503 1 001 (Rina Peserta) eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIi tidak valid\n"
    assert cleaned(said, "Rina Peserta", "") == "NIP … (…) … tidak valid"
