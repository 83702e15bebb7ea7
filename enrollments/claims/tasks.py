"""Doors for the worker and the clock."""

from collections.abc import Callable
from contextlib import suppress

from celery import shared_task
from django.utils import translation

from accounts.jobs.actions import Cancelled, claim_job, fail_job
from accounts.jobs.imports import check_import, write_import
from accounts.jobs.models import Job
from asn_lms.lib.days import instant
from asn_lms.lib.refusals import Refusal
from enrollments.claims import actions
from enrollments.claims.actions.evidence import CLEAR
from enrollments.claims.sheet import CHECK, WRITE, ClaimRows, importer_of


@shared_task(name=CLEAR)
def clear(at: str | None = None) -> None:
    actions.clear(instant(at))


@shared_task(name=CHECK)
def check(job_id: int) -> None:
    if job := claim_job(job_id):
        _work(job, job, check_import)


@shared_task(name=WRITE)
def write(job_id: int) -> None:
    if job := claim_job(job_id):
        _work(job, Job.objects.get(uid=job.payload["check"]), write_import)


def _work(job: Job, reviewed: Job, act: Callable[[Job, type[ClaimRows]], None]) -> None:
    with suppress(Cancelled), translation.override(job.owner.language if job.owner else None):
        try:
            with importer_of(reviewed) as importer:
                act(job, importer)
        except Refusal as refusal:  # a ZIP that is not opened, a sheet of another room
            fail_job(job, str(refusal.sentence))
