"""Packages in and out as long work: started on a screen, done by a worker, with a page to watch."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.jobs.actions import advance, fail_job, finish_job, start_job
from accounts.jobs.models import Job
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from asn_lms.lib.uploads import check_upload
from courses.packages.actions import import_package
from courses.packages.manifest import BadPackage
from courses.packages.zipping import LIMITS, export_package
from courses.structure.models import CourseVersion
from courses.structure.rules import may_author

IMPORT, EXPORT = "packages.import", "packages.export"
ZIP = "application/zip"


def start_import(upload: Any, organiser: Agency, *, by: User) -> Job:
    """Keep the uploaded ZIP and have a worker bring it in. Refuses, beside the field, what is no ZIP or is empty or too large."""
    if not may_author(by, organiser):
        raise NotYours(_("You can only make courses for units in which you are a training officer."), field="organiser")
    try:
        check_upload(upload, {ZIP}, largest=LIMITS.size)
    except Refusal as refusal:
        refusal.field = "file"
        raise
    title = _("Import of %(name)s") % {"name": upload.name}
    return start_job(IMPORT, title, owner=by, payload={"organiser": organiser.pk}, source=upload)


@transaction.atomic
def start_export(version: CourseVersion, *, by: User) -> Job:
    """Have a worker make the package of this version."""
    if not may_author(by, version.course.organiser):
        raise NotYours(_("Only a training officer of %(agency)s can do this.") % {"agency": version.course.organiser})
    record("version.exported", version, by=by)
    title = _("Package of %(title)s, version %(number)d") % {"title": version.title, "number": version.number}
    return start_job(EXPORT, title, owner=by, payload={"version": version.pk})


def run_import(job: Job) -> None:
    """All or nothing, in one transaction; its lock on the job keeps other workers away however long it takes."""
    organiser = Agency.objects.get(pk=job.payload["organiser"])
    try:
        with _scratch() as folder, transaction.atomic():
            advance(job, 0, 1)
            path = folder / "package.zip"
            with job.source.open("rb") as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
            before = CourseVersion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            version = import_package(path, by=job.owner, organiser=organiser)
            result = {"code": version.course.code, "version": version.number, "is_new": version.pk > before}
            finish_job(job, result=result)
    except BadPackage as refusal:
        advance(job, 0, 1, result={"reasons": [str(reason) for reason in refusal.reasons[:200]]})
        fail_job(job, _("The package was not brought in; nothing has changed."))
    except Refusal as refusal:
        fail_job(job, str(refusal.sentence))


def run_export(job: Job) -> None:
    version = CourseVersion.objects.select_related("course").get(pk=job.payload["version"])
    with _scratch() as folder:
        path = folder / f"{version.course.code}-v{version.number}.zip"
        with path.open("w+b") as file:
            export_package(version, file, on_file=lambda done, total: advance(job, done, total))
        with path.open("rb") as file:
            finish_job(job, file=File(file, name=path.name))


@contextmanager
def _scratch() -> Iterator[Path]:
    above = settings.DATA_DIR / "tmp"
    above.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="errand-", dir=above) as folder:
        yield Path(folder)
