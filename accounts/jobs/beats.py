"""The heartbeat of the clock: one small row per name, so that whoever watches can tell "late" from "dead"."""

from datetime import datetime, timedelta

from accounts.jobs.models import ClockBeat

# Marked by the sweeper, every 30 seconds.
CLOCK = "clock"


def mark(name: str, at: datetime) -> None:
    """Note that it came through at that instant; an older run that ends late does not turn the row back."""
    if not ClockBeat.objects.filter(name=name, at__lt=at).update(at=at):
        ClockBeat.objects.bulk_create([ClockBeat(name=name, at=at)], ignore_conflicts=True)


def last(name: str) -> datetime | None:
    """When it last came through; None when it never did."""
    return ClockBeat.objects.filter(name=name).values_list("at", flat=True).first()


def is_due(name: str, every: timedelta, now: datetime) -> bool:
    """Whether it has not come through within this time before `now`. Two may both be told yes: their work must bear it."""
    before = last(name)
    return before is None or before <= now - every
