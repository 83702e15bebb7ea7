"""Finishing lessons and courses. Lock order: enrollment → progress."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.audit.actions import record
from asn_lms.lib.days import local_day
from courses.structure.models import Lesson
from enrollments.certificates.actions import certify_completion
from enrollments.credits.actions import credit_completion
from enrollments.enrolling.actions import locked_enrollment
from enrollments.enrolling.models import Enrollment
from enrollments.progress.models import LessonProgress
from enrollments.progress.queries import below_mark, standing, studied_days
from enrollments.tallies.actions import count
from enrollments.tallies.models import Measure


@transaction.atomic
def finish_lesson(
    enrollment: Enrollment, lesson: Lesson, *, score: Decimal | None = None, now: datetime | None = None
) -> LessonProgress:
    """The lesson is done, and stays done. The best score counts, whatever comes later; of a pre-test the first, since a later one
    would no longer say what was known before. Completes the course when it was the last.

    `score` is 0–100. Saying it twice changes nothing.
    """
    now = now or timezone.now()
    enrollment = locked_enrollment(enrollment)
    row, _made = LessonProgress.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        enrollment=enrollment, lesson=lesson
    )
    is_new = row.finished_at is None
    if is_new:
        row.finished_at = now
    if score is not None and (row.best_score is None or (score > row.best_score and not lesson.is_pre_test)):
        row.best_score = score
    row.save(update_fields=["finished_at", "best_score"])
    if is_new:
        _step_on(enrollment, lesson)
    complete_if_ready(enrollment, now=now)
    return row


@transaction.atomic
def complete_if_ready(enrollment: Enrollment, *, now: datetime | None = None) -> bool:
    """Complete the course when all that it asks for is done; returns whether this call completed it.

    Credit, certificate number and counts are written in the same transaction, exactly once: the locked row decides. The day
    is that of the learner's zone, and so is the year in which the JP count.
    """
    now = now or timezone.now()
    enrollment = locked_enrollment(enrollment)
    if enrollment.status != Enrollment.Status.ACTIVE:
        return False
    where = standing(enrollment)
    if not where.is_complete:
        return False
    learner = enrollment.learner
    agency = learner.agency or enrollment.agency
    day = local_day(agency.zone, now)
    enrollment.status = Enrollment.Status.COMPLETED
    enrollment.completed_at = now
    enrollment.completion_agency = agency
    enrollment.score, enrollment.pre_score, enrollment.post_score = where.score, where.pre, where.post
    enrollment.save(update_fields=["status", "completed_at", "completion_agency", "score", "pre_score", "post_score"])
    credit = credit_completion(enrollment, on=day, studied=studied_days(enrollment, agency.zone))
    certify_completion(enrollment, on=day, now=now, scores=where.scores_by_module)
    course = enrollment.version.course
    count(Measure.COMPLETED, agency, course, day)
    count(Measure.ENDED, enrollment.agency, course, local_day(enrollment.agency.zone, now))
    record("enrollment.completed", enrollment, by=learner, agency=agency, score=where.score, jp=credit.jp)
    return True


def _step_on(enrollment: Enrollment, lesson: Lesson) -> None:
    """Count the finished lessons anew, and let "continue" land on the next one that is not finished, or not passed."""
    rows = {row.lesson_id: row for row in LessonProgress.objects.filter(enrollment=enrollment)}
    lessons = list(Lesson.objects.filter(version=enrollment.version_id).order_by("position"))
    done = {pk for pk, row in rows.items() if row.finished_at is not None}
    left = [one for one in lessons if one.pk not in done] or below_mark(
        enrollment.version.pass_mark, {one: rows[one.pk].best_score for one in lessons}
    )
    enrollment.lessons_finished = len(done)
    enrollment.current_lesson_uid = min(
        left, key=lambda one: (one.position <= lesson.position, one.position), default=lesson
    ).uid
    enrollment.save(update_fields=["lessons_finished", "current_lesson_uid"])
