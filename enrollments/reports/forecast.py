"""How many PNS will have reached the floor when the year ends, and between which numbers that lies in eight of ten years.

From two things only: in which months people reached it last year, and in which they did this year so far. Each month has a chance of
its own, that of last year among those who then still lacked something. How much livelier or slower this year is, a factor, is learned
from its months so far: before any of them it is 1 give or take a third, and what was seen is never worth more than 25 people, since
the months that come are not those that were. Of those who still lack something each then reaches it or does not.

The two constants were set on simulated years; others than these are drawn by the test, which holds that the interval covers 77 to 83
of a hundred (`tests/enrollments/reports/test_forecast.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import erf, exp, log, sqrt

# Of the factor between two years before anything is seen: 1 give or take 1/√LEVEL; and how much seen people are worth at most.
LEVEL = 10.0
SEEN_AT_MOST = 25.0
# Fewer people than this say nothing about the next year.
LEAST_PEOPLE, LEAST_REACHED = 20, 10
SHARES = (0.1, 0.5, 0.9)
_GRID = 80
_EXACT_UP_TO = 200


@dataclass(frozen=True)
class Forecast:
    """PNS with the floor at the year's end: the likeliest middle, and the bounds that hold in eight of ten years."""

    low: int
    likely: int
    high: int


def forecast(pns: int, last_year: Sequence[int], this_year: Sequence[int], today: date) -> Forecast | None:
    """Of `pns` people, by how many reached the floor first in each month: of last year (twelve), and of this one, the present month
    included. None where last year says too little, and of a year that is over.
    """
    reached = sum(this_year)
    waiting = pns - reached
    if len(last_year) != 12 or pns < LEAST_PEOPLE or sum(last_year) < LEAST_REACHED or waiting < 0:
        return None
    hazards = _hazards(pns, last_year)
    month, done = today.month, _part_of_month(today)
    expected, left = 0.0, pns
    for number, seen in enumerate(this_year[:month], start=1):
        part = done if number == month else 1.0
        expected += left * hazards[number - 1] * part
        left -= seen
    ahead = hazards[month - 1] * (1 - done) + sum(hazards[month:])
    if not waiting or not ahead:
        return Forecast(reached, reached, reached)
    # What last year says of the months ahead is as uncertain as the few people it says it by.
    behind = last_year[month - 1] * (1 - done) + sum(last_year[month:])
    low, likely, high = (reached + more for more in _quantiles(waiting, ahead, *_level(reached, expected, behind)))
    return Forecast(low, likely, high)


def _part_of_month(today: date) -> float:
    length = (date(today.year + today.month // 12, today.month % 12 + 1, 1) - today.replace(day=1)).days
    return today.day / length


def _hazards(pns: int, last_year: Sequence[int]) -> list[float]:
    """Of each month the chance of who still lacked something, as a rate; a month in which nobody did has a little all the same."""
    mean = sum(last_year) / (12 * pns)
    found, left = [], float(pns)
    for some in last_year:
        chance = min((some + mean) / (left + 1), 0.999)
        found.append(-log(1 - chance))
        left = max(left - some, 0.0)
    return found


def _level(reached: int, expected: float, behind: float) -> tuple[float, float]:
    """Shape and rate of the factor (a gamma distribution) after what was seen."""
    worth = min(1.0, SEEN_AT_MOST / max(expected, 1e-9))
    shape, rate = LEVEL + reached * worth, LEVEL + expected * worth
    wider = 1 / (1 / shape + 1 / (behind + 1))
    return wider, rate * wider / shape


def _quantiles(waiting: int, ahead: float, shape: float, rate: float) -> tuple[int, int, int]:
    """How many of those who wait will reach it: lower bound, middle, upper bound."""
    middle, width = shape / rate, sqrt(shape) / rate
    first, last = max(middle - 4 * width, middle / 50), middle + 5 * width
    points = [first + (last - first) * (number + 0.5) / _GRID for number in range(_GRID)]
    weights = [exp((shape - 1) * log(point / middle) - rate * (point - middle)) for point in points]
    total = sum(weights)
    chances = [(1 - exp(-point * ahead), weight / total) for point, weight in zip(points, weights, strict=True)]
    if waiting <= _EXACT_UP_TO:
        return _counted(waiting, chances)
    return _measured(waiting, chances)


def _counted(waiting: int, chances: list[tuple[float, float]]) -> tuple[int, int, int]:
    """By the binomial distribution itself, number after number."""
    odds = [chance / (1 - chance) for chance, _weight in chances]
    parts = [weight * exp(waiting * log(1 - chance)) for chance, weight in chances]
    so_far = 0.0
    found: list[int] = []
    for some in range(waiting + 1):
        so_far += sum(parts)
        while len(found) < len(SHARES) and so_far >= SHARES[len(found)]:
            found.append(some)
        parts = [part * odd * (waiting - some) / (some + 1) for part, odd in zip(parts, odds, strict=True)]
    low, likely, high = [*found, *[waiting] * len(SHARES)][: len(SHARES)]
    return low, likely, high


def _measured(waiting: int, chances: list[tuple[float, float]]) -> tuple[int, int, int]:
    """By the normal curve above it, since many wait."""
    curves = [
        (waiting * chance, sqrt(2 * waiting * chance * (1 - chance)) or 1.0, weight) for chance, weight in chances
    ]

    def first_at(share: float) -> int:
        low, high = 0, waiting
        while low < high:
            middle = (low + high) // 2
            if sum(weight * (1 + erf((middle + 0.5 - mean) / width)) for mean, width, weight in curves) >= 2 * share:
                high = middle
            else:
                low = middle + 1
        return low

    low, likely, high = map(first_at, SHARES)
    return low, likely, high
