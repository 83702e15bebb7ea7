"""Error pages: HTML for people, problem+json for the API."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from asn_lms.lib.pages import page_they_came_from
from asn_lms.lib.refusals import problem

logger = logging.getLogger(__name__)


def _answer(request: HttpRequest, status: int, title: str, template: str, **extra: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem(status, title, **extra)
    return render(request, template, extra, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, _("The request could not be read."), "400.html")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, _("This page is not for your role."), "403.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, _("There is nothing at this address."), "404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """The reference that the page shows stands in the log with what broke, so that the helpdesk finds it at once."""
    reference = secrets.token_hex(4).upper()
    logger.error("reference %s: %s %s", reference, request.method, request.path, exc_info=True)
    return _answer(request, 500, _("Something broke on our side."), "500.html", reference=reference)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    title = _("The page was open too long. Go back, reload it and send again.")
    if request.path.startswith("/api/"):
        return problem(403, title)
    back = page_they_came_from(request) or request.get_full_path()
    return render(request, "403_csrf.html", {"back": back}, status=403)
