"""Refusals: sentences for the person who asked, and what they can do next.

Raised by actions, turned into an answer by one middleware: a message on the page a person came from, 409 for htmx and REST.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise

from asn_lms.lib.pages import page_they_came_from


class Refusal(Exception):
    """An action said no. `sentence` says why and what to do next; `field` names the input it belongs to, if any."""

    def __init__(self, sentence: str | Promise, *, field: str | None = None) -> None:
        self.sentence = sentence
        self.field = field
        super().__init__(str(sentence))


class NotYours(Refusal):
    """The person may not do this to this thing."""


@contextmanager
def beside_fields(form: Any) -> Iterator[None]:
    """Put a refusal of the action beside the field that it names, or on top of the form; nothing typed is lost.

    `with beside_fields(form): thing = act(…); return redirect(thing)`, then render the form again.
    """
    try:
        yield
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))


def problem(status: int, title: str, **extra: object) -> JsonResponse:
    """An `application/problem+json` answer (RFC 9457)."""
    return JsonResponse(
        {"type": "about:blank", "title": title, "status": status, **extra},
        status=status,
        content_type="application/problem+json",
    )


# How the driver and the server say that PostgreSQL keeps no NUL byte, in text and in JSON. No person types one, so it is
# answered once here for every page and search that has no form to say it.
_NUL = ("NUL (0x00)", "\\u0000 cannot be converted")


class RefusalMiddleware:
    """Turns a refusal that no view caught, or that a view could not put into words, into an answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            # Most often an address that only forms send to, typed or opened again.
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ValueError | DataError) and any(word in str(exception) for word in _NUL):
            raise BadRequest from exception
        if not isinstance(exception, Refusal):
            return None
        sentence = str(exception.sentence)
        if request.path.startswith("/api/"):
            return problem(409, sentence, field=exception.field)
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(sentence, status=409, content_type="text/plain; charset=utf-8")
        messages.error(request, sentence)
        return HttpResponseRedirect(page_they_came_from(request) or "/")
