"""Light or dark by hand: a cookie that the server prints, so that no page flashes. Nobody needs to be signed in."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

_YEAR = 365 * 24 * 3600
_OTHER = {"light": "dark", "dark": "light"}


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Set `light`, `dark` or `device` (no cookie); without a choice, turn round what is shown now.

    Without a script nobody can tell what the device shows, so the first turn goes to dark.
    """
    wanted = request.POST.get("theme") or _OTHER.get(request.COOKIES.get("theme", "light"), "dark")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if wanted in _OTHER:
        response.set_cookie("theme", wanted, max_age=_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
