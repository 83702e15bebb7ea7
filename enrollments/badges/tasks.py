"""Doors for the workers and the clock."""

from celery import shared_task

from enrollments.badges import actions


@shared_task(name="badges.give")
def give(certificate_id: int) -> None:
    actions.give_badges(certificate_id)


@shared_task(name="badges.sweep")
def sweep(at: str | None = None) -> None:
    actions.give_badges()
