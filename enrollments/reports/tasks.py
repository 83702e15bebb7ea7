"""The worker's and the clock's doors to exports and to what is kept."""

from functools import partial
from typing import Any

from celery import shared_task
from django.utils import timezone
from django.utils.text import slugify

from accounts.agencies.models import Agency
from accounts.jobs.actions import advance
from accounts.jobs.models import Job
from asn_lms.lib.days import instant
from enrollments.reports.actions import TASK, keep_months, keep_report
from enrollments.reports.canonical import read
from enrollments.reports.delivery import counted, work_off
from enrollments.reports.files import Form, write_file
from enrollments.reports.models import Snapshot


@shared_task(name=TASK)
def export(job_id: int) -> None:
    work_off(job_id, write_export)


@shared_task(name="reports.keep_months")
def keep(at: str | None = None) -> None:
    keep_months(instant(at))


def write_export(job: Job, file: Any) -> str:
    """Write the report that the job asks for, and keep what it says; returns the file's name."""
    agency = Agency.objects.get(pk=job.payload["agency"])
    form, known = Form(job.payload["form"]), job.payload.get("known")
    advance(job, 0, 1)
    snapshot = (
        Snapshot.objects.select_related("agency").get(pk=known)
        if known
        else keep_report(agency, job.payload["year"], timezone.now(), origin=job.uid)
    )
    with_people = not known and form.has_people
    total = read(snapshot.figures).report.staff.people if with_people else 1

    write_file(
        file, form, snapshot, show=job.payload["show"], people=with_people, counted=partial(counted, job, total=total)
    )
    advance(job, total, total)
    day = f"-{snapshot.known_on:%Y-%m-%d}" if known else ""
    return f"{slugify(agency.label) or 'laporan'}-{snapshot.year}{day}.{form.ending}"
