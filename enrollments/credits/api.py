"""`GET /api/v1/credits?year=`: one's own JP of a year."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from accounts.people import asking
from asn_lms.lib.days import local_day
from enrollments.conversion.formula import reason
from enrollments.credits.explanation import how_changed, how_counted
from enrollments.credits.models import LedgerEntry
from enrollments.credits.queries import Line, statement, year_of_credit

router = Router(tags=["credits"])


class DayOut(Schema):
    on: date
    gross: Decimal
    jp: Decimal


class ChangeOut(Schema):
    kind: LedgerEntry.Kind
    on: date
    jp: Decimal
    reason: str
    explanation: str


class RuleOut(Schema):
    """The conversion rule as it was used."""

    basis: str
    jp: Decimal
    uplift: Decimal
    cap: Decimal | None
    cap_period: str
    legal_basis: str


class CreditOut(Schema):
    """`jp` is what this gives to the year that was asked for: what was recorded in it, and what was changed in it."""

    id: int
    # empty for what was learned outside
    course: str
    title: str
    on: date
    jp: Decimal
    enrollment: int | None
    path: str
    scope: str
    quantity: Decimal
    gross: Decimal
    capped: Decimal
    # full, capped, no_room or no_rule
    reason: str
    explanation: list[str]
    rule: RuleOut | None
    days: list[DayOut]
    changes: list[ChangeOut]


class YearOut(Schema):
    year: int
    earned: Decimal
    # PNS: JP that the year asks for, and how many are missing
    target: Decimal | None
    missing: Decimal
    # PPPK: JP that count at most
    ceiling: Decimal | None
    items: list[CreditOut]


@router.get("/credits", response=YearOut, summary="Own JP of a year")
def credits(request: HttpRequest, year: Annotated[int, Query(ge=0, le=2200)] = 0) -> YearOut:
    """Each activity with its days, its rule and why it counted as it did. The `jp` of all items add up to `earned`."""
    person = asking.person(request)
    of_year = year_of_credit(person, year or local_day(person.zone).year)
    return YearOut(
        year=of_year.year,
        earned=of_year.earned,
        target=of_year.target,
        missing=of_year.missing,
        ceiling=of_year.ceiling,
        items=[_shown(line) for line in statement(person, of_year.year)],
    )


def _shown(line: Line) -> CreditOut:
    credit, place, rule = line.credit, line.credit.enrollment, line.credit.rule
    return CreditOut(
        id=credit.pk,
        course=place.version.course.code if place else "",
        title=credit.activity,
        on=credit.on,
        jp=line.jp,
        enrollment=credit.enrollment_id,
        path=credit.path.code if credit.path else "",
        scope=credit.scope,
        quantity=credit.quantity,
        gross=credit.gross_jp,
        capped=credit.capped_jp,
        reason=reason(credit.gross_jp, credit.jp, has_rule=rule is not None),
        explanation=how_counted(credit, line.days),
        rule=RuleOut.from_orm(rule) if rule else None,
        days=[DayOut(on=day.on, gross=day.gross_jp, jp=day.jp) for day in line.days],
        changes=[
            ChangeOut(
                kind=LedgerEntry.Kind(change.entry.kind),
                on=change.on,
                jp=change.jp,
                reason=change.entry.reason,
                explanation=how_changed(credit, change),
            )
            for change in line.changes
        ],
    )
