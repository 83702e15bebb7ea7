"""Public: whoever holds the paper compares it with what was issued."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from asn_lms.lib.throttle import allowed, slow_down
from asn_lms.lib.words import terbilang
from enrollments.certificates.examining import examine
from enrollments.certificates.forms import CodeForm, CompareForm
from enrollments.certificates.queries import public_certificate

CHECKS_PER_MINUTE = 60
# A stranger's file takes a second of work.
FILES_PER_MINUTE = 10


@require_http_methods(["GET", "HEAD", "POST"])
def verify_form(request: HttpRequest) -> HttpResponse:
    """For who has the paper but cannot scan it, or has its file. The code is no one's number, so it may stand in an address."""
    form = CodeForm(request.GET or None)
    if form.is_valid():
        return redirect("verify", form.cleaned_data["code"])
    context: dict[str, Any] = {"form": form, "file_form": CompareForm()}
    if request.method == "POST":
        if not allowed(request, "verify-file", per_minute=FILES_PER_MINUTE):
            return unkept(slow_down(request))
        context |= _examined(request)
        context["form"] = CodeForm()
    return unkept(render(request, "enrollments/certificates/verify_form.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was issued under this id; by POST, whether a file is the one that was issued, and what its signature is worth."""
    wants_json = request.GET.get("format") == "json"
    is_file = request.method == "POST"
    if not allowed(request, "verify", per_minute=CHECKS_PER_MINUTE) or (
        is_file and not allowed(request, "verify-file", per_minute=FILES_PER_MINUTE)
    ):
        response = slow_down(request)
    elif (found := public_certificate(public_id)) is None:
        if wants_json:
            response = JsonResponse({"state": "unknown"}, status=404)
        else:
            response = render(request, "enrollments/certificates/unknown.html", status=404)
    elif wants_json:
        response = JsonResponse({**asdict(found), "jp_in_words": terbilang(found.jp)})
    else:
        context: dict[str, Any] = {
            "certificate": found,
            "public_id": public_id,
            "checked_at": timezone.now(),
            "file_form": CompareForm(),
            **(_examined(request) if is_file else {}),
        }
        response = render(request, "enrollments/certificates/verify.html", context)
    return unkept(response)


def _examined(request: HttpRequest) -> dict[str, Any]:
    form = CompareForm(request.POST, request.FILES)
    if not form.is_valid():
        return {"file_form": form}
    file = form.cleaned_data["pdf"]
    return {"file_form": form, "examined": examine(file.read()), "file_name": file.name}


def unkept(response: HttpResponse) -> HttpResponse:
    """In no cache and no search engine."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
