"""The worker's door to archives."""

from contextlib import suppress

from celery import shared_task

from accounts.jobs.actions import Cancelled, claim_job
from enrollments.archives.actions import TASK
from enrollments.archives.archive import write_archive


@shared_task(name=TASK)
def pack(job_id: int) -> None:
    if job := claim_job(job_id):
        with suppress(Cancelled):
            write_archive(job)
