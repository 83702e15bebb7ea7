"""Doors for the worker: importing the people of a cohort."""

from contextlib import suppress

from celery import shared_task

from accounts.jobs.actions import Cancelled, claim_job
from accounts.jobs.imports import check_import, write_import
from accounts.jobs.models import Job
from enrollments.rosters.actions import CHECK, WRITE
from enrollments.rosters.sheet import places_in


@shared_task(name=CHECK)
def check(job_id: int) -> None:
    if job := claim_job(job_id):
        with suppress(Cancelled):
            check_import(job, places_in(job.payload["cohort"]))


@shared_task(name=WRITE)
def write(job_id: int) -> None:
    if job := claim_job(job_id):
        reviewed = Job.objects.get(uid=job.payload["check"])
        with suppress(Cancelled):
            write_import(job, places_in(reviewed.payload["cohort"]))
