"""Rate limits: for doors that are open to anybody, by network address; for searches, by the person who is signed in."""

from collections.abc import Callable
from time import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from asn_lms.lib.refusals import problem

# Two each second: faster than anybody types, slow enough that nobody keeps the database busy alone.
SEARCHES_PER_MINUTE = 120


def allowed(request: HttpRequest, what: str, *, per_minute: int) -> bool:
    """Count this request; False once there were more than `per_minute` in this minute, of this person, or of this network
    address when nobody is signed in (a whole office may stand behind one).

    While the cache is away everybody passes: a limit must not close a page. `RATE_LIMITS=off` turns it off.
    """
    if not settings.RATE_LIMITS:
        return True
    user = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    who = f"person-{user.pk}" if user is not None and is_known else get_adapter().get_client_ip(request)
    key = f"throttle:{what}:{who}:{int(time()) // 60}"
    if cache.add(key, 1, timeout=120):
        return True
    try:
        return cache.incr(key) <= per_minute
    except ValueError:  # it expired between the two
        return True


def slow_down(request: HttpRequest) -> HttpResponse:
    """The answer to who asked too often in this minute."""
    if request.path.startswith("/api/"):
        response: HttpResponse = problem(429, _("Too many requests. Wait a minute, then try again."))
    else:
        response = render(request, "429.html", {"is_short": True}, status=429)
    response["Retry-After"] = "60"
    return response


class SearchLimitMiddleware:
    """Searches cost more than other pages. Every search of the site calls its words `q`, in the address or in the form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # The form has been read by now: the check of its token comes before.
        if not (request.GET.get("q") or (request.method == "POST" and request.POST.get("q"))):
            return None
        return None if allowed(request, "search", per_minute=SEARCHES_PER_MINUTE) else slow_down(request)
