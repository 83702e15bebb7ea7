"""Claims in the office: what waits the longest first, and one claim with its evidence beside the facts."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people.signed_in import SignedIn
from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from enrollments.claims.actions import (
    discard_claim,
    refuse_claim,
    return_claim,
    send_claim,
    take_back_claim,
    verify_claim,
    verify_several,
)
from enrollments.claims.facts import ASKED, facts_of, stated
from enrollments.claims.forms import DecisionForm, EvidenceForm, TakeBackForm, initial_of
from enrollments.claims.models import Claim
from enrollments.claims.queries import SHOWN, claim_page, office_desk
from enrollments.claims.views.mine import is_key


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: SignedIn) -> HttpResponse:
    """What waits; several that look like nothing else are verified by one click."""
    if not has_role(request.user, RoleGrant.Role.OFFICER):
        raise PermissionDenied
    if request.method == "POST":
        return _verify_ticked(request)
    asked = {name: request.GET.get(name, "") for name in ("show", "unit", "path")}
    after = request.GET.get("after", "")
    found = office_desk(
        request.user,
        show=asked["show"],
        unit=int(asked["unit"]) if is_key(asked["unit"]) else None,
        path=asked["path"],
        after=int(after) if is_key(after) else None,
    )
    kept = {name: value for name, value in asked.items() if value}
    context: dict[str, Any] = {
        "found": found,
        "asked": asked,
        "chips": [
            (label, "?" + urlencode({"show": name}), name == found.show, found.counts[name])
            for name, label in SHOWN.items()
            if found.counts[name] or name in {"submitted", found.show}
        ],
        "next": "?" + urlencode({**kept, "after": found.next_after}) if found.next_after else "",
    }
    return page(request, "enrollments/claims/desk.html", context)


def _verify_ticked(request: SignedIn) -> HttpResponse:
    ticked = [int(one) for one in request.POST.getlist("claim") if is_key(one)]
    done = verify_several(Claim.objects.managed_by(request.user).filter(pk__in=ticked), by=request.user)
    if done.verified:
        said = ngettext("%(count)d claim is verified.", "%(count)d claims are verified.", done.verified)
        messages.success(request, said % {"count": done.verified})
    if done.left:
        said = ngettext(
            "%(count)d was left: open it and look closer.", "%(count)d were left: open them and look closer.", done.left
        )
        messages.warning(request, said % {"count": done.left})
    if not ticked:
        messages.info(request, _("Tick at least one claim."))
    return redirect("office-claims")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: SignedIn, pk: int) -> HttpResponse:
    """Look, then decide: verify (as claimed, or corrected), give back, refuse. A draft that one entered is sent or thrown away here."""
    one = _managed(request, pk)
    if request.method == "POST" and one.state == Claim.State.DRAFT:
        return _draft(request, one)
    data = request.POST if request.method == "POST" else None
    form = DecisionForm(data, initial={**initial_of(one), "reason": ""})
    if data is not None and form.is_valid():
        with beside_fields(form):
            _decide(request, one, form)
            return redirect("office-claims")
    return show(request, one, form=form)


def _decide(request: SignedIn, one: Claim, form: DecisionForm) -> None:
    reason = form.cleaned_data["reason"]
    match request.POST.get("do"):
        case "return":
            return_claim(one, by=request.user, reason=reason)
            messages.success(request, _("Given back. The learner reads your reason."))
        case "refuse":
            refuse_claim(one, by=request.user, reason=reason)
            messages.success(request, _("Refused. The learner reads your reason."))
        case _:
            before = facts_of(one)
            data = form.cleaned_data
            shown = stated(
                title=before.title,
                organiser=before.organiser,
                path=data["path"],
                scope=data["scope"],
                dates=data["dates"],
                asked=data["quantity"],
                certificate_number=before.certificate_number,
                certificate_on=before.certificate_on,
            )
            verify_claim(one, by=request.user, corrected=form.corrected(before, shown), reason=reason)
            messages.success(request, _("Verified. It counts in the learner's JP from now on."))


def _draft(request: SignedIn, one: Claim) -> HttpResponse:
    if request.POST.get("do") == "discard":
        discard_claim(one, by=request.user)
        messages.success(request, _("Thrown away, with its files."))
        return redirect("office-claims")
    send_claim(one, by=request.user, why_not_same=request.POST.get("why_not_same", ""))
    messages.success(request, _("Sent. It lies on the desk now."))
    return redirect("office-claim", one.pk)


@login_required
@require_POST
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    one = _managed(request, pk)
    form = TakeBackForm(request.POST)
    if form.is_valid():
        with beside_fields(form):
            take_back_claim(one, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, _("Taken back. The learner sees it with your reason."))
            return redirect("office-claim", pk)
    return show(request, one, take_back_form=form)


def _managed(request: SignedIn, pk: int) -> Claim:
    return get_object_or_404(Claim.objects.managed_by(request.user).with_people(), pk=pk)


def show(
    request: SignedIn,
    one: Claim,
    *,
    form: DecisionForm | None = None,
    take_back_form: TakeBackForm | None = None,
    evidence_form: EvidenceForm | None = None,
) -> HttpResponse:
    """The claim's page; again with the form in which something was wrong."""
    form = form or DecisionForm(initial={**initial_of(one), "reason": ""})
    found = claim_page(one, reader=request.user)
    rule = found.forecast.credit.rule if found.forecast and found.forecast.credit else None
    form.asks(rule.basis if rule else None)
    context = {
        "found": found,
        "form": form,
        "take_back_form": take_back_form or TakeBackForm(),
        "evidence_form": evidence_form or EvidenceForm(),
        "asks_quantity": rule is None or rule.basis in ASKED,
        "is_correcting": bool(form.errors.keys() - {"reason", "__all__"}),
    }
    return page(request, "enrollments/claims/office_claim.html", context)
