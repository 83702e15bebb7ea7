"""Promises of the 18 digits."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.people.nip import BadNumber, bare, differences, parse_nip

TODAY = date(2026, 11, 24)
births = st.dates(date(1950, 1, 1), date(2005, 12, 31))
sexes = st.sampled_from("12")
sequences = st.integers(1, 999)


def sentence_for(text: str, employment: str = "pns") -> str:
    with pytest.raises(BadNumber) as caught:
        parse_nip(text, employment, today=TODAY)
    return str(caught.value.sentence)


@given(births, st.integers(18, 21), st.integers(1, 12), sexes, sequences)
def test_every_number_built_by_the_rule_for_pns_is_read_back(
    born: date, age: int, month: int, sex: str, sequence: int
) -> None:
    started = date(min(born.year + age, TODAY.year), month, 1)
    number = f"{born:%Y%m%d}{started:%Y%m}{sex}{sequence:03d}"
    for employment in ("pns", "cpns"):
        nip = parse_nip(number, employment, today=TODAY)
        assert (nip.birth_on, nip.started_on, nip.sex, nip.sequence) == (born, started, sex, sequence)


@given(births, st.integers(2019, 2027), st.integers(0, 99), sexes, sequences)
def test_the_counter_of_a_pppk_agreement_may_be_any_two_digits(
    born: date, year: int, counter: int, sex: str, sequence: int
) -> None:
    if year - born.year < 18:
        year = born.year + 18
    if year < 2019:
        year = 2019
    if year > 2027:
        return
    nip = parse_nip(f"{born:%Y%m%d}{year}{counter:02d}{sex}{sequence:03d}", "pppk", today=TODAY)
    assert nip.started_on == date(year, 1, 1)


def read_or_refused(text: str, employment: str) -> str:
    """The number, or the sentence that refuses it."""
    try:
        return parse_nip(text, employment, today=TODAY).number
    except BadNumber as refusal:
        return str(refusal.sentence)


@given(st.text(max_size=30), st.sampled_from(["pns", "cpns", "pppk", "other"]))
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(text: str, employment: str) -> None:
    assert len(read_or_refused(text, employment)) > 10


@given(st.text("0123456789", min_size=18, max_size=18), st.sampled_from(["pns", "cpns", "pppk", "other"]))
def test_eighteen_digits_are_read_or_refused_and_never_break(text: str, employment: str) -> None:
    answer = read_or_refused(text, employment)
    assert answer == text or " " in answer


@given(births, st.integers(1, 9), st.integers(1, 12))
def test_nobody_is_appointed_as_a_child(born: date, age: int, month: int) -> None:
    number = f"{born:%Y%m%d}{born.year + age}{month:02d}1001"
    assert (
        "umur" in sentence_for(number)
        or "lahir" in sentence_for(number)
        or "age" in sentence_for(number)
        or "born" in sentence_for(number)
    )


@pytest.mark.parametrize("text", ["19900101 201503 1 901", "19900101.201503.1.901", " 19900101-201503-1-901 "])
def test_spaces_dots_and_dashes_are_taken_out(text: str) -> None:
    assert parse_nip(text, "pns", today=TODAY).number == "199001012015031901"


def test_a_number_that_is_too_short_says_how_many_digits_it_has() -> None:
    assert "16" in sentence_for("1987091020110119")
    assert "18" in sentence_for("1987091020110119")


def test_a_thirteenth_month_of_birth_is_named_and_a_swap_is_suggested() -> None:
    with pytest.raises(BadNumber) as caught:
        parse_nip("199013122015032908", "pns", today=TODAY)
    assert "13" in str(caught.value.sentence)
    assert "19901213" not in str(caught.value.sentence)
    assert "19901213"[:4] in caught.value.hint


def test_the_thirtieth_of_february_is_no_birthday() -> None:
    assert "30-02-1990" in sentence_for("199002302015031901")


def test_a_month_above_twelve_is_refused_for_pns_and_taken_for_pppk() -> None:
    number = "199001012021211901"
    assert "21" in sentence_for(number, "pns")
    assert parse_nip(number, "pppk", today=TODAY).started_on == date(2021, 1, 1)


def test_a_pppk_before_2019_is_refused() -> None:
    assert "2019" in sentence_for("199001012015211901", "pppk")


def test_a_third_sex_digit_and_a_sequence_of_zero_are_refused() -> None:
    assert "3" in sentence_for("199001012015033901")
    assert "000" in sentence_for("199001012015031000")


def test_a_number_that_a_spreadsheet_shortened_is_recognised() -> None:
    assert "1.99E+17" in sentence_for("1.99E+17")
    assert "1,99001E+17" in sentence_for("1,99001E+17")


def test_letters_among_the_digits_are_refused() -> None:
    assert sentence_for("19900101201503190O")


def test_an_appointment_far_ahead_is_refused() -> None:
    assert sentence_for("199001012031031901")


def test_a_number_that_differs_from_the_profile_warns_and_is_not_refused() -> None:
    nip = parse_nip("199001012015031901", "pns", today=TODAY)
    assert differences(nip, birth_on=date(1990, 1, 1), sex="1") == []
    assert len(differences(nip, birth_on=date(1990, 1, 2), sex="2")) == 2
    assert differences(nip, birth_on=None, sex="") == []


def test_bare_keeps_what_is_not_punctuation() -> None:
    assert bare("a 1.2-3") == "a123"
