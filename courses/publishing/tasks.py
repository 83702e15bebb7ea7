"""Doors for the clock."""

from celery import shared_task

from asn_lms.lib.days import instant
from courses.publishing.actions import publish_due


@shared_task(name="courses.publish_due")
def publish_due_versions(at: str | None = None) -> None:
    """Versions that were approved for an hour which has come."""
    publish_due(instant(at))
