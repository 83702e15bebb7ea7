"""`Authorization: Bearer <personal token>`, for the REST API only."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.signin.actions import note_use
from accounts.signin.queries import bearer_of
from asn_lms.lib.refusals import problem


class BearerMiddleware:
    """Makes the token's owner the request's person. A wrong token is refused, never treated as nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if not request.path.startswith("/api/") or scheme.lower() != "bearer":
            return self.get_response(request)
        found = bearer_of(token.strip())
        if found is None:
            answer = problem(401, _("This token is not valid, or no longer."))
            answer["WWW-Authenticate"] = "Bearer"
            return answer
        request.user, row = found
        request.by_token = True  # type: ignore[attr-defined]  # read by asn_lms.api: a token needs no CSRF check
        note_use(row)
        return self.get_response(request)
