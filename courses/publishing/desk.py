"""A course as it lies before a person: which version is at hand, and what they may do with it."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.structure.models import Course, CourseVersion
from courses.structure.rules import may_author

State = CourseVersion.State
TAXONOMY = ("competency", "path", "training_type", "family")


@dataclass(frozen=True)
class Tab:
    label: str | Promise
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True)
class Desk:
    """Versions newest first. `version` is the one at hand: in the making, else published, else the newest."""

    course: Course
    versions: tuple[CourseVersion, ...]
    version: CourseVersion
    is_author: bool
    is_reviewer: bool

    @property
    def current(self) -> CourseVersion | None:
        return next((one for one in self.versions if one.state == State.PUBLISHED), None)

    @property
    def in_the_making(self) -> CourseVersion | None:
        return next((one for one in self.versions if one.state in CourseVersion.IN_THE_MAKING), None)

    @property
    def may_edit(self) -> bool:
        return self.is_author and self.version.state == State.DRAFT

    @property
    def title(self) -> str:
        return self.version.title

    def tabs(self, here: str) -> list[Tab]:
        code = self.course.code
        pages: list[tuple[str, str | Promise]] = []
        if self.is_author:
            pages += [("course-outline", _("Outline")), ("course-details", _("About the course"))]
        pages.append(("course-review", _("Review")))
        if self.is_author:
            pages += [("office-course", _("Versions and history")), ("course-evaluation", _("Evaluation"))]
        return [Tab(label, reverse(name, args=[code]), name == here) for name, label in pages]


def desk_or_404(user: Any, code: str, *, authors_only: bool = True) -> Desk:
    """The course with all its versions, for its officers; with `authors_only=False` also for the named reviewer.

    A course of another unit answers like one that never existed.
    """
    rows = CourseVersion.objects.managed_by(user) if authors_only else CourseVersion.objects.visible_to(user)
    versions = tuple(
        rows.filter(course__code=code)
        .select_related("course__organiser", "reviewer", *TAXONOMY, *(f"course__current__{name}" for name in TAXONOMY))
        .order_by("-number")
    )
    if not versions:
        raise Http404
    course = versions[0].course
    at_hand = next((one for one in versions if one.state in CourseVersion.IN_THE_MAKING), None) or next(
        (one for one in versions if one.state == State.PUBLISHED), versions[0]
    )
    return Desk(
        course=course,
        versions=versions,
        version=at_hand,
        is_author=may_author(user, course.organiser),
        is_reviewer=at_hand.reviewer_id == user.pk,
    )
