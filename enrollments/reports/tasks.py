"""The worker's door to exports."""

import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from celery import shared_task
from django.core.files import File
from django.utils import timezone, translation
from django.utils.text import slugify

from accounts.agencies.models import Agency
from accounts.jobs.actions import Cancelled, advance, claim_job, finish_job
from accounts.jobs.models import Job
from asn_lms.lib.sheets import Leaf, write_book, write_csv
from enrollments.reports.actions import TASK
from enrollments.reports.book import leaves, people_leaf
from enrollments.reports.queries import agency_report

STEP = 250


@shared_task(name=TASK)
def export(job_id: int) -> None:
    job = claim_job(job_id)
    if job is None:
        return
    try:
        with translation.override(job.payload["language"]), tempfile.TemporaryFile() as file:
            name = write_export(job, file)
            file.seek(0)
            finish_job(job, file=File(file, name=name))
    except Cancelled:
        return


def write_export(job: Job, file: Any) -> str:
    """Write the report that the job asks for; returns the file's name."""
    agency = Agency.objects.get(pk=job.payload["agency"])
    year, form, show = job.payload["year"], job.payload["form"], job.payload["show"]
    report = agency_report(agency, year, timezone.now())
    total = report.staff.people
    advance(job, 0, total)
    if form == "csv":
        people = people_leaf(report, show=show)
        write_csv(file, people.headings, _counted(job, people.rows, total))
    else:
        sheets = list(leaves(report, show=show))
        people = sheets.pop()
        counted = Leaf(people.title, people.headings, _counted(job, people.rows, total), people.widths)
        write_book(file, [*sheets, counted])
    return f"{slugify(agency.label) or 'laporan'}-{year}.{form}"


def _counted(job: Job, rows: Any, total: int) -> Iterator[Sequence[Any]]:
    """The rows, while the job says how far it is."""
    number = 0
    for number, row in enumerate(rows, start=1):
        if number % STEP == 0:
            advance(job, number, total)
        yield row
    advance(job, number, total)
