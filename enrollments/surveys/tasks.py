"""Doors for the clock."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from accounts.jobs import beats
from asn_lms.lib.days import instant
from enrollments.surveys.actions import invite, put_together

BEAT = "surveys.invite"
EVERY = timedelta(minutes=10)


@shared_task(name="surveys.invite")
def ask(at: str | None = None) -> None:
    """Asked every minute, done every ten: so a lost message costs a minute, not ten."""
    if at is None and not beats.is_due(BEAT, EVERY, timezone.now()):
        return
    invite(instant(at), at)
    if at is None:
        beats.mark(BEAT, timezone.now())


@shared_task(name="surveys.put_together")
def bundle(at: str | None = None) -> None:
    put_together(instant(at))
