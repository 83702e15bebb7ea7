"""Long work: started by a person, done by a worker, resumed by another worker when the first one dies.

The row is the truth. A worker holds a job by a lease that every `advance` renews; a worker that lost its lease (because it
was silent too long and another took over) can change nothing any more.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.jobs.models import IdempotencyKey, Job
from accounts.jobs.rules import may_cancel_job, may_retry_job
from asn_lms.lib.later import later
from asn_lms.lib.refusals import NotYours, Refusal

logger = logging.getLogger(__name__)

# A dead worker's job is taken up again within lease + the sweeper's 15 s, so within a minute (promise R4).
LEASE = timedelta(seconds=40)
MOST_TRIES = 5
KEPT = timedelta(days=7)
ALARM_AGAIN = timedelta(minutes=5)


class Cancelled(Exception):
    """The job was stopped by its owner, or another worker holds it now. The task just returns."""


@transaction.atomic
def start_job(
    task: str, title: str, *, owner: Any, payload: dict[str, Any] | None = None, source: "File[Any] | None" = None
) -> Job:
    """Write the job down and wake a worker. `task` is the Celery name of a task that takes the job's id."""
    job = Job(task=task, title=title[:200], owner=owner, payload=payload or {})
    if source is not None:
        job.source.save(_safe_name(getattr(source, "name", "") or "file"), source, save=False)
    job.save()
    later(task, job.pk)
    return job


@transaction.atomic
def claim_job(pk: int) -> Job | None:
    """Take the job for this worker, or None when it is over or another worker holds it. A job that broke five times is parked."""
    now = timezone.now()
    job = Job.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=pk).first()
    if job is None or job.is_over or (job.lease_until and job.lease_until > now):
        return None
    if job.tries >= MOST_TRIES:
        _park(job, now)
        return None
    job.tries += 1
    job.state = Job.State.RUNNING
    job.lease_until = now + LEASE
    job.started_at = job.started_at or now
    job.save(update_fields=["tries", "state", "lease_until", "started_at"])
    return job


def advance(job: Job, done: int, total: int | None = None, *, result: dict[str, Any] | None = None) -> None:
    """Say how far the work is, renew the lease, and stop when the owner cancelled (raises `Cancelled`).

    Call it inside the transaction that wrote the rows which it counts, and after a kill the next worker goes on from `job.done`.
    """
    job.done = done
    values: dict[str, Any] = {"done": done, "lease_until": timezone.now() + LEASE}
    if total is not None:
        job.total = values["total"] = total
    if result is not None:
        job.result = values["result"] = result
    if not _mine(job).update(**values):
        raise Cancelled


def finish_job(job: Job, *, result: dict[str, Any] | None = None, file: "File[Any] | None" = None) -> None:
    """The work is done. `file` (with a name) is kept for the owner for seven days."""
    if file is not None:
        job.file.save(_safe_name(file.name or "result"), file, save=False)
    job.result = job.result if result is None else result
    job.state = Job.State.DONE
    job.finished_at = timezone.now()
    values = {"state": job.state, "result": job.result, "file": job.file.name or "", "finished_at": job.finished_at}
    if not _mine(job).update(**values, done=F("total"), lease_until=None):
        raise Cancelled


def fail_job(job: Job, reason: str) -> None:
    """The work cannot be done, and trying again would not help: the reason is for the owner to read."""
    job.state = Job.State.FAILED
    job.error = reason[:500]
    job.finished_at = timezone.now()
    _mine(job).update(state=job.state, error=job.error, finished_at=job.finished_at, lease_until=None)


@transaction.atomic
def cancel_job(job: Job, *, by: Any) -> Job:
    """Stop the job at its next step. What is written stays written."""
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if not may_cancel_job(by, job):
        raise NotYours(_("Only the person who started this work can stop it."))
    if job.is_over:
        raise Refusal(_("This work is already over."))
    job.state = Job.State.CANCELLED
    job.finished_at = timezone.now()
    job.lease_until = None
    job.save(update_fields=["state", "finished_at", "lease_until"])
    record("job.cancelled", job, by=by)
    return job


@transaction.atomic
def retry_job(job: Job, *, by: Any) -> Job:
    """Put a failed job back in the queue, with all its tries. It goes on from where it stood."""
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if not may_retry_job(by, job):
        raise NotYours(_("Only the person who started this work can try it again."))
    if job.state != Job.State.FAILED:
        raise Refusal(_("Only work that failed can be tried again."))
    if job.source.name and not job.source.storage.exists(job.source.name):
        raise Refusal(_("The file of this work is no longer kept. Upload it again."))
    job.state, job.tries, job.error, job.finished_at = Job.State.WAITING, 0, "", None
    job.save(update_fields=["state", "tries", "error", "finished_at"])
    record("job.retried", job, by=by)
    later(job.task, job.pk)
    return job


def sweep_jobs(now: datetime | None = None) -> int:
    """Wake a worker for each unfinished job that nobody holds. Returns how many."""
    at = now or timezone.now()
    with transaction.atomic():
        waiting = list(Job.objects.select_for_update(skip_locked=True, no_key=True).unheld(at)[:200])
        for job in waiting:
            later(job.task, job.pk)
        parked = Job.objects.filter(state=Job.State.FAILED, tries__gte=MOST_TRIES, finished_at__gte=at - ALARM_AGAIN)
        for pk in parked.values_list("pk", flat=True):
            later("notices.tell_job_parked", pk)  # should its message be lost; nobody is told twice
    return len(waiting)


def tidy_jobs(now: datetime | None = None) -> int:
    """Delete files (they hold personal data) of work that was over a week ago, and answers kept for repeated requests."""
    at = now or timezone.now()
    IdempotencyKey.objects.filter(created_at__lt=at - KEPT).delete()
    old = Job.objects.filter(finished_at__lt=at - KEPT).exclude(source="", file="")
    count = 0
    for job in old.iterator(chunk_size=200):
        for field in (job.source, job.file):
            if field:
                field.delete(save=False)
        # Sentences and counts may stay; rows of people may not.
        Job.objects.filter(pk=job.pk).update(
            source="", file="", result={k: v for k, v in job.result.items() if isinstance(v, int | str)}
        )
        count += 1
    return count


def _mine(job: Job) -> Any:
    # `tries` is the fence: whoever claimed later raised it.
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, tries=job.tries)


def _park(job: Job, now: datetime) -> None:
    job.state = Job.State.FAILED
    job.error = _("This work broke off five times and was set aside. An administrator has been told.")
    job.finished_at = now
    job.lease_until = None
    job.save(update_fields=["state", "error", "finished_at", "lease_until"])
    record("job.parked", job, by=None)
    logger.error("Job %s (%s) was parked after %d tries", job.pk, job.task, job.tries)
    later("notices.tell_job_parked", job.pk)


def _safe_name(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1][-120:]
