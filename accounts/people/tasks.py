"""Doors for the worker."""

from contextlib import suppress

from celery import shared_task

from accounts.jobs.actions import Cancelled, claim_job
from accounts.jobs.imports import check_import, write_import
from accounts.people.roster import Roster


@shared_task(name="people.check_import")
def check(job_id: int) -> None:
    if job := claim_job(job_id):
        with suppress(Cancelled):
            check_import(job, Roster)


@shared_task(name="people.write_import")
def write(job_id: int) -> None:
    if job := claim_job(job_id):
        with suppress(Cancelled):
            write_import(job, Roster)
