"""A pre-test stands before what comes after it, need not be passed, and measures what was known before."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from courses.structure.models import CourseVersion, Lesson, Module
from enrollments.attempts.actions import begin, take_input
from enrollments.attempts.queries import seat
from enrollments.attempts.refusals import NoAttemptsLeft, PreTestFirst
from enrollments.certificates.models import Certificate
from enrollments.enrolling.models import Enrollment
from enrollments.progress.actions import finish_lesson
from tests import make

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_plain_kinds")]


def course(*lessons: tuple[str, str], prints_gain: bool = True) -> CourseVersion:
    """(kind, test) of each lesson."""
    version = make.version(lessons=0, published=False, pass_mark=70, prints_gain=prints_gain)
    module = Module.objects.get(version=version)
    for position, (kind, test) in enumerate(lessons):
        Lesson.objects.create(
            version=version, module=module, position=position, kind=kind, title=f"Materi {position + 1}", test=test
        )
    return make.publish(version)


def place(*lessons: tuple[str, str], **fields: Any) -> tuple[Enrollment, list[Lesson]]:
    version = course(*lessons, **fields)
    return make.enrollment(cohort=make.cohort(version=version)), list(version.lessons.all())


def hand_in(enrollment: Enrollment, lesson: Lesson, score: int) -> None:
    begin(enrollment, lesson, by=enrollment.learner, now=NOW)
    take_input(enrollment, lesson, {"hand_in": score}, by=enrollment.learner, now=NOW)


def test_nothing_after_it_opens_before_it_is_handed_in_but_what_stands_before_it_does() -> None:
    enrollment, (welcome, pre, page) = place(("plain", ""), ("exam", "pre"), ("plain", ""))
    take_input(enrollment, welcome, {"done": "1"}, by=enrollment.learner, now=NOW)
    with pytest.raises(PreTestFirst):
        take_input(enrollment, page, {"done": "1"}, by=enrollment.learner, now=NOW)
    with pytest.raises(PreTestFirst):
        begin(enrollment, page, by=enrollment.learner, now=NOW)
    hand_in(enrollment, pre, 0)
    take_input(enrollment, page, {"done": "1"}, by=enrollment.learner, now=NOW)
    enrollment.refresh_from_db()
    assert enrollment.status == Enrollment.Status.COMPLETED


def test_it_need_not_be_passed_and_counts_nowhere() -> None:
    enrollment, (pre, page, post) = place(("exam", "pre"), ("plain", ""), ("exam", "post"))
    hand_in(enrollment, pre, 10)
    finish_lesson(enrollment, page, now=NOW)
    hand_in(enrollment, post, 85)
    enrollment.refresh_from_db()
    assert enrollment.status == Enrollment.Status.COMPLETED
    assert (enrollment.score, enrollment.pre_score, enrollment.post_score) == (Decimal(85), Decimal(10), Decimal(85))
    assert enrollment.gain is not None
    assert enrollment.gain.normalised == Decimal("0.83")


def test_it_is_taken_once_and_its_first_score_stays() -> None:
    enrollment, (pre, _page, _post) = place(("exam", "pre"), ("plain", ""), ("exam", "post"))
    hand_in(enrollment, pre, 40)
    assert seat(enrollment, pre).left == 0
    with pytest.raises(NoAttemptsLeft):
        begin(enrollment, pre, by=enrollment.learner, now=NOW)
    assert finish_lesson(enrollment, pre, score=Decimal(95), now=NOW).best_score == 40


def test_the_best_post_test_is_the_one_that_counts() -> None:
    enrollment, (pre, post) = place(("exam", "pre"), ("exam", "post"))
    hand_in(enrollment, pre, 40)
    hand_in(enrollment, post, 60)
    hand_in(enrollment, post, 90)
    enrollment.refresh_from_db()
    assert enrollment.post_score == 90


@pytest.mark.parametrize(("prints", "printed"), [(True, Decimal(40)), (False, None)])
def test_the_gain_is_frozen_onto_the_certificate_where_the_course_says_so(prints: bool, printed: Any) -> None:
    enrollment, (pre, post) = place(("exam", "pre"), ("exam", "post"), prints_gain=prints)
    hand_in(enrollment, pre, 40)
    hand_in(enrollment, post, 70)
    certificate = Certificate.objects.get(enrollment=enrollment)
    from enrollments.certificates.actions import confirm

    confirm(certificate, by=enrollment.learner)
    certificate.refresh_from_db()
    assert certificate.pre_score == printed


def test_the_page_of_a_locked_lesson_shows_the_way_and_nothing_of_it(client: Client) -> None:
    version = make.version(lessons=0, published=False)
    module = Module.objects.get(version=version)
    from courses.lesson_kinds import kinds
    from tests.courses.build import write_text

    for position, (kind, test) in enumerate((("quiz", "pre"), ("text", ""))):
        lesson = Lesson.objects.create(
            version=version, module=module, position=position, kind=kind, title=f"M{position}", test=test
        )
        kinds[kind].create(lesson)
    write_text(lesson, "Rahasia pelayanan")
    make.publish(version)
    enrollment = make.enrollment(cohort=make.cohort(version=version))
    client.force_login(enrollment.learner)
    page = client.get(f"/learn/{enrollment.pk}/{lesson.uid}/").content.decode()
    assert "Ke tes awal" in page
    assert "Rahasia pelayanan" not in page
    answer = client.get(f"/api/v1/enrollments/{enrollment.pk}/lessons/{lesson.uid}")
    assert answer.status_code == 409
    assert "Rahasia" not in answer.content.decode()
