"""Headers that every answer carries, errors and redirects too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PUBLIC = ("/static/", "/healthz")
# A browser's own PDF viewer refuses to work inside a sandbox; the file has been read as a PDF, and may load nothing.
_NO_ACTIVITY = {"application/pdf": "default-src 'none'; object-src 'self'; frame-ancestors 'self'"}
_SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'self'"


def policy_for_upload(content_type: str) -> str:
    """The content security policy under which a file that somebody uploaded is shown on this site: nothing in it runs."""
    return _NO_ACTIVITY.get(content_type, _SANDBOX)


class HeadersMiddleware:
    """CORP everywhere, and `no-store` on pages that belong to a person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if not request.path.startswith(PUBLIC):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
