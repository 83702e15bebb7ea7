"""Doors for the worker."""

from contextlib import suppress

from celery import shared_task

from accounts.agencies.sheet import AgencySheet
from accounts.jobs.actions import Cancelled, claim_job
from accounts.jobs.imports import check_import, write_import


@shared_task(name="agencies.check_import")
def check(job_id: int) -> None:
    if job := claim_job(job_id):
        with suppress(Cancelled):
            check_import(job, AgencySheet)


@shared_task(name="agencies.write_import")
def write(job_id: int) -> None:
    if job := claim_job(job_id):
        with suppress(Cancelled):
            write_import(job, AgencySheet)
