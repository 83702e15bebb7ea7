"""Celery doors of course files."""

from contextlib import suppress

from celery import shared_task

from accounts.jobs.actions import Cancelled
from courses.files.actions import run_conversion


@shared_task(name="files.convert_video")
def convert_video(job_id: int) -> None:
    with suppress(Cancelled):
        run_conversion(job_id)
