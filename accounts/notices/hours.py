"""When reminders may go out: 07.00–18.00 on working days, in the person's zone (domain reference §12)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.agencies.models import Holiday
from asn_lms.lib.days import at_local, local_day

OPENS, CLOSES = time(7), time(18)


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no public holiday or day of joint leave."""
    return day.weekday() < 5 and not Holiday.objects.filter(on=day).exists()


def opening(day: date, zone: str) -> datetime:
    return at_local(day, OPENS, zone)


def is_open(now: datetime, zone: str) -> bool:
    """Whether a reminder may go out at that instant to somebody in the zone."""
    return OPENS <= now.astimezone(ZoneInfo(zone)).time() < CLOSES and is_working_day(local_day(zone, now))


def next_opening(now: datetime, zone: str) -> datetime:
    """The next instant at which a message may go out, when it may not now."""
    day = local_day(zone, now)
    if now >= opening(day, zone):
        day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return opening(day, zone)
