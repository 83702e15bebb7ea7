"""What is claimed, as plain values: from a form, a row of a spreadsheet or an officer's correction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal
from courses.taxonomy.models import LearningPath
from enrollments.claims.dates import written
from enrollments.claims.models import Claim
from enrollments.conversion.models import ConversionRule, Scope
from enrollments.conversion.queries import RuleBook, rule_book

Basis = ConversionRule.Basis
# Only these ask how much; days are counted, and an event is one.
ASKED = (Basis.HOURS, Basis.SESSION, Basis.SEMESTER)
# More lesson hours than a study of years; beyond it a comma was forgotten.
MOST = {Basis.HOURS: Decimal(2000), Basis.SESSION: Decimal(200), Basis.SEMESTER: Decimal(20)}


@dataclass(frozen=True)
class Facts:
    """`dates`: each day once for each session on it; `quantity`: in units of the path's rule."""

    title: str
    organiser: str
    path: LearningPath
    dates: Sequence[date]
    quantity: Decimal
    scope: str = Scope.NATIONAL
    certificate_number: str = ""
    certificate_on: date | None = None

    def plain(self) -> dict[str, Any]:
        """For the history."""
        return {
            "title": self.title,
            "organiser": self.organiser,
            "path": self.path.code,
            "scope": self.scope,
            "quantity": f"{self.quantity.normalize():f}",
            "days": written(self.dates),
            "certificate_number": self.certificate_number,
            "certificate_on": self.certificate_on.isoformat() if self.certificate_on else "",
        }


def facts_of(claim: Claim) -> Facts:
    return Facts(
        title=claim.title,
        organiser=claim.organiser,
        path=claim.path,
        dates=claim.dates,
        quantity=claim.quantity,
        scope=claim.scope,
        certificate_number=claim.certificate_number,
        certificate_on=claim.certificate_on,
    )


def quantity_by(basis: str | None, dates: Sequence[date], asked: Decimal | None) -> Decimal:
    """How much was done, in units of the basis: days are counted, an event is one, the rest is said. Refuses beside `quantity`.

    Without a rule (`None`) nothing is known yet, and what was said stands.
    """
    if basis == Basis.DAY:
        return Decimal(len(set(dates)))
    if basis == Basis.EVENT:
        return Decimal(1)
    if basis == Basis.SESSION:
        asked = asked or Decimal(len(dates))
        if asked != asked.to_integral_value() or asked < len(set(dates)):
            raise Refusal(_("At least one session on each day, in whole numbers."), field="quantity")
    if asked is None:
        if basis is None:
            return Decimal(1)
        raise Refusal(_("Say how much: lesson hours of 45 minutes, or semesters."), field="quantity")
    if basis is not None and asked > MOST[Basis(basis)]:
        raise Refusal(_("That is too much for one claim. Look at the number once more."), field="quantity")
    return asked


def stated(
    *,
    title: str,
    organiser: str,
    path: LearningPath,
    scope: str,
    dates: Sequence[date],
    asked: Decimal | None,
    certificate_number: str = "",
    certificate_on: date | None = None,
    rules: RuleBook | None = None,
) -> Facts:
    """The facts as somebody stated them, with the quantity that the rule of the last day asks for. Refuses beside the field.

    `rules`: those of the path, when the caller has read them; else one query.
    """
    if not dates:
        raise Refusal(_("Say on which day it was."), field="from_on")
    rule = (rules or rule_book([path.pk])).rule(path.pk, scope, max(dates))
    return Facts(
        title=title,
        organiser=organiser,
        path=path,
        dates=dates,
        quantity=quantity_by(rule.basis if rule else None, dates, asked),
        scope=scope,
        certificate_number=certificate_number,
        certificate_on=certificate_on,
    )
