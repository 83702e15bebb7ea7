"""What was gained between pre-test and post-test (Kirkpatrick's level 2).

Source of the normalised gain: R. R. Hake, "Interactive-engagement versus traditional methods", American Journal of Physics 66 (1998):
⟨g⟩ = (post − pre) / (100 − pre), the share of what could still be gained.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FULL = Decimal(100)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Gain:
    """Scores from 0 to 100. `points` may be negative; `normalised` has two decimals, and is None where nothing could be gained."""

    pre: Decimal
    post: Decimal
    points: Decimal
    normalised: Decimal | None


def gain(pre: Decimal, post: Decimal) -> Gain:
    """Raises ValueError for a score outside 0–100."""
    if not (0 <= pre <= FULL and 0 <= post <= FULL):
        raise ValueError("scores go from 0 to 100")
    points = post - pre
    normalised = None if pre == FULL else (points / (FULL - pre)).quantize(CENT, ROUND_HALF_UP)
    return Gain(pre, post, points, normalised)


def gain_of(pre: Decimal | None, post: Decimal | None) -> Gain | None:
    """The same where either may be missing: then there is no gain to speak of."""
    return None if pre is None or post is None else gain(pre, post)


def gain_of_group(scores: Sequence[tuple[Decimal, Decimal]]) -> Gain | None:
    """Of the means of a group, as Hake counts it for a class; None for nobody."""
    if not scores:
        return None
    pre, post = (
        (sum(some, Decimal(0)) / len(scores)).quantize(CENT, ROUND_HALF_UP) for some in zip(*scores, strict=True)
    )
    return gain(pre, post)
