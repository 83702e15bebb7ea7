"""Writing a course: its identity, its details, the next draft. The outline has a page of its own, `outline.py`."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from courses.authoring.codes import propose_code
from courses.lesson_kinds import kinds
from courses.publishing.actions import WrongState
from courses.structure.models import Course, CourseVersion, Lesson, Module, ReviewComment
from courses.structure.rules import may_author
from courses.taxonomy.terms import survey_terms


@transaction.atomic
def create_course(title: str, organiser: Agency, *, by: User | None, code: str = "") -> CourseVersion:
    """A new course with its first, empty draft. The code is proposed from the title when none is given."""
    if by is not None and not may_author(by, organiser):
        raise NotYours(_("You can only make courses for units in which you are a training officer."), field="organiser")
    title = title.strip()
    if not title:
        raise Refusal(_("Give the course a title."), field="title")
    course = _new_course(title, organiser, by, code)
    draft = CourseVersion.objects.create(
        course=course, number=1, title=title, survey_after_months=survey_terms().after_months
    )
    if by is not None:
        draft.authors.add(by)
    record("course.created", course, by=by, title=title)
    return draft


def _new_course(title: str, organiser: Agency, by: User | None, code: str) -> Course:
    wanted = code
    for _attempt in range(5):
        if not code:
            wanted = propose_code(title, set(Course.objects.values_list("code", flat=True)))
        try:
            with transaction.atomic():
                return Course.objects.create(code=wanted, organiser=organiser, created_by=by)
        except IntegrityError as error:  # somebody took the code between the look and the write
            if code:
                raise Refusal(_("The code %(code)s is taken.") % {"code": code}, field="code") from error
    raise Refusal(_("No free code was found for this title. Change the title a little."), field="title")


def lock_draft(version: CourseVersion, *, by: User | None) -> CourseVersion:
    """The draft under lock, and the person counted among its authors from now on. Refuses any other state and any other person."""
    row = CourseVersion.objects.select_for_update(of=("self",), no_key=True).filter(pk=version.pk).first()
    if row is None:
        raise Refusal(_("It is gone: somebody else deleted it. Reload the page."))
    row.course = Course.objects.select_related("organiser").get(pk=row.course_id)
    if by is not None and not may_author(by, row.course.organiser):
        raise NotYours(_("Only a training officer of %(agency)s can do this.") % {"agency": row.course.organiser})
    if row.state != CourseVersion.State.DRAFT:
        raise WrongState(row)
    if by is not None:
        row.authors.add(by)
    return row


@transaction.atomic
def edit_details(version: CourseVersion, values: Mapping[str, Any], *, by: User | None) -> CourseVersion:
    """Set what the version says of itself; names that are not in `values` stay. The same values again change nothing."""
    row = lock_draft(version, by=by)
    changed = [name for name in CourseVersion.DETAILS if name in values and getattr(row, name) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=[*changed, "updated_at"])
        record("version.edited", row, by=by, fields=changed)
    return row


@transaction.atomic
def change_organiser(course: Course, organiser: Agency, *, by: User | None) -> Course:
    """Hand the course to another unit; the person must be an officer of both."""
    row = Course.objects.select_for_update(of=("self",), no_key=True).select_related("organiser").get(pk=course.pk)
    if by is not None and not (may_author(by, row.organiser) and may_author(by, organiser)):
        raise NotYours(
            _("You can only hand a course to a unit in which you are a training officer."), field="organiser"
        )
    if row.organiser_id != organiser.pk:
        before, row.organiser = row.organiser, organiser
        row.save(update_fields=["organiser"])
        record("course.organiser_changed", row, by=by, before=before, after=organiser)
    return row


@transaction.atomic
def next_draft(course: Course, *, by: User | None) -> CourseVersion:
    """The version to work on: a copy of the newest one, lessons with the same uid. When one is in the making already, that one."""
    locked = Course.objects.select_for_update(of=("self",), no_key=True).select_related("organiser").get(pk=course.pk)
    if by is not None and not may_author(by, locked.organiser):
        raise NotYours(_("Only a training officer of %(agency)s can do this.") % {"agency": locked.organiser})
    versions = CourseVersion.objects.filter(course=locked)
    in_the_making = versions.in_the_making().first()
    if in_the_making is not None:
        return in_the_making
    source = locked.current or versions.order_by("-number").first()
    number = (versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    if source is None:
        draft = CourseVersion.objects.create(course=locked, number=number, title=locked.code)
    else:
        draft = CourseVersion.objects.create(
            course=locked, number=number, **{name: getattr(source, name) for name in CourseVersion.DETAILS}
        )
        _copy_outline(source, draft)
    if by is not None:
        draft.authors.add(by)
    record("version.drafted", draft, by=by, copy_of=source.number if source else None)
    return draft


def _copy_outline(source: CourseVersion, draft: CourseVersion) -> None:
    modules: dict[int, Module] = {}
    for module in source.modules.all():
        modules[module.pk] = Module.objects.create(
            version=draft, position=module.position, title=module.title, jp=module.jp
        )
    lessons = list(source.lessons.all())
    contents = kinds.load_many(lessons)
    for lesson in lessons:
        copy = Lesson.objects.create(
            version=draft,
            module=modules[lesson.module_id],
            uid=lesson.uid,
            position=lesson.position,
            kind=lesson.kind,
            title=lesson.title,
            minutes=lesson.minutes,
            is_required=lesson.is_required,
            test=lesson.test,
        )
        if lesson.pk in contents:
            kinds[lesson.kind].copy(contents[lesson.pk], to=copy)


@transaction.atomic
def discard_draft(version: CourseVersion, *, by: User | None) -> None:
    """Throw away a next draft; the published version stays as it is. The only version of a course cannot be thrown away."""
    row = lock_draft(version, by=by)
    if not CourseVersion.objects.filter(course=row.course).exclude(pk=row.pk).exists():
        raise Refusal(_("This is the only version of the course. Write on, or leave it as a draft."))
    record("version.discarded", row.course, by=by, number=row.number)
    ReviewComment.objects.filter(version=row).delete()
    row.delete()
