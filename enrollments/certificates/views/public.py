"""Public: whoever holds the paper compares it with what was issued."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from asn_lms.lib.throttle import allowed, slow_down
from asn_lms.lib.words import terbilang
from enrollments.certificates.forms import CodeForm, CompareForm
from enrollments.certificates.keeping import fingerprint
from enrollments.certificates.queries import is_our_file, public_certificate

CHECKS_PER_MINUTE = 60


@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """For who has the paper but cannot scan it. The code is no one's number, so it may stand in an address."""
    form = CodeForm(request.GET or None)
    if form.is_valid():
        return redirect("verify", form.cleaned_data["code"])
    response = render(request, "enrollments/certificates/verify_form.html", {"form": form})
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was issued under this id; by POST, whether a file is the one that was issued."""
    wants_json = request.GET.get("format") == "json"
    if not allowed(request, "verify", per_minute=CHECKS_PER_MINUTE):
        response = slow_down(request)
    elif (found := public_certificate(public_id)) is None:
        if wants_json:
            response = JsonResponse({"state": "unknown"}, status=404)
        else:
            response = render(request, "enrollments/certificates/unknown.html", status=404)
    elif wants_json:
        response = JsonResponse({**asdict(found), "jp_in_words": terbilang(found.jp)})
    else:
        form = CompareForm(request.POST, request.FILES) if request.method == "POST" else CompareForm()
        context: dict[str, Any] = {"certificate": found, "checked_at": timezone.now(), "form": form}
        if form.is_valid():
            context["is_ours"] = is_our_file(public_id, fingerprint(form.cleaned_data["pdf"]))
            context["file_name"] = form.cleaned_data["pdf"].name
        response = render(request, "enrollments/certificates/verify.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
