"""What must be done before anything else is served: signing in, and reading the newest privacy notice.

Who was sent away in the middle of a form comes back to the page on which it stands, not to the address that takes it.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.signin.queries import owes_reading
from asn_lms.lib.pages import page_they_came_from
from asn_lms.lib.refusals import problem

# What a person who has not read the notice may still open. Certificates are public, and leaving is always possible.
OPEN = ("/accounts/", "/privacy/", "/verify/", "/healthz", "/static/", "/media/", "/me/theme/", "/me/language/")


class GatekeeperMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return _by_way_of_the_form(request, self.get_response(request))
        if request.path.startswith(OPEN) or getattr(request, "by_token", False):
            return self.get_response(request)
        if not owes_reading(user):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return problem(403, _("Read the privacy notice first: sign in with a browser once."))
        target = f"{reverse('privacy-read')}?{urlencode({'next': _page_of(request)})}"
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)


def _page_of(request: HttpRequest) -> str:
    """Where to go on: the address itself, or the page on which its form stands."""
    asked = request.get_full_path()
    return (page_they_came_from(request) or asked) if request.method == "POST" else asked


def _by_way_of_the_form(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    sign_in = reverse(settings.LOGIN_URL)
    if request.method == "POST" and response.status_code == 302 and response["Location"].startswith(f"{sign_in}?"):
        response["Location"] = f"{sign_in}?{urlencode({REDIRECT_FIELD_NAME: _page_of(request)})}"
    return response
