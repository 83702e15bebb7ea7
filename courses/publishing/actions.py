"""From the author's desk to the catalogue: review, publication, retirement. Lock order: course → version."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from accounts.audit.actions import record
from accounts.notices.actions import tell
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from courses.publishing.queries import Problem, open_comments, problems
from courses.publishing.rules import may_be_reviewer, may_review
from courses.structure.models import Course, CourseVersion, ReviewComment
from courses.structure.rules import may_author

State = CourseVersion.State
Verdict = ReviewComment.Verdict


class NotReady(Refusal):
    """Something stands against publishing; `problems` says what, and where."""

    def __init__(self, found: list[Problem]) -> None:
        self.problems = found
        super().__init__(
            ngettext(
                "%(count)d thing must be put right first: %(first)s",
                "%(count)d things must be put right first, beginning with: %(first)s",
                len(found),
            )
            % {"count": len(found), "first": found[0].sentence}
        )


class WrongState(Refusal):
    """The version has moved on, most often by somebody else's hand."""

    def __init__(self, version: CourseVersion) -> None:
        super().__init__(
            _("Version %(number)d is now “%(state)s”. Reload the page to see what can be done with it.")
            % {"number": version.number, "state": version.get_state_display()}
        )


def _locked(version: CourseVersion, *states: str) -> CourseVersion:
    """The version under lock, its course locked before it; refuses when it is in none of the states."""
    course = (
        Course.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organiser")
        .get(pk=version.course_id)
    )
    row = CourseVersion.objects.select_for_update(of=("self",), no_key=True).filter(pk=version.pk).first()
    if row is None:
        raise Refusal(_("It is gone: somebody else deleted it. Reload the page."))
    row.course = course
    if row.state not in states:
        raise WrongState(row)
    return row


def _author_only(by: User | None, course: Course) -> None:
    if by is not None and not may_author(by, course.organiser):
        raise NotYours(_("Only a training officer of %(agency)s can do this.") % {"agency": course.organiser})


def _reviewer_only(by: User, version: CourseVersion) -> None:
    if not may_review(by, version):
        raise NotYours(_("Only the named reviewer can decide, and never somebody who wrote in this version."))


def _ready(version: CourseVersion) -> None:
    found = problems(version)
    if found:
        raise NotReady(found)


def _tell_reviewer(row: CourseVersion, reviewer: User) -> None:
    """One notice for each time that it is sent: the hour tells them apart."""
    assert row.submitted_at is not None
    title = gettext_lazy("A course waits for your review")
    link = reverse("course-review", args=[row.course.code])
    tell(reviewer, "review.asked", f"version {row.pk} {row.submitted_at:%Y-%m-%dT%H:%M:%S.%f}", title, row.title, link)


def _tell_authors(row: CourseVersion, said: ReviewComment, title: Any) -> None:
    link = reverse("course-review", args=[row.course.code])
    for author in row.authors.filter(is_active=True):
        with override(author.language):
            tell(author, "review.decided", f"verdict {said.pk}", str(title) % {"title": row.title}, said.text, link)


@transaction.atomic
def submit(version: CourseVersion, reviewer: User, *, by: User | None, message: str = "") -> CourseVersion:
    """Hand a finished draft to a named reviewer. Refused while anything stands against publishing or a comment is open."""
    row = _locked(version, State.DRAFT)
    _author_only(by, row.course)
    if not may_be_reviewer(reviewer, row):
        raise Refusal(
            _("%(name)s cannot review this version: reviewers bear that role for %(agency)s and did not write in it.")
            % {"name": reviewer.full_name, "agency": row.course.organiser},
            field="reviewer",
        )
    still_open = open_comments(row)
    if still_open:
        raise Refusal(
            ngettext(
                "%(count)d comment is still open. Mark it as done first.",
                "%(count)d comments are still open. Mark them as done first.",
                still_open,
            )
            % {"count": still_open}
        )
    _ready(row)
    row.state, row.reviewer, row.submitted_at = State.IN_REVIEW, reviewer, timezone.now()
    row.save(update_fields=["state", "reviewer", "submitted_at", "updated_at"])
    if by is not None:
        ReviewComment.objects.create(version=row, author=by, verdict=Verdict.SUBMITTED, text=message.strip())
    record("version.submitted", row, by=by, reviewer=reviewer.full_name)
    _tell_reviewer(row, reviewer)
    return row


