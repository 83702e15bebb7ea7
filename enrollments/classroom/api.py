"""`/api/v1/enrollments…`: places, lessons and what is put into them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Body, Router, Schema, Status
from ninja.errors import HttpError
from pydantic import Field

from accounts.people import asking
from accounts.people.models import User
from accounts.people.nip import bare
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from asn_lms.lib.cursor import Cursor, Limit, newest_first
from asn_lms.lib.days import local_day
from courses.lesson_kinds import Unreadable
from courses.structure.models import Course, Lesson
from enrollments.attempts.actions import begin, take_input
from enrollments.attempts.queries import answer_of, seat
from enrollments.attempts.refusals import PreTestFirst
from enrollments.classroom.outline import outline
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.actions import enroll, enroll_self_paced, withdraw
from enrollments.enrolling.models import Enrollment
from enrollments.progress.queries import pre_test_before

router = Router(tags=["enrollments"])
LARGEST = 2**63 - 1


class EnrollmentOut(Schema):
    id: int
    course: str
    title: str
    version: int
    cohort: int
    cohort_name: str
    learner: str
    status: str
    due_on: date | None
    enrolled_at: datetime
    completed_at: datetime | None
    withdrawn_at: datetime | None
    score: Decimal | None
    lessons_finished: int


class EnrollmentsOut(Schema):
    items: list[EnrollmentOut]
    next_cursor: int | None


class LessonLine(Schema):
    uid: UUID
    title: str
    kind: str
    module: str
    minutes: int
    is_required: bool
    is_finished: bool


class EnrollmentDetail(EnrollmentOut):
    lessons: list[LessonLine]


class EnrollIn(Schema):
    """A cohort by id, or a course by code for its self-paced cohort. `nip`: whom an officer enrols; without it oneself."""

    cohort: int | None = Field(None, ge=1, le=LARGEST)
    course: str | None = Field(None, max_length=30)
    nip: str | None = Field(None, max_length=30)


class WithdrawIn(Schema):
    reason: str = Field(max_length=300)


class LessonOut(Schema):
    uid: UUID
    title: str
    kind: str
    minutes: int
    is_required: bool
    attempts_used: int
    attempts_allowed: int | None
    finished: bool
    score: float | None
    seq: int
    state: dict[str, Any]


class AnswerOut(Schema):
    state: dict[str, Any]
    finished: bool
    score: float | None
    seq: int


@router.get("/enrollments", response=EnrollmentsOut, summary="Places that one may see, newest first")
def enrollments(request: HttpRequest, limit: Limit = 50, cursor: Cursor = None) -> EnrollmentsOut:
    page, following = newest_first(_visible(asking.person(request)), cursor, limit)
    return EnrollmentsOut(items=[_shown(row) for row in page], next_cursor=following)


@router.post("/enrollments", response={200: EnrollmentOut, 201: EnrollmentOut}, summary="Take a place, or give one")
def take_place(request: HttpRequest, wanted: EnrollIn) -> Status[EnrollmentOut]:
    """201 with the new place; 200 with the one that is held already. An officer names somebody by NIP."""
    by = asking.person(request)
    learner = _learner(by, wanted.nip)
    if (wanted.cohort is None) == (wanted.course is None):
        raise HttpError(422, _("Name either a cohort or a course."))
    before = set(Enrollment.objects.live().filter(learner=learner).values_list("pk", flat=True))
    if wanted.cohort is not None:
        rows = Cohort.objects.to_be_chosen_by(by, local_day(by.zone))
        place = enroll(learner, get_object_or_404(rows, pk=wanted.cohort), by=by)
    else:
        course = get_object_or_404(Course.objects.published(), code=wanted.course)
        place = enroll_self_paced(learner, course, by=by)
    row = _rows().get(pk=place.pk)
    return Status(200 if place.pk in before else 201, _shown(row))


@router.get(
    "/enrollments/{enrollment_id}",
    response=EnrollmentDetail,
    url_name="enrollment",
    summary="One place with its lessons",
)
def one(request: HttpRequest, enrollment_id: int) -> EnrollmentDetail:
    row = get_object_or_404(_visible(asking.person(request)), pk=enrollment_id)
    lessons = [
        LessonLine(
            uid=step.lesson.uid,
            title=step.lesson.title,
            kind=step.lesson.kind,
            module=step.lesson.module.title,
            minutes=step.lesson.minutes,
            is_required=step.lesson.is_required,
            is_finished=step.is_finished,
        )
        for step in outline(row.version_id, row).steps
    ]
    return EnrollmentDetail(**_shown(row).dict(), lessons=lessons)


@router.post("/enrollments/{enrollment_id}/withdraw", response=EnrollmentOut, summary="End a place, with a reason")
def end(request: HttpRequest, enrollment_id: int, said: WithdrawIn) -> EnrollmentOut:
    by = asking.person(request)
    row = get_object_or_404(_visible(by), pk=enrollment_id)
    withdraw(row, said.reason, by=by)
    return _shown(_rows().get(pk=row.pk))


@router.get(
    "/enrollments/{enrollment_id}/lessons/{uuid:uid}", response=LessonOut, summary="A lesson: content and own state"
)
def lesson(request: HttpRequest, enrollment_id: int, uid: UUID) -> LessonOut:
    place, here = _own_lesson(request, enrollment_id, uid)
    if (first := pre_test_before(place, here)) is not None:
        raise PreTestFirst(first)
    at = seat(place, here)
    attempt = at.attempt
    return LessonOut(
        uid=here.uid,
        title=here.title,
        kind=here.kind,
        minutes=here.minutes,
        is_required=here.is_required,
        attempts_used=at.used,
        attempts_allowed=at.allowed,
        finished=attempt.is_finished if attempt else False,
        score=float(attempt.score) if attempt and attempt.score is not None else None,
        seq=attempt.seq if attempt else 0,
        state=at.kind.learn_data(at.content, at.state),
    )


@router.post("/enrollments/{enrollment_id}/lessons/{uuid:uid}/input", response=AnswerOut, summary="Put something in")
def put_in(request: HttpRequest, enrollment_id: int, uid: UUID, data: Body[dict[str, Any]]) -> dict[str, Any]:
    """What the lesson's kind receives. `begin: true` starts an attempt; `seq` numbers the inputs of one attempt from 1."""
    place, here = _own_lesson(request, enrollment_id, uid)
    by = asking.person(request)
    fields = dict(data)
    seq = fields.pop("seq", None)
    if seq is not None and (not isinstance(seq, int) or isinstance(seq, bool)):
        raise HttpError(422, _("The number of the input is not a whole number above zero."))
    try:
        if fields.pop("begin", None):
            attempt = begin(place, here, by=by)
        else:
            attempt = take_input(place, here, fields, by=by, seq=seq)
    except Unreadable as error:
        raise HttpError(422, str(error)) from error
    return answer_of(attempt, seat(place, here))


