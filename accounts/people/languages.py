"""Pages speak Indonesian. English is a choice: made on a device, and kept with the person for their other devices.

What a browser asks for by itself is not a choice: many an office computer was installed in English.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


def chosen_language(request: HttpRequest) -> str:
    """What was chosen on this device, else what the person chose elsewhere, else the language of the house."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in dict(settings.LANGUAGES):
        return chosen
    return request.user.language if request.user.is_authenticated else settings.LANGUAGE_CODE


class LanguageMiddleware:
    """Puts that language in force for one request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen_language(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