@transaction.atomic
def withdraw_from_review(version: CourseVersion, *, by: User | None) -> CourseVersion:
    """Take a version back to the desk before it is published: from review, or from waiting for its hour. Approval is void then."""
    row = _locked(version, State.IN_REVIEW, State.APPROVED)
    _author_only(by, row.course)
    _back_to_draft(row)
    record("version.withdrawn", row, by=by)
    return row


def _back_to_draft(row: CourseVersion) -> None:
    row.state, row.approved_at, row.publish_at = State.DRAFT, None, None
    row.save(update_fields=["state", "approved_at", "publish_at", "updated_at"])


@transaction.atomic
def comment(
    version: CourseVersion,
    text: str,
    *,
    by: User,
    lesson_uid: UUID | None = None,
    reply_to: ReviewComment | None = None,
) -> ReviewComment:
    """Say something about the version or one lesson of it: the named reviewer, and officers in answer."""
    row = _locked(version, State.DRAFT, State.IN_REVIEW, State.APPROVED)
    if not (may_review(by, row) or may_author(by, row.course.organiser)):
        raise NotYours(_("Only the named reviewer and the officers of this course can comment."))
    if not text.strip():
        raise Refusal(_("Write your comment first."), field="text")
    if lesson_uid is not None and not row.lessons.filter(uid=lesson_uid).exists():
        raise Refusal(_("This lesson is no longer in the course. Comment on the course instead."), field="lesson")
    if reply_to is not None:
        reply_to = ReviewComment.objects.threads().filter(version=row).get(pk=reply_to.pk)
        lesson_uid = reply_to.lesson_uid
    said = ReviewComment.objects.create(
        version=row, author=by, text=text.strip(), lesson_uid=lesson_uid, reply_to=reply_to
    )
    record("version.commented", row, by=by)
    return said


@transaction.atomic
def resolve(said: ReviewComment, *, by: User, is_done: bool = True) -> ReviewComment:
    """Mark a comment as done, or open it again. Doing it twice changes nothing."""
    row = _locked(said.version, State.DRAFT, State.IN_REVIEW, State.APPROVED)
    if not (may_review(by, row) or may_author(by, row.course.organiser)):
        raise NotYours(_("Only the named reviewer and the officers of this course can do this."))
    said = ReviewComment.objects.threads().get(pk=said.pk)
    if (said.resolved_at is not None) != is_done:
        said.resolved_at, said.resolved_by = (timezone.now(), by) if is_done else (None, None)
        said.save(update_fields=["resolved_at", "resolved_by"])
        record("version.comment_resolved" if is_done else "version.comment_reopened", row, by=by)
    return said


@transaction.atomic
def return_to_authors(version: CourseVersion, text: str, *, by: User) -> CourseVersion:
    """The reviewer asks for changes, in words; the version is a draft again."""
    row = _locked(version, State.IN_REVIEW)
    _reviewer_only(by, row)
    if not text.strip():
        raise Refusal(_("Write what the authors should change."), field="text")
    _back_to_draft(row)
    said = ReviewComment.objects.create(version=row, author=by, verdict=Verdict.RETURNED, text=text.strip())
    record("version.returned", row, by=by)
    _tell_authors(row, said, gettext_lazy("Changes are asked for: “%(title)s”"))
    return row


