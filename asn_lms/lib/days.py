"""Days: instants are stored in UTC, days are counted in a person's zone."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def local_day(zone: str, at: datetime | None = None) -> date:
    """The calendar day at that instant (default: now) in the zone, e.g. `Asia/Jakarta`."""
    return (at or timezone.now()).astimezone(ZoneInfo(zone)).date()


def at_local(day: date, hour: time, zone: str) -> datetime:
    """The instant at which clocks in the zone show that day and time."""
    return datetime.combine(day, hour, tzinfo=ZoneInfo(zone))


def instant(at: str | None) -> datetime:
    """The instant that a periodic task acts for: the ISO text that it was given (without offset: in `TIME_ZONE`), or now.

    Raises ValueError when the text is not an ISO date and time.
    """
    if at is None:
        return timezone.now()
    moment = datetime.fromisoformat(at)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
