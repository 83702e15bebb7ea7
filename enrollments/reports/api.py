"""`GET reports/completion` and `GET reports/people`: the same figures as the pages."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from accounts.agencies.models import Agency
from accounts.people import asking
from asn_lms.lib.cursor import Limit
from asn_lms.lib.days import local_day
from enrollments.reports.queries import agency_report, frame_of
from enrollments.reports.rules import may_read_reports, readable_agencies
from enrollments.reports.shown import shown_to
from enrollments.reports.staff import Show, staff_page

router = Router(tags=["reports"])
Year = Annotated[int, Field(ge=0, le=2200)]


class PlacesOut(Schema):
    enrolled: int
    completed: int
    in_progress: int
    overdue: int


class StaffOut(Schema):
    people: int
    pns: int
    reached: int
    below: int
    share: Decimal | None
    mean: Decimal | None
    pppk: int
    cpns: int


class HeadcountOut(Schema):
    """Everybody once: the parts of `total`."""

    total: int
    done: int
    running: int
    not_started: int
    exempt: int
    without_floor: int
    on_leave: int
    joined_late: int
    moved: int
    unknown: int


class UnitOut(Schema):
    name: str
    staff: StaffOut
    places: PlacesOut


class CourseOut(Schema):
    code: str
    title: str
    places: PlacesOut


class MonthOut(Schema):
    month: date
    enrolled: int
    completed: int
    in_progress: int
    overdue: int
    jp: Decimal
    reached: int
    share: Decimal | None


class KindOut(Schema):
    code: str
    name: str
    jp: Decimal


class AboveOut(Schema):
    name: str
    pns: int
    reached: int
    share: Decimal | None


class ForecastOut(Schema):
    """PNS with the floor at the year's end: the likeliest, and the bounds of eight years of ten."""

    low: int
    likely: int
    high: int


class CompletionOut(Schema):
    agency: str
    agency_name: str
    year: int
    floor: Decimal | None
    as_of: str
    staff: StaffOut
    places: PlacesOut
    headcount: HeadcountOut
    units: list[UnitOut]
    courses: list[CourseOut]
    months: list[MonthOut]
    paths: list[KindOut]
    competencies: list[KindOut]
    above: AboveOut | None
    near: int
    forecast: ForecastOut | None


class PersonOut(Schema):
    id: int
    name: str
    nip: str
    post: str
    unit: str
    employment: str
    jp: Decimal
    missing: Decimal | None
    completed: int
    in_progress: int
    overdue: int


class PeopleOut(Schema):
    items: list[PersonOut]
    total: int
    next_cursor: str | None
    as_of: str


def _agency(request: HttpRequest, code: str) -> Agency:
    """The unit of that code, or the highest that the person may read."""
    user = asking.person(request)
    if not may_read_reports(user):
        raise HttpError(403, "Only heads and training officers read reports.")
    readable = readable_agencies(user).order_by("depth", "path")
    found: Agency | None = (readable.filter(code=code) if code else readable).first()
    if found is None:
        raise Http404
    return found


@router.get("/reports/completion", response=CompletionOut, summary="The report of a unit")
def completion(request: HttpRequest, agency: str = "", year: Year = 0) -> dict[str, object]:
    unit = _agency(request, agency)
    now = timezone.now()
    year = year or local_day(unit.zone, now).year
    frame = frame_of(unit, year)
    told = shown_to(asking.person(request), lambda: agency_report(unit, year, now, frame=frame), before=frame)
    as_of = (now - told.behind).isoformat()
    return {**told.value.__dict__, "agency": unit.code, "agency_name": unit.name, "as_of": as_of}


@router.get("/reports/people", response=PeopleOut, summary="The people of a unit, who misses most JP first")
def people(
    request: HttpRequest,
    agency: str = "",
    year: Year = 0,
    show: Show = Show.ALL,
    cursor: str = "",
    limit: Limit = 50,
) -> dict[str, object]:
    unit = _agency(request, agency)
    now = timezone.now()
    today = local_day(unit.zone, now)
    told = shown_to(
        asking.person(request),
        lambda: staff_page(unit, year or today.year, today, show=show, after=cursor, limit=limit),
    )
    found, as_of = told.value, (now - told.behind).isoformat()
    return {"items": found.rows, "total": found.total, "next_cursor": found.after or None, "as_of": as_of}