def _rows() -> Any:
    return Enrollment.objects.select_related("version__course", "cohort", "learner")


def _visible(person: User) -> Any:
    return _rows().visible_to(person)


def _shown(row: Enrollment) -> EnrollmentOut:
    return EnrollmentOut(
        id=row.pk,
        course=row.version.course.code,
        title=row.version.title,
        version=row.version.number,
        cohort=row.cohort_id,
        cohort_name=str(row.cohort),
        learner=row.learner.full_name,
        status=row.status,
        due_on=row.due_on,
        enrolled_at=row.enrolled_at,
        completed_at=row.completed_at,
        withdrawn_at=row.withdrawn_at,
        score=row.score,
        lessons_finished=row.lessons_finished,
    )


def _learner(by: User, nip: str | None) -> User:
    if not nip or bare(nip) == by.nip:
        return by
    mine = User.objects.filter(agency__in=agencies_of(by, RoleGrant.Role.OFFICER))
    return get_object_or_404(mine, nip=bare(nip))


def _own_lesson(request: HttpRequest, enrollment_id: int, uid: UUID) -> tuple[Enrollment, Lesson]:
    place = get_object_or_404(_rows().held_by(asking.person(request)), pk=enrollment_id)
    if place.status == Enrollment.Status.WITHDRAWN:
        raise Http404
    return place, get_object_or_404(Lesson, version=place.version_id, uid=uid)
