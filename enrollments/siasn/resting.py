"""While SIASN is away nothing is asked of it but, now and then, whether it is back: a row of the clock's beats says since when."""

from datetime import datetime, timedelta

from accounts.jobs import beats

AWAY = "siasn.away"
PAUSE = timedelta(minutes=5)


def mark_away(now: datetime) -> None:
    """SIASN did not answer."""
    beats.mark(AWAY, now)


def is_resting(now: datetime) -> bool:
    """Whether it did not answer within the last five minutes."""
    return not beats.is_due(AWAY, PAUSE, now)
