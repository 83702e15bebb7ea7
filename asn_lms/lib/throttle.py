"""Rate limits for doors that are open to anybody."""

from time import time

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def allowed(request: HttpRequest, what: str, *, per_minute: int) -> bool:
    """Count this request against its network address; False once there were more than `per_minute` in this minute.

    While the cache is away everybody passes: a limit must not close a page. `RATE_LIMITS=off` turns it off.
    """
    if not settings.RATE_LIMITS:
        return True
    address = get_adapter().get_client_ip(request)
    key = f"throttle:{what}:{address}:{int(time()) // 60}"
    if cache.add(key, 1, timeout=120):
        return True
    try:
        return cache.incr(key) <= per_minute
    except ValueError:  # it expired between the two
        return True
