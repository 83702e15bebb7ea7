"""Error pages: HTML for people, problem+json for the API."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from asn_lms.lib.refusals import problem


def _answer(request: HttpRequest, status: int, title: str, template: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem(status, title)
    return render(request, template, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, _("The request could not be read."), "400.html")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, _("This page is not for your role."), "403.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, _("There is nothing at this address."), "404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, _("Something broke on our side."), "500.html")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, 403, _("The page was open too long. Go back, reload it and send again."), "403_csrf.html")
