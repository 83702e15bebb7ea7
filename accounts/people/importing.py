"""The two halves of an import, check and write, for people and for units: which worker does which, and how each begins."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.jobs.actions import start_job
from accounts.jobs.imports import accept_upload, confirm_import
from accounts.jobs.models import Job

CHECKS = {"people": "people.check_import", "agencies": "agencies.check_import"}
WRITES = {"people": "people.write_import", "agencies": "agencies.write_import"}
KIND_OF = {task: kind for tasks in (CHECKS, WRITES) for kind, task in tasks.items()}


def begin_check(kind: str, upload: Any, *, by: Any) -> Job:
    """Accept the file and let a worker look through it. Refuses what is no table, beside the field `file`."""
    accept_upload(upload)
    title = _("Checking %(file)s") % {"file": upload.name[:120]}
    return start_job(CHECKS[kind], title, owner=by, payload={"kind": kind}, source=upload)


def begin_write(check: Job, *, by: Any) -> Job:
    """Confirm a finished check: a worker writes its file. Confirmed twice, the first job is the answer."""
    title = _("Importing %(file)s") % {"file": check.source_name[:120]}
    return confirm_import(check, WRITES[KIND_OF[check.task]], title, by=by)
