"""Doors for the workers and the clock."""

from celery import shared_task

from asn_lms.lib.days import instant
from enrollments.issuance import actions


@shared_task(name=actions.WORK)
def work(at: str | None = None) -> None:
    actions.work(instant(at), at)


@shared_task(name="issuance.sweep")
def sweep(at: str | None = None) -> None:
    actions.sweep(instant(at), at)
