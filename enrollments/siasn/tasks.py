"""Doors for the workers and the clock."""

from contextlib import suppress

from celery import shared_task

from accounts.jobs.actions import Cancelled, claim_job
from asn_lms.lib.days import instant
from enrollments.siasn import actions, people, sending
from enrollments.siasn.sheet import TASK, write_file


@shared_task(name="siasn.sweep")
def sweep(at: str | None = None) -> None:
    actions.sweep(instant(at), at)


@shared_task(name="siasn.sweep_all")
def sweep_all(at: str | None = None) -> None:
    actions.open_rows()


@shared_task(name="siasn.send")
def send(posting_id: int, at: str | None = None) -> None:
    sending.send_posting(posting_id, instant(at), at)


@shared_task(name="siasn.send_waiting")
def send_waiting(at: str | None = None) -> None:
    sending.send_waiting(instant(at), at)


@shared_task(name="siasn.read_index")
def read_index(row_id: int, at: str | None = None) -> None:
    people.read_index(row_id, instant(at))


@shared_task(name="siasn.read_due")
def read_due(at: str | None = None) -> None:
    people.read_due(instant(at))


@shared_task(name=TASK)
def export(job_id: int) -> None:
    if job := claim_job(job_id):
        with suppress(Cancelled):
            write_file(job)
