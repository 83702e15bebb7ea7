"""The audit of a course in sentences."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit.models import AuditEntry
from courses.structure.models import CourseVersion

SENTENCES: dict[str, Promise] = {
    "course.created": gettext_lazy("made the course"),
    "course.organiser_changed": gettext_lazy("handed the course from %(before)s to %(after)s"),
    "course.retired": gettext_lazy("took version %(version)s out of the catalogue"),
    "version.drafted": gettext_lazy("began this version as a copy of version %(copy_of)s"),
    "version.edited": gettext_lazy("changed the course information"),
    "version.imported": gettext_lazy("brought in a course package with %(lessons)s lessons"),
    "version.exported": gettext_lazy("made a course package"),
    "version.discarded": gettext_lazy("threw away the draft of version %(number)s"),
    "version.submitted": gettext_lazy("sent it to %(reviewer)s for review"),
    "version.withdrawn": gettext_lazy("took it back to the desk"),
    "version.commented": gettext_lazy("commented"),
    "version.comment_resolved": gettext_lazy("marked a comment as done"),
    "version.comment_reopened": gettext_lazy("opened a comment again"),
    "version.returned": gettext_lazy("asked for changes"),
    "version.approved": gettext_lazy("approved it"),
    "version.scheduled": gettext_lazy("set the hour of publication"),
    "version.published": gettext_lazy("published it"),
    "module.added": gettext_lazy("added the module “%(title)s”"),
    "module.edited": gettext_lazy("changed the module “%(title)s”"),
    "module.moved": gettext_lazy("moved the module “%(title)s”"),
    "module.deleted": gettext_lazy("deleted the module “%(title)s”"),
    "lesson.added": gettext_lazy("added the lesson “%(title)s”"),
    "lesson.edited": gettext_lazy("worked on the lesson “%(title)s”"),
    "lesson.moved": gettext_lazy("changed the order of lessons"),
    "lesson.deleted": gettext_lazy("deleted the lesson “%(title)s”"),
}


class _Said(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "–"


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    sentence: str
    version: int | None


def sentences(entries: list[AuditEntry], versions: tuple[CourseVersion, ...]) -> list[Line]:
    numbers = {str(version.pk): version.number for version in versions}
    is_version = CourseVersion._meta.label_lower
    return [
        Line(
            at=entry.at,
            who=entry.actor.full_name if entry.actor else _("The system"),
            sentence=str(SENTENCES.get(entry.action, entry.action)) % _Said(entry.details),
            version=numbers.get(entry.object_id) if entry.object_type == is_version else None,
        )
        for entry in entries
    ]
