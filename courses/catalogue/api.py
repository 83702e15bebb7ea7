"""`GET /api/v1/courses?q=`, `GET /api/v1/courses/{code}`: the catalogue."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from asn_lms.lib.cursor import Limit
from courses.catalogue.queries import course_page, published_courses

router = Router(tags=["courses"])


class CourseOut(Schema):
    code: str
    title: str
    summary: str
    language: str
    competency: str
    organiser: str
    jp: Decimal
    minutes: int
    lessons: int
    published_at: datetime


class CoursesOut(Schema):
    items: list[CourseOut]
    total: int
    next_cursor: str | None


class LessonOut(Schema):
    uid: UUID
    kind: str
    title: str
    minutes: int
    is_required: bool


class ModuleOut(Schema):
    title: str
    jp: Decimal
    lessons: list[LessonOut]


class CourseDetail(Schema):
    code: str
    title: str
    summary: str
    description: str
    language: str
    competency: str
    path: str
    target_group: str
    organiser: str
    jp: Decimal
    pass_mark: Decimal
    minutes: int
    self_paced_days: int | None
    published_at: datetime
    modules: list[ModuleOut]


@router.get("/courses", response=CoursesOut, summary="Published courses")
def courses(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200)] = "",
    competency: str = "",
    limit: Limit = 50,
    cursor: str = "",
) -> dict[str, object]:
    found = published_courses(q, competency, after=cursor, limit=limit)
    return {"items": found.cards, "total": found.total, "next_cursor": found.after or None}


@router.get("/courses/{code}", response=CourseDetail, summary="A published course with its outline")
def course(request: HttpRequest, code: str) -> object:
    page = course_page(code)
    if page is None:
        raise Http404
    return page