@transaction.atomic
def approve(version: CourseVersion, *, by: User, text: str = "") -> CourseVersion:
    """The reviewer agrees. From now on the database keeps the content as it is; an officer may publish it."""
    row = _locked(version, State.IN_REVIEW)
    _reviewer_only(by, row)
    _ready(row)
    row.state, row.approved_at = State.APPROVED, timezone.now()
    row.save(update_fields=["state", "approved_at", "updated_at"])
    said = ReviewComment.objects.create(version=row, author=by, verdict=Verdict.APPROVED, text=text.strip())
    record("version.approved", row, by=by)
    _tell_authors(row, said, gettext_lazy("Approved: “%(title)s”"))
    return row


@transaction.atomic
def publish(
    version: CourseVersion, *, by: User | None, at: datetime | None = None, change_note: str | None = None
) -> CourseVersion:
    """Put an approved version into the catalogue, now or at an hour to come. Who studies an older version stays on it.

    Done twice at once, the second finds it published and is refused by WrongState.
    """
    row = _locked(version, State.APPROVED)
    _author_only(by, row.course)
    if change_note is not None:
        row.change_note = change_note.strip()
    if at is not None:
        if at <= timezone.now():
            raise Refusal(_("That time has passed. Choose a later one, or publish now."), field="at")
        row.publish_at = at
        row.save(update_fields=["publish_at", "change_note", "updated_at"])
        record("version.scheduled", row, by=by, at=at)
        return row
    _swap(row, timezone.now())
    record("version.published", row, by=by)
    return row


def _swap(row: CourseVersion, now: datetime) -> None:
    course = row.course
    if course.current_id is not None:
        old = CourseVersion.objects.select_for_update(no_key=True).get(pk=course.current_id)
        old.state, old.retired_at = State.RETIRED, now
        old.save(update_fields=["state", "retired_at", "updated_at"])
    row.state, row.published_at = State.PUBLISHED, now
    row.save(update_fields=["state", "published_at", "change_note", "updated_at"])
    course.current = row
    course.save(update_fields=["current"])


def publish_due(now: datetime) -> int:
    """Publish what waits for an hour that has come. Returns how many; each in its own transaction, twice changes nothing."""
    published = 0
    for pk in CourseVersion.objects.due_to_publish(now).order_by("publish_at").values_list("pk", flat=True):
        with transaction.atomic():
            try:
                row = _locked(CourseVersion.objects.get(pk=pk), State.APPROVED)
            except (WrongState, CourseVersion.DoesNotExist):
                continue
            if row.publish_at is None or row.publish_at > now:
                continue
            _swap(row, now)
            record("version.published", row, by=None)
            published += 1
    return published


@transaction.atomic
def publish_unreviewed(version: CourseVersion, *, by: User | None) -> CourseVersion:
    """Publish a draft that was judged elsewhere: for packages brought in by the operator of the server. It must still be ready."""
    row = _locked(version, State.DRAFT)
    _author_only(by, row.course)
    _ready(row)
    now = timezone.now()
    row.approved_at = now
    row.state = State.APPROVED
    row.save(update_fields=["state", "approved_at", "updated_at"])
    _swap(row, now)
    record("version.published", row, by=by, unreviewed=True)
    return row


@transaction.atomic
def retire(course: Course, *, by: User | None) -> CourseVersion:
    """Take a course out of the catalogue. Who is studying it goes on to the end; nobody new can begin."""
    locked: Any = (
        Course.objects.select_for_update(of=("self",), no_key=True).select_related("organiser").get(pk=course.pk)
    )
    _author_only(by, locked)
    if locked.current_id is None:
        raise Refusal(_("This course is not in the catalogue."))
    row = CourseVersion.objects.select_for_update(no_key=True).get(pk=locked.current_id)
    row.state, row.retired_at = State.RETIRED, timezone.now()
    row.save(update_fields=["state", "retired_at", "updated_at"])
    locked.current = None
    locked.save(update_fields=["current"])
    record("course.retired", locked, by=by, version=row.number)
    return row
