"""Doors for the workers and the clock."""

from celery import shared_task

from asn_lms.lib.days import instant
from enrollments.certificates import actions


@shared_task(name="certificates.draw")
def draw(certificate_id: int, at: str | None = None) -> None:
    actions.draw_certificate(certificate_id, instant(at), at)


@shared_task(name="certificates.draw_waiting")
def draw_waiting(at: str | None = None) -> None:
    actions.draw_waiting(instant(at), at)


@shared_task(name="certificates.sweep")
def sweep(at: str | None = None) -> None:
    actions.sweep(at)


@shared_task(name="certificates.confirm_silent")
def confirm_silent(at: str | None = None) -> None:
    actions.confirm_silent(instant(at), at)
