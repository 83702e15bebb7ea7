"""Bringing a course package in."""

import hashlib
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.audit.models import AuditEntry
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from asn_lms.lib.zips import CHUNK
from courses.authoring.actions import create_course, edit_details, lock_draft, next_draft
from courses.lesson_kinds import kinds
from courses.packages.manifest import Manifest, write_manifest
from courses.packages.queries import packed
from courses.packages.zipping import OpenPackage, open_package
from courses.publishing.actions import publish_unreviewed
from courses.structure.models import Course, CourseVersion, Lesson, Module
from courses.structure.rules import may_author
from courses.taxonomy.models import CompetencyKind, LearningPath, ProgramFamily, TrainingType


def import_package(path: Path, *, by: User | None, organiser: Agency, publish: bool = False) -> CourseVersion:
    """Bring a package in: as a new course, or as the next draft of the course that bears its code (which keeps its organiser).

    The same content as the newest version changes nothing. A draft that somebody has worked on by hand since is never overwritten.
    With `publish` (the operator's command and the demo) it goes to the catalogue without review, if nothing stands against it.
    Raises BadPackage, NotYours, Refusal.
    """
    with open_package(path) as package, transaction.atomic():
        version = _bring_in(package, by=by, organiser=organiser)
        if publish and version.state == CourseVersion.State.DRAFT:
            version = publish_unreviewed(version, by=by)
        return version


def _bring_in(package: OpenPackage, *, by: User | None, organiser: Agency) -> CourseVersion:
    manifest = package.manifest
    course = (
        Course.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organiser")
        .filter(code=manifest.code)
        .first()
    )
    if course is None:
        draft = create_course(manifest.title, organiser, by=by, code=manifest.code)
        return _fill(draft, package, by=by)
    if by is not None and not may_author(by, course.organiser):
        raise NotYours(_("The code %(code)s belongs to a course of another unit.") % {"code": course.code})
    newest = course.versions.in_the_making().first() or course.versions.order_by("-number").first()
    if newest is not None and holds_the_same(newest, package):
        return newest
    if newest is not None and newest.state in CourseVersion.IN_THE_MAKING:
        _refuse_to_overwrite(newest)
        return _fill(newest, package, by=by)
    return _fill(next_draft(course, by=by), package, by=by)


def _refuse_to_overwrite(version: CourseVersion) -> None:
    if version.state != CourseVersion.State.DRAFT:
        raise Refusal(
            _("Version %(number)d of this course is “%(state)s”. Publish it or take it back, then import again.")
            % {"number": version.number, "state": version.get_state_display()}
        )
    last = AuditEntry.objects.filter(object_type=version._meta.label_lower, object_id=str(version.pk)).first()
    if last is not None and last.action != "version.imported":
        raise Refusal(
            _(
                "Somebody is writing version %(number)d of this course. Publish or discard that draft, then import again."
            )
            % {"number": version.number}
        )


def _fill(draft: CourseVersion, package: OpenPackage, *, by: User | None) -> CourseVersion:
    """Make the draft exactly what the package says."""
    manifest = package.manifest
    edit_details(draft, _details(manifest), by=by)
    draft = lock_draft(draft, by=by)
    Lesson.objects.filter(version=draft).delete()
    Module.objects.filter(version=draft).delete()
    position = 0
    for place, module_entry in enumerate(manifest.modules):
        module = Module.objects.create(version=draft, position=place, title=module_entry.title, jp=module_entry.jp)
        for entry in module_entry.lessons:
            lesson = Lesson.objects.create(
                version=draft,
                module=module,
                uid=entry.uid,
                position=position,
                kind=entry.kind,
                title=entry.title,
                minutes=entry.minutes,
                is_required=entry.required,
                test=entry.test,
            )
            kinds[entry.kind].unpack(lesson, entry.content, package.of(entry.uid), by=by)
            position += 1
    record("version.imported", draft, by=by, lessons=position)
    return draft


def _details(manifest: Manifest) -> dict[str, object]:
    plain = (
        "title",
        "summary",
        "description",
        "motif",
        "language",
        "certificate_kind",
        "target_group",
        "jp",
        "pass_mark",
        "self_paced_days",
        "asks_before_download",
        "survey_after_months",
        "prints_gain",
    )
    return {
        **{name: getattr(manifest, name) for name in plain},
        "competency": CompetencyKind.objects.filter(code=manifest.competency).first(),
        "path": LearningPath.objects.filter(code=manifest.path).first(),
        "training_type": TrainingType.objects.filter(code=manifest.training_type).first(),
        "family": ProgramFamily.objects.filter(code=manifest.family).first(),
    }


def holds_the_same(version: CourseVersion, package: OpenPackage) -> bool:
    """Whether exporting the version would give this very package."""
    manifest, files = packed(version)
    try:
        if write_manifest(manifest) != write_manifest(package.manifest):
            return False
        ours = {(uid, name): _digest(source) for uid, some in files.items() for name, source in some.items()}
    finally:
        for some in files.values():
            for source in some.values():
                source.close()
    theirs = {}
    for uid, paths in package.files.items():
        for name, path in paths.items():
            with path.open("rb") as source:
                theirs[uid, name] = _digest(source)
    return ours == theirs


def _digest(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
