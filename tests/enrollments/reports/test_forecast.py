"""The forecast is right about itself: in simulated years its interval holds the year's end in eight of ten."""

from datetime import date
from math import exp
from random import Random

import pytest

from enrollments.reports.forecast import Forecast, forecast

# How busy each month is: little around Lebaran, most before the year ends.
SEASON = (0.5, 0.8, 0.7, 0.4, 0.8, 1.0, 1.0, 1.1, 1.2, 1.4, 1.7, 1.4)
COURSES = (2, 2, 3, 3, 5, 10, 20)
ENDS = (date(2026, 3, 31), date(2026, 6, 30), date(2026, 8, 15), date(2026, 10, 31))


def simulated(dice: Random, people: list[float], level: float) -> list[int]:
    """In which month how many people came to have 20 JP: course after course, some more eagerly than others, more before the year ends,
    in a year that is livelier or slower than others, and months that differ too.
    """
    months = [weight * level * exp(dice.gauss(0, 0.12)) for weight in SEASON]
    found = [0] * 12
    for eagerness in people:
        jp = 0
        for number, weight in enumerate(months):
            wait = dice.expovariate(1.0)
            while wait < eagerness * weight and jp < 20:
                jp += dice.choice(COURSES)
                wait += dice.expovariate(1.0)
            if jp >= 20:
                found[number] += 1
                break
    return found


def story(dice: Random) -> tuple[int, list[int], list[int]]:
    pns = dice.choice((40, 90, 200, 450))
    usual = dice.uniform(0.15, 0.6)
    people = [usual * dice.gammavariate(2, 0.5) for _one in range(pns)]
    last, this = (simulated(dice, people, exp(dice.gauss(0, 0.2))) for _year in range(2))
    return pns, last, this


def covered(seed: int, years: int) -> float:
    """In how many percent of the forecasts the year's end lay within the interval; one that ends on a bound counts half of the time that
    a wider one would need.
    """
    dice = Random(seed)
    inside = asked = 0
    for _number in range(years):
        pns, last, this = story(dice)
        for day in ENDS:
            so_far = [*this[: day.month - 1], this[day.month - 1] * day.day // 31]
            found = forecast(pns, last, so_far, day)
            if found:
                asked += 1
                inside += found.low <= sum(this) <= found.high
    assert asked > years * 2
    return 100 * inside / asked


def test_the_interval_holds_the_end_of_eight_years_of_ten() -> None:
    assert 77 <= covered(seed=2026, years=500) <= 83


def test_the_more_is_known_the_narrower() -> None:
    last = [3, 5, 5, 3, 6, 7, 7, 8, 9, 10, 12, 10]
    spans = []
    for month in (2, 6, 10):
        found = forecast(200, last, last[:month], date(2026, month, 28))
        assert found is not None
        spans.append(found.high - found.low)
    assert spans == sorted(spans, reverse=True)


@pytest.mark.parametrize("pns", [200, 200_000, 6_500_000])
def test_a_year_like_the_last_ends_like_the_last(pns: int) -> None:
    last = [pns * share // 1000 for share in (15, 25, 25, 15, 30, 35, 35, 40, 45, 50, 60, 50)]
    found = forecast(pns, last, last[:6], date(2026, 6, 30))
    assert found is not None
    assert abs(found.likely - sum(last)) < sum(last) / 30
    assert found.low < sum(last) < found.high


def test_nothing_is_foretold_from_too_little() -> None:
    assert forecast(12, [1] * 12, [1], date(2026, 1, 31)) is None
    assert forecast(500, [0] * 11 + [3], [1], date(2026, 1, 31)) is None
    assert forecast(500, [], [1], date(2026, 1, 31)) is None


def test_on_the_last_day_it_is_what_it_is() -> None:
    assert forecast(100, [5] * 12, [4] * 12, date(2026, 12, 31)) == Forecast(48, 48, 48)


def test_when_all_have_reached_it_all_have() -> None:
    assert forecast(60, [5] * 12, [60], date(2026, 1, 31)) == Forecast(60, 60, 60)
