"""From what was done to JP. Pure: neither clock nor database, and no float anywhere.

Gross JP = quantity × JP of the rule × (1 + uplift), rounded once, halves up, to hundredths. They are shared out over the days on
which the work was done, by weight (minutes, sessions), with the largest remainder, so that the shares add up to the last
hundredth. In each period of the cap (a day, a month) no more counts than the cap still has room for, the earliest day first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from enrollments.conversion.models import ConversionRule

CENT = Decimal("0.01")
NOTHING = Decimal(0)


class Reason(TextChoices):
    """Why it counted as it did."""

    FULL = "full", _("counted in full")
    CAPPED = "capped", _("the cap took a part")
    NO_ROOM = "no_room", _("the cap took all")
    NO_RULE = "no_rule", _("no rule for this path: counted by lesson hours")


def reason(gross: Decimal, jp: Decimal, *, has_rule: bool = True) -> Reason:
    if not has_rule:
        return Reason.NO_RULE
    if jp == gross:
        return Reason.FULL
    return Reason.CAPPED if jp else Reason.NO_ROOM


@dataclass(frozen=True)
class Share:
    """JP of one day: before the cap, and what counts."""

    on: date
    gross: Decimal
    jp: Decimal


@dataclass(frozen=True)
class Conversion:
    """JP of an activity, day by day; days without a share are left out."""

    shares: tuple[Share, ...]
    reason: Reason

    @property
    def gross(self) -> Decimal:
        return sum((share.gross for share in self.shares), NOTHING)

    @property
    def jp(self) -> Decimal:
        return sum((share.jp for share in self.shares), NOTHING)

    @property
    def capped(self) -> Decimal:
        return self.gross - self.jp


def convert(
    rule: ConversionRule | None,
    quantity: Decimal,
    studied: Mapping[date, int],
    already: Mapping[date, Decimal] | None = None,
) -> Conversion:
    """JP of a quantity (≥ 0, in units of the rule's basis) that was done on these days.

    `studied`: the days with their weights, whole numbers ≥ 0; all zero: the days weigh the same. `already`: JP of the same path that
    counted before, by day. No rule: one JP for each lesson hour, without a cap. Raises ValueError without a day.
    """
    gross = (quantity * _rate(rule)).quantize(CENT, ROUND_HALF_UP)
    shares = apportion(gross, studied)
    if rule is None or rule.cap is None:
        found = tuple(Share(on, share, share) for on, share in shares.items())
    else:
        found = _within(rule, rule.cap, shares, already or {})
    jp = sum((share.jp for share in found), NOTHING)
    return Conversion(found, reason(gross, jp, has_rule=rule is not None))


def _rate(rule: ConversionRule | None) -> Decimal:
    return rule.jp * (100 + rule.uplift) / 100 if rule else Decimal(1)


def _within(
    rule: ConversionRule, cap: Decimal, shares: Mapping[date, Decimal], already: Mapping[date, Decimal]
) -> tuple[Share, ...]:
    used: dict[date, Decimal] = {}
    for day, jp in already.items():
        period = rule.period_of(day)
        used[period] = used.get(period, NOTHING) + jp
    found = []
    for day, gross in sorted(shares.items()):
        period = rule.period_of(day)
        jp = min(gross, max(cap - used.get(period, NOTHING), NOTHING))
        used[period] = used.get(period, NOTHING) + jp
        found.append(Share(day, gross, jp))
    return tuple(found)


def apportion(total: Decimal, weights: Mapping[date, int]) -> dict[date, Decimal]:
    """Share hundredths out by weight, with the largest remainder; of equal remainders the earlier day gets it. Adds up exactly.

    Raises ValueError without a day, below zero, and for parts of a hundredth.
    """
    cents = int(total.scaleb(2))
    if not weights or cents < 0 or total != Decimal(cents).scaleb(-2) or min(weights.values()) < 0:
        raise ValueError(f"{total} cannot be shared over {len(weights)} days")
    if len(weights) == 1:  # as most are
        return dict.fromkeys(weights, Decimal(cents).scaleb(-2)) if cents else {}
    whole = sum(weights.values())
    even = {day: weight if whole else 1 for day, weight in sorted(weights.items())}
    whole = whole or len(even)
    parts = {day: divmod(cents * weight, whole) for day, weight in even.items()}
    left = cents - sum(part for part, _rest in parts.values())
    lucky = set(sorted(parts, key=lambda day: (-parts[day][1], day))[:left])
    shares = {day: Decimal(part + (day in lucky)).scaleb(-2) for day, (part, _rest) in parts.items()}
    return {day: share for day, share in shares.items() if share}
