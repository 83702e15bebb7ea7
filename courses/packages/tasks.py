"""Doors for workers."""

from contextlib import suppress

from celery import shared_task
from django.utils import translation

from accounts.jobs.actions import Cancelled, claim_job
from courses.packages.errands import EXPORT, IMPORT, run_export, run_import


@shared_task(name=IMPORT)
def bring_in(pk: int) -> None:
    job = claim_job(pk)
    if job is not None:
        with suppress(Cancelled), translation.override(job.owner.language if job.owner else "id"):
            run_import(job)


@shared_task(name=EXPORT)
def make_package(pk: int) -> None:
    job = claim_job(pk)
    if job is not None:
        with suppress(Cancelled), translation.override(job.owner.language if job.owner else "id"):
            run_export(job)
