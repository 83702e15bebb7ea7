"""The worker's door to reports that people put together."""

from typing import Any

from celery import shared_task
from django.utils import timezone
from django.utils.text import slugify

from accounts.agencies.models import Agency
from accounts.jobs.actions import advance
from accounts.jobs.models import Job
from asn_lms.lib.sheets import Leaf, write_book, write_csv
from enrollments.builder.actions import TASK
from enrollments.builder.queries import preview, whole
from enrollments.builder.wish import Wish
from enrollments.reports.delivery import counted, work_off


@shared_task(name=TASK)
def export(job_id: int) -> None:
    work_off(job_id, write_export)


def write_export(job: Job, file: Any) -> str:
    """Write the rows that the job asks for; returns the file's name."""
    agency, now = Agency.objects.get(pk=job.payload["agency"]), timezone.now()
    year, wish, form = job.payload["year"], Wish.of_payload(job.payload["wish"]), job.payload["form"]
    total = preview(agency, year, wish, now).total
    advance(job, 0, max(total, 1))
    found = whole(agency, year, wish, now)
    rows = counted(job, found.rows, total)
    if form == "csv":
        write_csv(file, found.headings, rows)
    else:
        write_book(file, [Leaf(found.title, found.headings, rows, found.widths)])
    return f"{slugify(agency.label) or 'laporan'}-{year}-{wish.rows}.{form}"
