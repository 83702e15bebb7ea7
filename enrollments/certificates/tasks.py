"""Doors for the workers and the clock."""

from celery import shared_task

from asn_lms.lib.days import instant
from enrollments.certificates import actions


@shared_task(name="certificates.issue")
def draw(certificate_id: int, at: str | None = None) -> None:
    actions.issue_certificate(certificate_id, instant(at), at)


@shared_task(name="certificates.issue_waiting")
def issue_waiting(at: str | None = None) -> None:
    actions.issue_waiting(instant(at), at)


@shared_task(name="certificates.sweep")
def sweep(at: str | None = None) -> None:
    actions.sweep(at)


@shared_task(name="certificates.confirm_silent")
def confirm_silent(at: str | None = None) -> None:
    actions.confirm_silent(instant(at), at)


@shared_task(name="certificates.certify_withheld")
def certify_withheld(at: str | None = None) -> None:
    actions.certify_withheld(instant(at))
