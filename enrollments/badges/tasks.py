"""Doors for the workers and the clock."""

from celery import shared_task

from asn_lms.lib.days import instant
from enrollments.badges import actions
from enrollments.certificates.models import LATELY


@shared_task(name="badges.give")
def give(certificate_id: int) -> None:
    actions.give_badges(certificate_id)


@shared_task(name="badges.sweep")
def sweep(at: str | None = None) -> None:
    actions.give_badges(since=instant(at) - LATELY)


@shared_task(name="badges.sweep_all")
def sweep_all(at: str | None = None) -> None:
    actions.give_badges()
