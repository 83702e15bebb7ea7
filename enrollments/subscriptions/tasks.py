"""Doors for the clock."""

from celery import shared_task

from asn_lms.lib.days import instant
from enrollments.subscriptions import actions


@shared_task(name="subscriptions.send")
def send(at: str | None = None) -> None:
    actions.send_due(instant(at))
    actions.tell_of_written(instant(at), at)
