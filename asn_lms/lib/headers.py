"""Headers that every answer carries, errors and redirects too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PUBLIC = ("/static/", "/healthz")


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
