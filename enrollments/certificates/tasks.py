"""Doors for the workers and the clock."""

from celery import shared_task


@shared_task(name="certificates.draw")
def draw(certificate_id: int, at: str | None = None) -> None:
    pass
