"""Doors for the workers and the clock."""

from celery import shared_task
from django.utils import timezone

from accounts.jobs import beats
from accounts.notices import actions, parked
from asn_lms.lib.days import instant


@shared_task(name="notices.send")
def send(notice_id: int, at: str | None = None) -> None:
    actions.send_mail(notice_id, instant(at))


@shared_task(name="notices.send_waiting")
def send_waiting(at: str | None = None) -> None:
    actions.send_waiting(instant(at), at)


@shared_task(name="notices.sweep")
def sweep(at: str | None = None) -> None:
    if at is None:
        beats.mark(beats.CLOCK, timezone.now())
    actions.sweep(instant(at), at)


@shared_task(name="notices.tell_job_parked")
def tell_job_parked(job_id: int) -> None:
    parked.tell_job_parked(job_id)
