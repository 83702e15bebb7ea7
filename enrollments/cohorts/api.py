"""`GET /api/v1/cohorts?course=`"""

from datetime import date

from django.http import HttpRequest
from ninja import Router, Schema

from accounts.people import asking
from asn_lms.lib.cursor import Cursor, Limit, newest_first
from asn_lms.lib.days import local_day
from enrollments.cohorts.models import Cohort

router = Router(tags=["cohorts"])


class CohortOut(Schema):
    id: int
    course: str
    title: str
    name: str
    number: int
    year: int
    is_self_paced: bool
    state: str
    organiser: str
    place: str
    starts_on: date | None
    ends_on: date | None
    enroll_until: date | None
    seats: int | None
    seats_left: int | None


class CohortsOut(Schema):
    items: list[CohortOut]
    next_cursor: int | None


@router.get("/cohorts", response=CohortsOut, summary="Cohorts that may be chosen, and those of one's office")
def cohorts(request: HttpRequest, course: str = "", limit: Limit = 50, cursor: Cursor = None) -> CohortsOut:
    person = asking.person(request)
    rows = Cohort.objects.to_be_chosen_by(person, local_day(person.zone))
    if course:
        rows = rows.filter(course__code=course)
    page, following = newest_first(rows.select_related("course", "version", "organiser"), cursor, limit)
    return CohortsOut(items=[shown(row) for row in page], next_cursor=following)


def shown(row: Cohort) -> CohortOut:
    return CohortOut(
        id=row.pk,
        course=row.course.code,
        title=row.version.title,
        name=str(row),
        number=row.number,
        year=row.year,
        is_self_paced=row.is_self_paced,
        state=row.state,
        organiser=str(row.organiser),
        place=row.place,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        enroll_until=row.enroll_until,
        seats=row.seats,
        seats_left=row.seats_left,
    )
