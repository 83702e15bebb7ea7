"""What must be done before anything else is served: reading the newest privacy notice."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.signin.queries import unread_notice
from asn_lms.lib.refusals import problem

# What a person who has not read the notice may still open. Certificates are public, and leaving is always possible.
OPEN = ("/accounts/", "/privacy/", "/verify/", "/healthz", "/static/", "/media/", "/me/theme/", "/me/language/")


class GatekeeperMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated or request.path.startswith(OPEN) or getattr(request, "by_token", False):
            return self.get_response(request)
        if unread_notice(user) is None:
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return problem(403, _("Read the privacy notice first: sign in with a browser once."))
        target = f"{reverse('privacy-read')}?{urlencode({'next': request.get_full_path()})}"
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)
