"""Doors for the clock."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from accounts.jobs import beats
from asn_lms.lib.days import instant
from enrollments.reminders import actions

BEAT = "reminders.prepare"
EVERY = timedelta(minutes=10)


@shared_task(name="reminders.prepare")
def prepare(at: str | None = None) -> None:
    """Asked every minute, done every ten: so a lost message costs a minute, not ten."""
    if at is None and not beats.is_due(BEAT, EVERY, timezone.now()):
        return
    actions.prepare(instant(at), at)
    if at is None:
        beats.mark(BEAT, timezone.now())
