"""The clock's door to the tallies."""

from celery import shared_task

from enrollments.tallies.actions import FOLD_AT_MOST, fold


@shared_task(name="tallies.fold")
def fold_tallies(at: str | None = None) -> None:
    while fold() == FOLD_AT_MOST:
        pass
