"""Certificates in the office: what needs a hand first, corrections, taking back."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people.signed_in import SignedIn
from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from enrollments.certificates.actions import reissue, revoke, settle_correction, try_again
from enrollments.certificates.forms import RevokeForm, SettleForm
from enrollments.certificates.models import Certificate, CorrectionRequest
from enrollments.certificates.queries import SHOWN, office_certificates, story
from enrollments.certificates.rules import may_revoke, may_settle


@login_required
@require_safe
def certificates(request: SignedIn) -> HttpResponse:
    if not has_role(request.user, RoleGrant.Role.OFFICER):
        raise PermissionDenied
    before, cohort = request.GET.get("before", ""), request.GET.get("cohort", "")
    asked = {
        "show": request.GET.get("show", "") if request.GET.get("show") in SHOWN else "",
        "text": request.GET.get("text", "").strip()[:100],
    }
    found = office_certificates(request.user, **asked, cohort=_key(cohort), before=_key(before))
    kept = {
        name: value for name, value in {**asked, "cohort": found.cohort.pk if found.cohort else ""}.items() if value
    }
    context = {
        **asked,
        "found": found,
        "chips": [
            (label, "?" + urlencode({**kept, "show": name}), asked["show"] == name, found.counts[name])
            for name, label in SHOWN.items()
            if found.counts[name] or name in {"", asked["show"]}
        ],
        "older": "?" + urlencode({**kept, "before": found.next_before}) if found.next_before else "",
    }
    return page(request, "enrollments/certificates/office.html", context)


@login_required
@require_safe
def certificate(request: SignedIn, pk: int) -> HttpResponse:
    return _certificate_page(request, _of_my_units(request, pk), RevokeForm())


@login_required
@require_POST
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    """Revoke, with or without another in its place."""
    row = _of_my_units(request, pk)
    form = RevokeForm(request.POST)
    if form.is_valid():
        with beside_fields(form):
            reason = form.cleaned_data["reason"]
            if form.cleaned_data["then"] == RevokeForm.REISSUE:
                new = reissue(row, reason=reason, by=request.user)
                messages.success(request, _("Revoked, and issued anew as %(number)s.") % {"number": new.number})
                return redirect("office-certificate", new.pk)
            revoke(row, reason=reason, takes_jp=form.cleaned_data["takes_jp"], by=request.user)
            messages.success(request, _("Revoked. The public page says so from now on."))
            return redirect("office-certificate", pk)
    return _certificate_page(request, row, form)


@login_required
@require_POST
def again(request: SignedIn, pk: int) -> HttpResponse:
    try_again(get_object_or_404(Certificate.objects.visible_to(request.user), pk=pk), by=request.user)
    messages.success(request, _("It is tried again."))
    return redirect("office-certificate", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: SignedIn, pk: int) -> HttpResponse:
    rows = CorrectionRequest.objects.settled_by(request.user).select_related(
        "certificate__series__organiser", "certificate__enrollment__learner__agency", "settled_by"
    )
    asked = get_object_or_404(rows, pk=pk)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            settle_correction(asked, **form.cleaned_data, by=request.user)
            messages.success(request, _("Answered. The learner has been told."))
            return redirect("office-certificates")
    context = {
        "asked": asked,
        "form": form,
        "may_settle": may_settle(request.user, asked),
        "story": story(asked.certificate),
    }
    return page(request, "enrollments/certificates/correction.html", context)


def _of_my_units(request: SignedIn, pk: int) -> Certificate:
    return get_object_or_404(Certificate.objects.issued_by(request.user).with_people(), pk=pk)


def _certificate_page(request: SignedIn, row: Certificate, form: RevokeForm) -> HttpResponse:
    context = {"story": story(row), "form": form, "may_revoke": may_revoke(request.user, row)}
    return page(request, "enrollments/certificates/office_one.html", context)


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
