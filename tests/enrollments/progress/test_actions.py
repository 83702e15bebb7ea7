"""Promises about finishing lessons and courses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.audit.models import AuditEntry
from courses.structure.models import CourseVersion, Lesson, Module
from enrollments.certificates.models import Certificate
from enrollments.credits.models import Credit
from enrollments.enrolling.models import Enrollment
from enrollments.progress.actions import complete_if_ready, finish_lesson
from enrollments.progress.models import LessonProgress
from enrollments.tallies.models import TallyDelta
from tests import make

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_plain_kinds")]


def course(*kinds: str, optional: tuple[str, ...] = (), pass_mark: int = 70) -> CourseVersion:
    """A published version with these lessons, the optional ones last."""
    version = make.version(lessons=0, published=False, pass_mark=pass_mark, jp=Decimal("2.5"))
    module = Module.objects.get(version=version)
    for position, kind in enumerate([*kinds, *optional]):
        Lesson.objects.create(
            version=version,
            module=module,
            position=position,
            kind=kind,
            title=f"Materi {position + 1}",
            is_required=position < len(kinds),
        )
    return make.publish(version)


def place(version: CourseVersion, **fields: Any) -> tuple[Enrollment, list[Lesson]]:
    return make.enrollment(cohort=make.cohort(version=version), **fields), list(version.lessons.all())


def test_a_course_is_complete_with_its_last_required_lesson() -> None:
    enrollment, (first, second, _optional) = place(course("plain", "plain", optional=("plain",)))
    finish_lesson(enrollment, first, now=NOW)
    enrollment.refresh_from_db()
    assert enrollment.status == Enrollment.Status.ACTIVE
    finish_lesson(enrollment, second, now=NOW)
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.completed_at) == (Enrollment.Status.COMPLETED, NOW)
    assert enrollment.completion_agency == enrollment.learner.agency
    assert enrollment.score is None


def test_a_graded_quiz_below_the_pass_mark_stands_in_the_way_until_a_better_attempt() -> None:
    enrollment, (page, exam) = place(course("plain", "exam"))
    finish_lesson(enrollment, page, now=NOW)
    finish_lesson(enrollment, exam, score=Decimal("69.99"), now=NOW)
    enrollment.refresh_from_db()
    assert enrollment.status == Enrollment.Status.ACTIVE
    finish_lesson(enrollment, exam, score=Decimal("70.00"), now=NOW)
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.score) == (Enrollment.Status.COMPLETED, Decimal("70.00"))


def test_the_best_attempt_counts_and_the_score_is_the_mean_of_the_quizzes() -> None:
    enrollment, (one, two, three) = place(course("exam", "exam", "exam"))
    finish_lesson(enrollment, one, score=Decimal(90), now=NOW)
    finish_lesson(enrollment, one, score=Decimal(50), now=NOW)
    finish_lesson(enrollment, two, score=Decimal(80), now=NOW)
    finish_lesson(enrollment, three, score=Decimal(75), now=NOW)
    enrollment.refresh_from_db()
    assert enrollment.score == Decimal("81.67")


def test_completion_credits_the_jp_counts_and_reserves_a_certificate_once() -> None:
    enrollment, (page,) = place(course("plain"))
    finish_lesson(enrollment, page, now=NOW)
    finish_lesson(enrollment, page, now=NOW)
    assert not complete_if_ready(enrollment, now=NOW)
    credit = Credit.objects.get()
    assert (credit.jp, credit.on, credit.year) == (Decimal("2.50"), date(2026, 3, 2), 2026)
    assert Certificate.objects.filter(enrollment=enrollment).count() == 1
    counted = dict(TallyDelta.objects.values_list("measure", "value"))
    assert counted == {"completed": 1, "ended": 1, "jp": Decimal("2.50")}
    assert AuditEntry.objects.filter(action="enrollment.completed").count() == 1


def test_the_day_of_completion_is_the_one_where_the_learner_serves_even_at_new_year() -> None:
    east = make.person(agency=make.agency(zone="Asia/Jayapura"))
    enrollment, (page,) = place(course("plain"), learner=east)
    finish_lesson(enrollment, page, now=datetime(2026, 12, 31, 15, 30, tzinfo=UTC))
    assert Credit.objects.get().on == date(2027, 1, 1)


def test_the_unit_at_completion_is_stored_and_the_unit_at_enrolment_stays() -> None:
    enrollment, (page,) = place(course("plain"))
    before = enrollment.agency
    enrollment.learner.agency = make.agency("Unit baru")
    enrollment.learner.save()
    finish_lesson(enrollment, page, now=NOW)
    enrollment.refresh_from_db()
    assert enrollment.agency == before
    assert str(enrollment.completion_agency) == "Unit baru"


def test_lessons_are_counted_and_continue_lands_on_the_next_unfinished_one() -> None:
    enrollment, lessons = place(course("plain", "plain", "plain"))
    finish_lesson(enrollment, lessons[1], now=NOW)
    enrollment.refresh_from_db()
    assert (enrollment.lessons_finished, enrollment.current_lesson_uid) == (1, lessons[2].uid)
    finish_lesson(enrollment, lessons[2], now=NOW)
    enrollment.refresh_from_db()
    assert (enrollment.lessons_finished, enrollment.current_lesson_uid) == (2, lessons[0].uid)


def test_continue_lands_on_the_test_that_was_not_passed_when_nothing_else_is_left() -> None:
    enrollment, (exam, page) = place(course("exam", "plain"))
    finish_lesson(enrollment, exam, score=Decimal(40), now=NOW)
    finish_lesson(enrollment, page, now=NOW)
    enrollment.refresh_from_db()
    assert enrollment.status == Enrollment.Status.ACTIVE
    assert enrollment.current_lesson_uid == exam.uid


def test_a_finished_lesson_stays_finished_at_its_first_hour() -> None:
    enrollment, (first, _second) = place(course("plain", "plain"))
    finish_lesson(enrollment, first, now=NOW)
    finish_lesson(enrollment, first, now=datetime(2026, 4, 1, tzinfo=UTC))
    assert LessonProgress.objects.get(lesson=first).finished_at == NOW


def test_a_withdrawn_place_is_never_completed() -> None:
    enrollment, (page,) = place(course("plain"), status=Enrollment.Status.WITHDRAWN)
    finish_lesson(enrollment, page, now=NOW)
    enrollment.refresh_from_db()
    assert enrollment.status == Enrollment.Status.WITHDRAWN
    assert not Credit.objects.exists()


def test_a_course_without_lessons_is_not_complete_by_itself() -> None:
    enrollment, _none = place(course())
    assert not complete_if_ready(enrollment, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_course_is_completed_once_however_many_finish_it_at_the_same_time() -> None:
    enrollment, (page,) = place(course("plain"))
    gate = Barrier(8)

    def finish(_number: int) -> None:
        try:
            gate.wait(timeout=60)
            finish_lesson(enrollment, page)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(finish, range(8)))
    assert Credit.objects.count() == 1
    assert Certificate.objects.count() == 1
    assert TallyDelta.objects.filter(measure="completed").count() == 1
