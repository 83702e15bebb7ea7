"""Celery doors of course files."""

from contextlib import suppress

from celery import shared_task

from accounts.jobs.actions import Cancelled
from asn_lms.lib.days import instant
from courses.files.actions import lighten_next, run_conversion


@shared_task(name="files.convert_video")
def convert_video(job_id: int) -> None:
    with suppress(Cancelled):
        run_conversion(job_id)


@shared_task(name="files.lighten")
def lighten(at: str | None = None) -> None:
    """One film at a time, so that nobody waits behind a course full of them."""
    lighten_next(instant(at))
