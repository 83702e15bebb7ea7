"""The clock's door to the sums."""

from celery import shared_task

from enrollments.standings import actions


@shared_task(name="standings.fold")
def fold(at: str | None = None) -> None:
    while actions.fold():
        pass


@shared_task(name="standings.make_compact")
def make_compact(at: str | None = None) -> None:
    actions.make_compact()
