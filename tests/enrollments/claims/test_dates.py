"""Days as people write them are understood, and what cannot be one is refused in a sentence."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asn_lms.lib.refusals import Refusal
from enrollments.claims.dates import MOST_DAYS, between, read_day, read_days, spans, written

D = date
days = st.dates(D(2000, 1, 1), D(2199, 12, 31))


@given(day=days, form=st.sampled_from(["%d-%m-%Y", "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d 00:00:00"]))
def test_each_form_of_a_date_is_the_same_day(day: date, form: str) -> None:
    assert read_day(f" {day.strftime(form)} ") == day


@given(
    first=days.filter(lambda day: day.year < 2190),
    more=st.integers(1, 30),
    mark=st.sampled_from(["-", "–", " - ", " s.d. ", " s/d ", " sampai ", " to "]),
)
def test_a_range_is_each_day_of_it(first: date, more: int, mark: str) -> None:
    last = first + timedelta(days=more)
    text = f"{first:%d/%m/%Y}{mark}{last:%d/%m/%Y}"
    assert read_days(text) == between(first, last)
    assert spans(read_days(text)) == [(first, last)]


@given(some=st.lists(days, min_size=1, max_size=9))
def test_what_is_written_is_read_back_and_a_day_twice_stays_two_sessions(some: list[date]) -> None:
    assert read_days(written(some)) == sorted(some)


def test_lists_and_ranges_stand_together_in_any_separator() -> None:
    found = read_days("2-3-2026; 05/03/2026, 2026-03-09 – 2026-03-10\n12-3-2026")
    assert found == [D(2026, 3, 2), D(2026, 3, 5), D(2026, 3, 9), D(2026, 3, 10), D(2026, 3, 12)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kemarin",
        "03/25/2026",
        "31-02-2026",
        "2-3-26",
        "46083",
        "1999-12-31",
        "20260302",
        "²-3-2026",
        "2026-3",
        "9999-99-99",
        "\x00",
    ],
)
def test_what_is_no_date_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Refusal, match="2026-03-02"):
        read_day(text)


def test_a_range_that_ends_before_it_begins_or_is_too_long_is_refused() -> None:
    with pytest.raises(Refusal):
        read_days("05-03-2026 - 02-03-2026")
    with pytest.raises(Refusal, match=str(MOST_DAYS)):
        read_days("01-01-2025 - 31-12-2025")
    with pytest.raises(Refusal, match=str(MOST_DAYS)):
        read_days("\n".join(["02-03-2026"] * (MOST_DAYS + 1)))
