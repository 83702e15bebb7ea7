"""GET /healthz: what watches us asks here (contract.md)."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from redis import Redis, RedisError

from accounts.jobs import beats
from accounts.notices.models import Notice
from asn_lms.lib.reading import state_of_replica

# The clock marks its row every 30 seconds; three times missed is not chance.
CLOCK_IS_LATE_AFTER = timedelta(seconds=100)
# Mail waits for a sender, or for a relay that is down; after this somebody should look.
UNSENT_IS_OLD_AFTER = timedelta(minutes=15)
DISK_IS_FULL_BELOW = 0.05


def healthz(_request: HttpRequest) -> JsonResponse:
    """Down, with 503, only when pages cannot be served; degraded when something that people wait for stands still."""
    now = timezone.now()
    database, broker, clock, unsent, free = "ok", _broker(), "unknown", None, _disk_free_ratio()
    try:
        clock, unsent = _clock(now), _oldest_unsent_s(now)
    except DatabaseError:
        connection.close()
        database = "down"
    replica = state_of_replica() if database == "ok" else None
    is_late = unsent is not None and unsent > UNSENT_IS_OLD_AFTER.total_seconds()
    is_well = (
        broker == "ok" and clock == "ok" and not is_late and free >= DISK_IS_FULL_BELOW and replica in {None, "ok"}
    )
    answer: dict[str, object] = {
        "status": "down" if database == "down" else "ok" if is_well else "degraded",
        "database": database,
        "broker": broker,
        "clock": clock,
        "oldest_unsent_s": unsent,
        "disk_free_ratio": free,
    }
    if replica:
        answer["replica"] = replica
    return JsonResponse(answer, status=503 if database == "down" else 200, headers={"Cache-Control": "no-store"})


def _broker() -> str:
    line = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        line.ping()
    except (RedisError, OSError):
        return "down"
    finally:
        line.close()
    return "ok"


def _clock(now: datetime) -> str:
    last = beats.last(beats.CLOCK)
    if last is None:
        return "never"
    return "ok" if now - last < CLOCK_IS_LATE_AFTER else "late"


def _oldest_unsent_s(now: datetime) -> int | None:
    """How long the oldest mail that may go out has been waiting; None when none waits."""
    waiting = Notice.objects.unsent().exclude(not_before__gt=now).order_by("created_at")
    times = waiting.values_list("created_at", "not_before").first()
    if times is None:
        return None
    created_at, not_before = times
    return max(0, round((now - max(created_at, not_before or created_at)).total_seconds()))


def _disk_free_ratio() -> float:
    folder = Path(settings.DATA_DIR)
    usage = shutil.disk_usage(folder if folder.exists() else folder.parent)
    return round(usage.free / usage.total, 3)
