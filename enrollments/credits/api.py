"""`GET /api/v1/credits?year=`: one's own JP of a year."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from accounts.people import asking
from asn_lms.lib.days import local_day
from enrollments.credits.models import Credit
from enrollments.credits.queries import year_of_credit

router = Router(tags=["credits"])


class CreditOut(Schema):
    course: str
    title: str
    on: date
    jp: Decimal
    enrollment: int


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
    person = asking.person(request)
    chosen = year or local_day(person.zone).year
    of_year = year_of_credit(person, chosen)
    rows = Credit.objects.filter(learner=person, year=chosen).select_related("enrollment__version__course")
    return YearOut(
        year=chosen,
        earned=of_year.earned,
        target=of_year.target,
        missing=of_year.missing,
        ceiling=of_year.ceiling,
        items=[
            CreditOut(
                course=row.enrollment.version.course.code,
                title=row.enrollment.version.title,
                on=row.on,
                jp=row.jp,
                enrollment=row.enrollment_id,
            )
            for row in rows
        ],
    )
