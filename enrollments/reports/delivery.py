"""From a job to its file: the rows counted while they are written, the owner told when it is there."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.jobs.actions import Cancelled, advance, claim_job, finish_job
from accounts.jobs.models import Job
from accounts.notices.actions import tell

# A job says after so many rows how far it is, and stops there when it was cancelled.
STEP = 250


def work_off(job_id: int, write: Callable[[Job, IO[bytes]], str]) -> None:
    """Hold the job, let `write` fill its file (it returns the name), and deliver that. Nothing where another worker holds it."""
    job = claim_job(job_id)
    if job is None:
        return
    with suppress(Cancelled), translation.override(job.payload["language"]), tempfile.TemporaryFile() as file:
        name = write(job, file)
        file.seek(0)
        deliver(job, File(file, name=name))


def counted(job: Job, rows: Iterable[Sequence[Any]], total: int) -> Iterator[Sequence[Any]]:
    """The rows, while the job says how far it is."""
    number = 0
    for number, row in enumerate(rows, start=1):
        if number % STEP == 0:
            advance(job, number, max(total, number))
        yield row
    advance(job, number, max(total, number))


@transaction.atomic
def deliver(job: Job, file: "File[Any]") -> None:
    """The file is done: it waits with the job, and its owner is told so, both or neither."""
    finish_job(job, file=file)
    if job.owner and job.payload.get("tells", True):
        title, body = _("Your file is ready"), _("%(title)s can be fetched for seven days.") % {"title": job.title}
        tell(job.owner, "export.ready", f"job {job.pk}", title, body, job.get_absolute_url(), mail=False)
