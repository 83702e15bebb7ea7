from decimal import Decimal

import pytest

from asn_lms.lib import words


@pytest.mark.parametrize(
    ("value", "text"),
    [("4.00", "4"), ("2.50", "2,5"), ("0.25", "0,25"), ("20", "20"), ("1234.5", "1.234,5"), ("0", "0"), ("-3", "−3")],
)
def test_lesson_hours_have_a_decimal_comma_and_no_zeros_at_the_end(value: str, text: str) -> None:
    assert words.jp(Decimal(value), language="id") == text


def test_english_readers_see_a_decimal_point() -> None:
    assert words.jp(Decimal("1234.50"), language="en") == "1,234.5"


def test_a_float_keeps_the_digits_that_a_person_would_write() -> None:
    assert words.number(0.1 + 0.2, language="id") == "0,3"


def test_a_share_has_one_decimal_place() -> None:
    assert words.share(71, 112, language="id") == "63,4%"
    assert words.share(4, 5, language="id") == "80%"


def test_a_share_is_never_rounded_up_to_everybody() -> None:
    assert words.share(9999, 10000, language="id") == "99,9%"
    assert words.share(10000, 10000, language="id") == "100%"


def test_a_share_of_nobody_is_a_dash_not_a_zero() -> None:
    assert words.share(0, 0) == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4, "4 (empat)"),
        (11, "11 (sebelas)"),
        (Decimal("2.50"), "2,5 (dua koma lima)"),
        (Decimal("0.25"), "0,25 (nol koma dua lima)"),
        (Decimal("120.00"), "120 (seratus dua puluh)"),
    ],
)
def test_official_numbers_are_followed_by_their_words(value: Decimal, text: str) -> None:
    assert words.counted(value) == text


@pytest.mark.parametrize(("value", "text"), [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (40, "XL"), (2026, "MMXXVI")])
def test_cohorts_are_counted_in_roman_numerals(value: int, text: str) -> None:
    assert words.roman(value) == text


@pytest.mark.parametrize("value", [0, -1, 4000])
def test_there_is_no_roman_numeral_for_nothing(value: int) -> None:
    with pytest.raises(ValueError, match="no roman numeral"):
        words.roman(value)


def test_a_nip_is_read_in_its_four_parts() -> None:
    assert words.spaced_nip("198503152010011001") == "19850315 201001 1 001"
    assert words.spaced_nip("19850315 201001 1 001") == "19850315 201001 1 001"
    assert words.spaced_nip("1985") == "1985"


@pytest.mark.parametrize("nip", ["198503152010011001", "19850315 201001 1 001"])
def test_a_public_page_shows_only_the_end_of_a_nip(nip: str) -> None:
    assert words.mask_nip(nip) == "•••••••• •••••• • 001"


@pytest.mark.parametrize("nip", ["", "12", "123", "1234567"])
def test_a_broken_nip_is_masked_too(nip: str) -> None:
    masked = words.mask_nip(nip)
    assert len(masked) == len(nip)
    assert masked.count("•") >= min(len(nip), 3)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Rina Hasibuan, S.Kom.", "RH"),
        ("Bagus P. Lubis, S.Sos.", "BL"),
        ("Dr. Meutia Siregar, M.Si.", "MS"),
        ("Nurhayati", "N"),
        ("H. M.", "HM"),
        ("", "?"),
    ],
)
def test_initials_leave_titles_out(name: str, letters: str) -> None:
    assert words.initials(name) == letters


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 KB"), (1, "1 KB"), (92160, "90 KB"), (9646899, "9,2 MB"), (18874368, "18 MB"), (1503238553, "1,4 GB")],
)
def test_every_size_is_printed_in_a_unit_that_people_know(count: int, text: str) -> None:
    assert words.file_size(count, language="id") == text


def test_a_place_in_a_recording_is_read_like_a_clock() -> None:
    assert words.stopwatch(252) == "04.12"
    assert words.stopwatch(Decimal("3852.9")) == "1.04.12"
