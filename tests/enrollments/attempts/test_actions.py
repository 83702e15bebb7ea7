"""Promises about what learners put into lessons."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from asn_lms.lib.refusals import NotYours, Refusal
from courses.lesson_kinds import Unreadable
from courses.structure.models import Lesson
from enrollments.attempts.actions import add_attempts, begin, close_out_of_time, take_input
from enrollments.attempts.models import Attempt, AttemptItem
from enrollments.attempts.refusals import AttemptOver, NoAttemptsLeft, NotBegun, NotLearning
from enrollments.enrolling.actions import withdraw
from enrollments.enrolling.models import Enrollment
from enrollments.progress.models import LessonProgress
from tests import make
from tests.cast import cast

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_plain_kinds")]


def place(kind: str = "exam", lessons: int = 2) -> tuple[Enrollment, Lesson]:
    enrollment = make.enrollment(cohort=make.cohort(version=make.version(kind=kind, lessons=lessons)))
    return enrollment, enrollment.version.lessons.all()[0]


def answer(enrollment: Enrollment, lesson: Lesson, question: str, given: str, seq: int | None = None) -> Attempt:
    return take_input(
        enrollment, lesson, {"question": question, "answer": given}, by=enrollment.learner, seq=seq, now=NOW
    )


def kept(attempt: Attempt) -> dict[str, str]:
    return dict(AttemptItem.objects.filter(attempt=attempt).values_list("key", "answer"))


def test_each_answer_is_a_row_as_it_was_given() -> None:
    enrollment, lesson = place()
    attempt = begin(enrollment, lesson, by=enrollment.learner, now=NOW)
    answer(enrollment, lesson, "q1", "a")
    after = answer(enrollment, lesson, "q2", "b")
    assert kept(attempt) == {"q1": "a", "q2": "b"}
    assert after.state["answers"] == {"q1": "a", "q2": "b"}
    assert after.seq == 2


def test_an_older_answer_never_replaces_a_newer_one() -> None:
    enrollment, lesson = place()
    attempt = begin(enrollment, lesson, by=enrollment.learner, now=NOW)
    answer(enrollment, lesson, "q1", "new", seq=5)
    late = answer(enrollment, lesson, "q1", "old", seq=4)
    assert kept(attempt) == {"q1": "new"}
    assert late.state["answers"] == {"q1": "new"}
    # What was typed offline for another question is not lost, although its number is lower.
    answer(enrollment, lesson, "q2", "typed offline", seq=3)
    assert kept(attempt) == {"q1": "new", "q2": "typed offline"}


def test_a_retry_of_the_same_answer_changes_nothing() -> None:
    enrollment, lesson = place()
    begin(enrollment, lesson, by=enrollment.learner, now=NOW)
    first = answer(enrollment, lesson, "q1", "a", seq=1)
    again = answer(enrollment, lesson, "q1", "a", seq=1)
    assert (first.seq, again.seq) == (1, 1)
    # A plain form without a number is always the newest.
    assert answer(enrollment, lesson, "q1", "b").state["answers"] == {"q1": "b"}


def test_the_counter_goes_on_from_the_highest_number_seen() -> None:
    enrollment, lesson = place()
    begin(enrollment, lesson, by=enrollment.learner, now=NOW)
    assert answer(enrollment, lesson, "q1", "a", seq=40).seq == 40
    assert answer(enrollment, lesson, "q2", "b").seq == 41
    assert answer(enrollment, lesson, "q3", "c", seq=10**12).seq < 20_000


def test_no_question_is_drawn_before_the_quiz_is_begun() -> None:
    enrollment, lesson = place()
    with pytest.raises(NotBegun):
        answer(enrollment, lesson, "q1", "a")
    assert not Attempt.objects.exists()


def test_beginning_twice_gives_the_same_attempt() -> None:
    enrollment, lesson = place()
    first = begin(enrollment, lesson, by=enrollment.learner, now=NOW)
    assert begin(enrollment, lesson, by=enrollment.learner, now=NOW) == first


def test_what_was_handed_in_can_no_longer_be_changed() -> None:
    enrollment, lesson = place()
    begin(enrollment, lesson, by=enrollment.learner, now=NOW)
    answer(enrollment, lesson, "q1", "a", seq=1)
    handed_in = take_input(enrollment, lesson, {"hand_in": 80}, by=enrollment.learner, seq=2, now=NOW)
    assert handed_in.score == 80
    assert handed_in.closed_at == NOW
    with pytest.raises(AttemptOver):
        answer(enrollment, lesson, "q1", "b", seq=3)
    # The same hand-in again, because its reply was lost, gives the same answer again.
    again = take_input(enrollment, lesson, {"hand_in": 80}, by=enrollment.learner, seq=2, now=NOW)
    assert again == handed_in
    assert kept(handed_in) == {"q1": "a"}


def test_three_attempts_and_then_only_what_an_officer_adds() -> None:
    people = cast()
    version = make.version(kind="exam", organiser=people.bkpsdm)
    enrollment = make.enrollment(learner=people.learner, cohort=make.cohort(version=version))
    lesson = version.lessons.all()[0]
    for _ in range(3):
        begin(enrollment, lesson, by=people.learner, now=NOW)
        take_input(enrollment, lesson, {"hand_in": 10}, by=people.learner, now=NOW)
    with pytest.raises(NoAttemptsLeft):
        begin(enrollment, lesson, by=people.learner, now=NOW)
    with pytest.raises(NotYours):
        add_attempts(enrollment, lesson, 1, "Listrik padam", by=people.learner)
    with pytest.raises(Refusal):
        add_attempts(enrollment, lesson, 1, " ", by=people.officer)
    add_attempts(enrollment, lesson, 1, "Listrik padam", by=people.officer)
    assert begin(enrollment, lesson, by=people.learner, now=NOW).number == 4


def test_an_unreadable_input_changes_nothing() -> None:
    enrollment, lesson = place("plain")
    take_input(enrollment, lesson, {"at": "page 3"}, by=enrollment.learner, now=NOW)
    with pytest.raises(Unreadable):
        take_input(enrollment, lesson, {"nonsense": "x"}, by=enrollment.learner, now=NOW)
    assert Attempt.objects.get().state == {"is_done": False, "at": "page 3"}


def test_a_lesson_without_attempts_to_count_begins_by_itself() -> None:
    enrollment, lesson = place("plain")
    attempt = take_input(enrollment, lesson, {"done": "1"}, by=enrollment.learner, now=NOW)
    assert attempt.is_finished
    take_input(enrollment, lesson, {"done": "1"}, by=enrollment.learner, now=NOW)
    assert Attempt.objects.count() == 1


def test_the_place_where_one_stands_is_kept_in_words() -> None:
    enrollment, lesson = place("plain")
    take_input(enrollment, lesson, {"at": "04.12"}, by=enrollment.learner, now=NOW)
    assert LessonProgress.objects.get(enrollment=enrollment, lesson=lesson).place == "04.12"
    enrollment.refresh_from_db()
    assert (enrollment.current_lesson_uid, enrollment.started_at, enrollment.last_activity_at) == (lesson.uid, NOW, NOW)


def test_nobody_learns_for_somebody_else() -> None:
    enrollment, lesson = place("plain")
    with pytest.raises(NotYours):
        take_input(enrollment, lesson, {"done": "1"}, by=make.person(), now=NOW)


def test_a_withdrawn_place_takes_no_input() -> None:
    version = make.version(kind="plain")
    enrollment = make.enrollment(cohort=make.cohort(version=version), status=Enrollment.Status.WITHDRAWN)
    with pytest.raises(NotLearning):
        take_input(enrollment, version.lessons.all()[0], {"done": "1"}, by=enrollment.learner, now=NOW)


def test_after_completion_one_may_practise_but_graded_tests_are_closed() -> None:
    done = make.enrollment(
        cohort=make.cohort(version=make.version(kind="plain")), status=Enrollment.Status.COMPLETED, score=80
    )
    take_input(done, done.version.lessons.all()[0], {"at": "page 2"}, by=done.learner, now=NOW)
    graded = make.enrollment(
        cohort=make.cohort(version=make.version(kind="exam")), status=Enrollment.Status.COMPLETED, score=80
    )
    with pytest.raises(NotLearning):
        begin(graded, graded.version.lessons.all()[0], by=graded.learner, now=NOW)
    done.refresh_from_db()
    assert done.status == Enrollment.Status.COMPLETED
    assert done.score == 80


def test_a_timed_attempt_is_handed_in_with_what_was_saved_when_its_time_is_up() -> None:
    enrollment, lesson = place("timed")
    attempt = begin(enrollment, lesson, by=enrollment.learner, now=NOW)
    answer(enrollment, lesson, "q1", "a")
    assert close_out_of_time(NOW + timedelta(minutes=9, seconds=59)) == 0
    assert close_out_of_time(NOW + timedelta(minutes=10)) == 1
    assert close_out_of_time(NOW + timedelta(minutes=11)) == 0
    attempt.refresh_from_db()
    assert attempt.closed_at == NOW + timedelta(minutes=10)
    assert attempt.score == 1
    assert kept(attempt) == {"q1": "a"}


def test_a_timed_attempt_of_a_place_that_ended_closes_without_a_score() -> None:
    enrollment, lesson = place("timed")
    attempt = begin(enrollment, lesson, by=enrollment.learner, now=NOW)
    withdraw(enrollment, "Dinas luar", by=enrollment.learner, now=NOW)
    close_out_of_time(NOW + timedelta(hours=1))
    attempt.refresh_from_db()
    assert attempt.closed_at
    assert attempt.score is None


@pytest.mark.django_db(transaction=True)
def test_answers_from_many_tabs_at_once_are_all_kept() -> None:
    enrollment, lesson = place()
    begin(enrollment, lesson, by=enrollment.learner)
    gate = Barrier(12)

    def send(number: int) -> None:
        try:
            gate.wait(timeout=60)
            answer(enrollment, lesson, f"q{number}", "a", seq=number + 1)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(send, range(12)))
    attempt = Attempt.objects.get()
    assert len(attempt.state["answers"]) == 12 == attempt.items.count()
    assert attempt.seq >= 12
