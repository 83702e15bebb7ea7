"""What was gained between two tests: points, and Hake's share of what could still be gained."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollments.enrolling.gain import gain, gain_of, gain_of_group

SCORES = st.decimals(min_value=0, max_value=100, places=2)


def test_half_of_what_could_be_gained_is_a_gain_of_one_half() -> None:
    found = gain(Decimal(40), Decimal(70))
    assert (found.points, found.normalised) == (Decimal(30), Decimal("0.50"))


def test_who_knew_everything_before_has_no_normalised_gain() -> None:
    assert gain(Decimal(100), Decimal(90)).normalised is None


def test_what_was_lost_is_said_as_a_loss() -> None:
    found = gain(Decimal(50), Decimal(40))
    assert (found.points, found.normalised) == (Decimal(-10), Decimal("-0.20"))


@pytest.mark.parametrize(("pre", "post"), [(Decimal(-1), Decimal(1)), (Decimal(1), Decimal("100.01"))])
def test_no_score_lies_outside_nought_and_a_hundred(pre: Decimal, post: Decimal) -> None:
    with pytest.raises(ValueError):
        gain(pre, post)


def test_with_one_test_missing_there_is_no_gain() -> None:
    assert gain_of(None, Decimal(80)) is None
    assert gain_of(Decimal(80), None) is None


@given(SCORES, SCORES)
def test_nobody_gains_more_than_there_was_to_gain(pre: Decimal, post: Decimal) -> None:
    found = gain(pre, post)
    assert pre + found.points == post
    if found.normalised is None:
        assert pre == 100
    else:
        assert found.normalised <= 1
        assert abs(found.normalised * (100 - pre) - found.points) <= Decimal("0.005") * (100 - pre)
        # Rounding may bring a small gain to nought, never to the other side.
        assert found.normalised == 0 or (found.normalised > 0) == (post > pre)


@given(SCORES.filter(lambda score: score < 100), SCORES, SCORES)
def test_who_scores_higher_afterwards_never_gains_less(pre: Decimal, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    less, more = gain(pre, low).normalised, gain(pre, high).normalised
    assert less is not None
    assert more is not None
    assert less <= more


@given(st.lists(st.tuples(SCORES, SCORES), min_size=1, max_size=12))
def test_the_gain_of_a_group_is_that_of_its_means(scores: list[tuple[Decimal, Decimal]]) -> None:
    found = gain_of_group(scores)
    assert found is not None
    assert min(pre for pre, _post in scores) <= found.pre <= max(pre for pre, _post in scores)
    assert found.points == found.post - found.pre
