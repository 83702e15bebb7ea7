"""Promises about the conversion: exact, never more than the cap, never less than what there was room for."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollments.conversion.formula import Reason, apportion, convert
from enrollments.conversion.models import ConversionRule

D = Decimal
MARCH = date(2026, 3, 12)
Basis, Period = ConversionRule.Basis, ConversionRule.CapPeriod


def rule(
    basis: str = Basis.HOURS, jp: str = "1", *, uplift: str = "0", cap: str = "", period: str = ""
) -> ConversionRule:
    return ConversionRule(basis=basis, jp=D(jp), uplift=D(uplift), cap=D(cap) if cap else None, cap_period=period)


E_LEARNING = rule(cap="3", period=Period.DAY)
COACHING = rule(Basis.SESSION, "2", cap="4", period=Period.MONTH)
hundredths = st.decimals(min_value=0, max_value=999, places=2)
days = st.dates(date(2025, 11, 20), date(2026, 2, 10))
studied = st.dictionaries(days, st.integers(0, 600), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("which", "quantity", "jp"),
    [
        (rule(), "2.5", "2.50"),
        (rule(uplift="20"), "10", "12.00"),
        (rule(uplift="20"), "0.01", "0.01"),
        (rule(uplift="50"), "0.01", "0.02"),  # a half goes up
        (rule(Basis.DAY, "4"), "2", "8.00"),
        (rule(Basis.SEMESTER, "20"), "3", "60.00"),
        (rule(Basis.EVENT, "24"), "1", "24.00"),
        (None, "7.25", "7.25"),
    ],
)
def test_a_quantity_becomes_jp_as_the_table_says(which: ConversionRule | None, quantity: str, jp: str) -> None:
    done = convert(which, D(quantity), {MARCH: 1})
    assert done.gross == done.jp == D(jp)
    assert done.reason == (Reason.FULL if which else Reason.NO_RULE)


def test_four_jp_of_e_learning_in_one_day_count_three() -> None:
    done = convert(E_LEARNING, D(4), {MARCH: 180})
    assert (done.gross, done.jp, done.capped, done.reason) == (D(4), D(3), D(1), Reason.CAPPED)


def test_over_two_days_all_four_count() -> None:
    done = convert(E_LEARNING, D(4), {MARCH: 90, MARCH + timedelta(1): 90})
    assert [share.jp for share in done.shares] == [D(2), D(2)]
    assert done.reason == Reason.FULL


def test_what_counted_before_on_that_day_leaves_less_room() -> None:
    assert convert(E_LEARNING, D(2), {MARCH: 1}, {MARCH: D("2.25")}).jp == D("0.75")
    assert convert(E_LEARNING, D(2), {MARCH: 1}, {MARCH - timedelta(1): D(3)}).jp == D(2)
    full = convert(E_LEARNING, D(2), {MARCH: 1}, {MARCH: D(3)})
    assert (full.jp, full.reason) == (D(0), Reason.NO_ROOM)


def test_a_third_coaching_session_of_a_month_does_not_count_but_the_first_of_the_next_does() -> None:
    done = convert(
        COACHING, D(4), {date(2026, 3, 5): 1, date(2026, 3, 19): 1, date(2026, 3, 26): 1, date(2026, 4, 2): 1}
    )
    assert [share.jp for share in done.shares] == [D(2), D(2), D(0), D(2)]


def test_equal_days_share_the_last_hundredth_from_the_first_on() -> None:
    three = [MARCH + timedelta(number) for number in range(3)]
    assert list(apportion(D("1.00"), dict.fromkeys(three, 7)).values()) == [D("0.34"), D("0.33"), D("0.33")]


@pytest.mark.parametrize("total", ["-1", "0.001"])
def test_what_cannot_be_shared_is_refused(total: str) -> None:
    with pytest.raises(ValueError, match="cannot be shared"):
        apportion(D(total), {MARCH: 1})
    with pytest.raises(ValueError, match="0 days"):
        convert(None, D(1), {})


@given(hundredths, studied)
def test_shares_add_up_and_are_less_than_a_hundredth_from_their_weight(
    total: Decimal, weights: dict[date, int]
) -> None:
    shares = apportion(total, weights)
    assert sum(shares.values(), D(0)) == total
    whole = sum(weights.values()) or len(weights)
    for day, weight in weights.items():
        exact = total * (weight if sum(weights.values()) else 1) / whole
        assert abs(shares.get(day, D(0)) - exact) < D("0.01")


@given(
    st.lists(st.tuples(hundredths, studied), max_size=6),
    st.sampled_from([E_LEARNING, COACHING, rule(cap="2.4", period="day", uplift="20")]),
)
def test_no_period_ever_counts_more_than_its_cap_and_no_room_is_wasted(
    done: list[tuple[Decimal, dict[date, int]]], which: ConversionRule
) -> None:
    counted: dict[date, Decimal] = {}
    gross: dict[date, Decimal] = {}
    for quantity, weights in done:
        found = convert(which, quantity, weights, counted)
        assert found.gross == (quantity * which.jp * (1 + which.uplift / 100)).quantize(D("0.01"), "ROUND_HALF_UP")
        for share in found.shares:
            assert 0 <= share.jp <= share.gross
            counted[share.on] = counted.get(share.on, D(0)) + share.jp
            gross[share.on] = gross.get(share.on, D(0)) + share.gross
    periods = {which.period_of(day) for day in gross}
    for period in periods:
        here = [day for day in gross if which.period_of(day) == period]
        assert which.cap is not None
        assert sum(counted[day] for day in here) == min(which.cap, sum(gross[day] for day in here))
