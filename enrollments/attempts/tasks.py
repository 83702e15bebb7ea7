"""The clock's door to attempts."""

from celery import shared_task

from asn_lms.lib.days import instant
from enrollments.attempts.actions import close_out_of_time


@shared_task(name="attempts.close_out_of_time")
def close(at: str | None = None) -> None:
    close_out_of_time(instant(at))
