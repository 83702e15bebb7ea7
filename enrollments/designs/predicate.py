"""The grading scale in words, as printed on certificates.

Source: the scale of leadership and basic training (domain reference §3.3): bands are open below ("greater than 80.00"), and a
score is never rounded before it is put into one. A pass of a course with a lower pass mark has no predicate.
"""

from decimal import Decimal

SCALE = [(Decimal(90), "Sangat Memuaskan"), (Decimal(80), "Memuaskan"), (Decimal(70), "Baik")]


def predicate(score: Decimal | None) -> str:
    """The word for a score from 0 to 100; empty when nothing was graded or the score lies below the scale's passes."""
    if score is None:
        return ""
    return next((word for above, word in SCALE if score > above), "")
