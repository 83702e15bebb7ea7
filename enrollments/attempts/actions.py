"""Learning: beginning an attempt, and taking what the learner puts in.

Lock order: enrollment → progress → attempt. Two tabs, two devices and a retry wait for each other on the enrolment's row.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from random import SystemRandom
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from courses.lesson_kinds import Outcome, Unreadable
from courses.structure.models import Lesson
from enrollments.attempts.models import Attempt, AttemptItem, ExtraAttempts
from enrollments.attempts.queries import Seat, seat
from enrollments.attempts.refusals import AttemptOver, NoAttemptsLeft, NotBegun, NotLearning, PreTestFirst
from enrollments.cohorts.rules import may_run
from enrollments.enrolling.actions import locked_enrollment
from enrollments.enrolling.models import Enrollment
from enrollments.progress.actions import finish_lesson
from enrollments.progress.models import LessonProgress
from enrollments.progress.queries import pre_test_before

# A client's counter may run ahead while it is offline, by no more than this.
FURTHEST_AHEAD = 10_000
MOST_EXTRA = 10
# How many timed attempts one run of the clock hands in; the next run takes the rest.
MOST_CLOSED = 500


@transaction.atomic
def begin(enrollment: Enrollment, lesson: Lesson, *, by: User | None, now: datetime | None = None) -> Attempt:
    """Start an attempt, or give the one that is going on. A quiz draws and freezes its questions here.

    Raises NotYours, NotLearning, NoAttemptsLeft.
    """
    now = now or timezone.now()
    enrollment, _progress, here = _sit_down(enrollment, lesson, by)
    if here.is_going_on:
        assert here.attempt is not None
        return here.attempt
    _refuse_unless_learning(enrollment, here)
    attempt = _open(enrollment, lesson, here, now)
    _was_here(enrollment, lesson, now)
    return attempt


@transaction.atomic
def take_input(
    enrollment: Enrollment,
    lesson: Lesson,
    data: Mapping[str, Any],
    *,
    by: User | None,
    seq: int | None = None,
    now: datetime | None = None,
) -> Attempt:
    """Take one input of a lesson: save the answers as given, move the state, finish the lesson when it is done.

    `seq` counts the inputs of an attempt. A client sends the last number that it was told plus one, counting on by itself while
    it is offline; an input whose number is not above that of the kept answer to the same question is an old one, and changes
    nothing. Without a number (a plain form) it is the newest. One numbered input answers one question.

    Raises Unreadable (nothing was changed), NotYours, NotLearning, NotBegun, AttemptOver, NoAttemptsLeft.
    """
    now = now or timezone.now()
    enrollment, progress, here = _sit_down(enrollment, lesson, by)
    attempt = here.attempt
    if attempt is not None and attempt.closed_at is not None:
        if seq is not None and seq <= attempt.seq:
            return attempt  # a retry of what had arrived
        if here.allowed is not None:
            raise AttemptOver(_("This attempt has been handed in, so its answers can no longer be changed."))
    _refuse_unless_learning(enrollment, here)
    if attempt is None and here.allowed is not None:
        raise NotBegun(_("Begin first; the questions are drawn when you do."))
    if attempt is None or attempt.closed_at is not None:
        attempt = _open(enrollment, lesson, here, now)
        here = replace(here, attempt=attempt, state=here.kind.state_from_json(attempt.state))
    outcome = here.kind.receive(here.content, here.state, data, now)
    if seq is not None and seq < 1:
        raise Unreadable(_("The number of the input is not a whole number above zero."))
    number = attempt.seq + 1 if seq is None else min(seq, attempt.seq + FURTHEST_AHEAD)
    if _is_old(attempt, outcome, number):
        return attempt
    _keep(attempt, here, outcome, number, now)
    place = here.kind.place(here.content, outcome.state)[:60]
    if progress.place != place:
        progress.place = place
        progress.save(update_fields=["place"])
    _was_here(enrollment, lesson, now)
    if outcome.finished or outcome.score is not None:
        finish_lesson(enrollment, lesson, score=outcome.score, now=now)
    return attempt


def close_out_of_time(now: datetime | None = None) -> int:
    """Hand in what nobody handed in before its time was up, with the answers that were saved in time. Returns how many."""
    now = now or timezone.now()
    found = Attempt.objects.out_of_time(now).order_by("due_at").select_related("enrollment", "lesson")[:MOST_CLOSED]
    return sum(_close_one(attempt, now) for attempt in found)


@transaction.atomic
def _close_one(attempt: Attempt, now: datetime) -> bool:
    try:
        take_input(attempt.enrollment, attempt.lesson, {"hand_in": "1"}, by=None, now=now)
    except AttemptOver:
        return False
    except (Refusal, Unreadable):  # the place has ended: the attempt ends with it, without a score
        Attempt.objects.filter(pk=attempt.pk, closed_at__isnull=True).update(closed_at=now)
    return True


@transaction.atomic
def add_attempts(enrollment: Enrollment, lesson: Lesson, extra: int, reason: str, *, by: User) -> ExtraAttempts:
    """Give one learner more attempts at one lesson, with the reason."""
    enrollment = locked_enrollment(enrollment)
    if not may_run(by, enrollment.cohort.organiser):
        raise NotYours(_("Only training officers of the organiser give more attempts."))
    if enrollment.status != Enrollment.Status.ACTIVE:
        raise Refusal(_("This place is no longer being learned, so more attempts would help nobody."))
    if not 1 <= extra <= MOST_EXTRA:
        raise Refusal(_("Give between 1 and %(most)s attempts at a time.") % {"most": MOST_EXTRA}, field="extra")
    reason = reason.strip()
    if not reason:
        raise Refusal(_("Say why; the reason is kept with the attempts."), field="reason")
    if seat(enrollment, lesson).allowed is None:
        raise Refusal(_("This lesson may be tried as often as one likes."), field="lesson")
    row = ExtraAttempts.objects.create(
        enrollment=enrollment, lesson=lesson, extra=extra, reason=reason[:300], given_by=by
    )
    record("enrollment.attempts_added", enrollment, by=by, lesson=lesson.title, extra=extra, reason=reason[:300])
    return row


def _sit_down(enrollment: Enrollment, lesson: Lesson, by: User | None) -> tuple[Enrollment, LessonProgress, Seat]:
    enrollment = locked_enrollment(enrollment)
    if by is not None and by.pk != enrollment.learner_id:
        raise NotYours(_("Only the learner works on these lessons."))
    if lesson.version_id != enrollment.version_id:
        raise LookupError("the lesson belongs to another version")
    if enrollment.status == Enrollment.Status.WITHDRAWN:
        raise NotLearning(_("Your place in this course has ended. Enrol again to go on."))
    if (first := pre_test_before(enrollment, lesson)) is not None:
        raise PreTestFirst(first)
    progress, _made = LessonProgress.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        enrollment=enrollment, lesson=lesson
    )
    return enrollment, progress, seat(enrollment, lesson, locked=True)


def _refuse_unless_learning(enrollment: Enrollment, here: Seat) -> None:
    """After completion lessons may be read and practised again; what was graded is closed with the certificate."""
    if enrollment.status == Enrollment.Status.COMPLETED and here.kind.is_graded(here.content):
        raise NotLearning(_("You have completed this course. Its graded tests are closed, and your score stands."))


def _open(enrollment: Enrollment, lesson: Lesson, here: Seat, now: datetime) -> Attempt:
    if here.left == 0:
        raise NoAttemptsLeft(_("You have used all your attempts. Your training officer can give you another one."))
    state = here.kind.open(here.content, rng=SystemRandom(), now=now)
    due_at = here.kind.deadline(here.content, state)
    return Attempt.objects.create(
        enrollment=enrollment,
        lesson=lesson,
        number=here.used + 1,
        state=here.kind.state_to_json(state),
        started_at=now,
        due_at=due_at,
    )


def _is_old(attempt: Attempt, outcome: Outcome, number: int) -> bool:
    """Whether every answer that this input carries was already replaced by a newer one, or is the same one again."""
    if not outcome.items:
        return False
    kept = dict(attempt.items.filter(key__in=list(outcome.items), seq__gte=number).values_list("key", "seq"))
    if not kept:
        return False
    if len(kept) < len(outcome.items):
        raise Unreadable(_("Send the answers one at a time; some of these were already replaced by newer ones."))
    return True


def _keep(attempt: Attempt, here: Seat, outcome: Outcome, number: int, now: datetime) -> None:
    attempt.state = here.kind.state_to_json(outcome.state)
    attempt.seq = max(attempt.seq + 1, number)
    attempt.saved_at = now
    attempt.is_finished = attempt.is_finished or outcome.finished
    if outcome.score is not None:
        attempt.score = outcome.score
    if outcome.is_over:
        attempt.closed_at = now
    attempt.save(update_fields=["state", "seq", "saved_at", "is_finished", "score", "closed_at"])
    AttemptItem.objects.bulk_create(
        [
            AttemptItem(attempt=attempt, key=key, answer=answer, seq=number, saved_at=now)
            for key, answer in outcome.items.items()
        ],
        update_conflicts=True,
        unique_fields=["attempt", "key"],
        update_fields=["answer", "seq", "saved_at"],
    )


def _was_here(enrollment: Enrollment, lesson: Lesson, now: datetime) -> None:
    enrollment.last_activity_at = now
    enrollment.started_at = enrollment.started_at or now
    enrollment.current_lesson_uid = lesson.uid
    enrollment.save(update_fields=["last_activity_at", "started_at", "current_lesson_uid"])
