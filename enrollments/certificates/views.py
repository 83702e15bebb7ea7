"""The learner's certificates, the paper itself, and the public page that checks it."""

from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.people import asking
from asn_lms.lib.days import local_day
from asn_lms.lib.pages import page
from asn_lms.lib.throttle import allowed, slow_down
from asn_lms.lib.words import terbilang
from enrollments.certificates.actions import draw_again
from enrollments.certificates.forms import CodeForm, CompareForm
from enrollments.certificates.keeping import fingerprint, paper_response
from enrollments.certificates.models import Certificate
from enrollments.certificates.queries import is_our_file, public_certificate, wallet
from enrollments.credits.queries import credits_of, year_of_credit

CHECKS_PER_MINUTE = 60


@login_required
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    person = asking.person(request)
    mine = wallet(person)
    year = local_day(person.zone).year
    context = {
        "certificates": mine,
        "is_waiting": any(not one.is_ready and not one.is_stuck for one in mine),
        "credit": year_of_credit(person, year),
        "credits": credits_of(person, year),
    }
    return page(request, "enrollments/certificates/certificates.html", context)


@login_required
@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF, for the person themselves and for officers of the organiser."""
    certificate = get_object_or_404(Certificate.objects.visible_to(request.user).exclude(file=""), pk=pk)
    return paper_response(certificate)


@login_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    certificate = get_object_or_404(Certificate.objects.visible_to(request.user), pk=pk)
    draw_again(certificate, by=asking.person(request))
    return redirect("office-reminders")


@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Public: for who has the paper but cannot scan it. The code is no one's number, so it may stand in an address."""
    form = CodeForm(request.GET or None)
    if form.is_valid():
        return redirect("verify", form.cleaned_data["code"])
    response = render(request, "enrollments/certificates/verify_form.html", {"form": form})
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, public_id: str) -> HttpResponse:
    """Public: whoever holds the paper compares it with what was issued; by POST, the file itself."""
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
