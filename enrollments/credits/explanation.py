"""Why a credit counted as it did, in words for its learner."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from asn_lms.lib import words
from enrollments.conversion.models import ConversionRule
from enrollments.credits.models import Credit, CreditDay
from enrollments.credits.queries import Change, Line

Basis = ConversionRule.Basis


@dataclass(frozen=True)
class Told:
    """A line with its reasons."""

    line: Line
    counted: list[str]
    changed: list[str]


def told(lines: Iterable[Line]) -> list[Told]:
    """Each line with why it counted as it did, and what was changed in it."""
    return [
        Told(line, how_counted(line.credit, line.days), [how_changed(line.credit, change) for change in line.changes])
        for line in lines
    ]


def how_counted(credit: Credit, days: Sequence[CreditDay]) -> list[str]:
    """Sentences: what was done and what it gives, then what the cap took and where. The first is always there."""
    return [_what_was_done(credit), *_what_the_cap_took(credit, days), *_when_late(credit)]


def _what_was_done(credit: Credit) -> str:
    rule, said = credit.rule, {"jp": words.jp(credit.gross_jp), "quantity": words.number(credit.quantity)}
    if rule is None or rule.basis == Basis.HOURS:
        if rule and rule.uplift:
            return _("Lesson hours: %(quantity)s, with %(uplift)s%% on top: %(jp)s JP.") % {
                **said,
                "uplift": words.number(rule.uplift),
            }
        return _("Lesson hours: %(quantity)s, which is %(jp)s JP.") % said
    said["each"] = words.jp(rule.jp * (100 + rule.uplift) / 100)
    match rule.basis:
        case Basis.DAY:
            return _("Days: %(quantity)s, each %(each)s JP: %(jp)s JP.") % said
        case Basis.SESSION:
            return _("Sessions: %(quantity)s, each %(each)s JP: %(jp)s JP.") % said
        case Basis.SEMESTER:
            return _("Semesters: %(quantity)s, each %(each)s JP: %(jp)s JP.") % said
        case _:
            return _("%(quantity)s × %(each)s JP: %(jp)s JP.") % said


def _what_the_cap_took(credit: Credit, days: Sequence[CreditDay]) -> Iterator[str]:
    rule = credit.rule
    if rule is None or rule.cap is None:
        return
    taken: dict[str, Decimal] = defaultdict(Decimal)
    is_daily = rule.cap_period == ConversionRule.CapPeriod.DAY
    for day in days:
        if day.gross_jp > day.jp:
            taken[date_format(day.on, "j F Y" if is_daily else "F Y")] += day.gross_jp - day.jp
    for when, jp in taken.items():
        said = {"jp": words.jp(jp), "cap": words.jp(rule.cap), "when": when}
        if is_daily:
            yield _("%(jp)s JP not counted: at most %(cap)s JP count in a day, on %(when)s.") % said
        else:
            yield _("%(jp)s JP not counted: at most %(cap)s JP count in a month, in %(when)s.") % said


def _when_late(credit: Credit) -> Iterator[str]:
    if credit.year != credit.on.year:
        yield _("Completed on %(day)s; that year was closed, so it counts in %(year)s.") % {
            "day": date_format(credit.on, "j F Y"),
            "year": credit.year,
        }


def how_changed(credit: Credit, change: Change) -> str:
    """What an officer changed, when, why; and where it is booked, when the credit's own year was closed."""
    said = {
        "day": date_format(localtime(change.entry.at), "j F Y"),
        "jp": ("+" if change.jp > 0 else "") + words.jp(change.jp),
        "reason": change.entry.reason,
        "year": credit.year,
        "booked": change.on.year,
    }
    if change.on.year != credit.year:
        return (
            _(
                "%(jp)s JP, changed on %(day)s: %(reason)s. The year %(year)s is closed, so this is booked in %(booked)s."
            )
            % said
        )
    return _("%(jp)s JP, changed on %(day)s: %(reason)s.") % said
