"""Answering learners."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audit.actions import record
from accounts.notices.actions import tell
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.attempts.models import AttemptItem
from enrollments.cohorts.rules import may_teach

LONGEST = 4000


@transaction.atomic
def comment_on(item: AttemptItem, text: str, *, by: User) -> AttemptItem:
    """Say something about an answer; the learner reads it on the lesson and is told so once. A second comment replaces the first."""
    item = (
        AttemptItem.objects.select_for_update(of=("self",), no_key=True)
        .select_related("attempt__lesson", "attempt__enrollment__learner", "attempt__enrollment__cohort__organiser")
        .get(pk=item.pk)
    )
    place, lesson = item.attempt.enrollment, item.attempt.lesson
    if not may_teach(by, place.cohort):
        raise NotYours(_("Only trainers and officers of this cohort comment on its answers."))
    text = text.strip()
    if not text:
        raise Refusal(_("Write a comment first."), field="comment")
    if len(text) > LONGEST:
        raise Refusal(_("A comment has at most 4,000 characters."), field="comment")
    is_said = (item.comment, item.commented_by_id) == (text, by.pk)
    if is_said and item.commented_at and item.saved_at <= item.commented_at:
        return item
    # Not `save()`: the time at which the answer was saved stays.
    AttemptItem.objects.filter(pk=item.pk).update(comment=text, commented_by=by, commented_at=timezone.now())
    record("answer.commented", item.attempt.enrollment, by=by, agency=place.cohort.organiser, lesson=lesson.title)
    tell(
        place.learner,
        "comment",
        f"answer {item.pk}",
        _("Your trainer has commented on your answer"),
        lesson.title,
        link=reverse("lesson", args=[place.pk, lesson.uid]),
    )
    item.refresh_from_db(fields=["comment", "commented_by", "commented_at"])
    return item
