"""A learner's own claims: the list, one short form, and the page from which a claim is sent."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people.signed_in import SignedIn
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import Refusal, beside_fields
from enrollments.claims.actions import discard_claim, draft_claim, mend_claim, send_claim, withdraw_claim
from enrollments.claims.facts import ASKED, Facts, stated
from enrollments.claims.forms import ClaimForm, EvidenceForm, SendForm, initial_of
from enrollments.claims.models import Claim
from enrollments.claims.queries import Forecast, claim_page, forecast, own_claims, today_of
from enrollments.conversion.queries import RuleBook, rule_book

# What a preview needs to know; nothing else of a form stands in an address.
PREVIEWED = ("path", "scope", "from_on", "until_on", "days", "quantity")


@login_required
@require_safe
def claims(request: SignedIn) -> HttpResponse:
    before = request.GET.get("before", "")
    found = own_claims(request.user, before=int(before) if is_key(before) else None)
    return page(request, "enrollments/claims/claims.html", {"found": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            claim = draft_claim(request.user, facts_in(form), by=request.user, files=form.cleaned_data["evidence"])
            return redirect("claim", claim.pk)
    return _form_page(request, form, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    claim = _own(request, pk)
    if not claim.may_be_mended:
        return redirect("claim", pk)
    form = _form(request, claim)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            mend_claim(claim, facts_in(form), by=request.user, files=form.cleaned_data["evidence"])
            return redirect("claim", pk)
    return _form_page(request, form, claim)


@login_required
@require_safe
def claim(request: SignedIn, pk: int) -> HttpResponse:
    return show(request, _own(request, pk))


@login_required
@require_POST
def send(request: SignedIn, pk: int) -> HttpResponse:
    claim = _own(request, pk)
    form = SendForm(request.POST)
    if form.is_valid():
        try:
            send_claim(claim, by=request.user, why_not_same=form.cleaned_data["why_not_same"])
        except Refusal as refusal:
            if refusal.field != "why_not_same":
                raise
            form.add_error("why_not_same", str(refusal.sentence))
        else:
            messages.success(request, _("Sent. You are told as soon as an officer has decided."))
            return redirect("claim", pk)
    return show(request, claim, send_form=form)


@login_required
@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take it away: thrown away before it was ever sent, withdrawn after."""
    claim = _own(request, pk)
    if claim.state == Claim.State.DRAFT:
        discard_claim(claim, by=request.user)
        messages.success(request, _("Thrown away, with its files."))
    else:
        withdraw_claim(claim, by=request.user)
        messages.success(request, _("Withdrawn. Its files are removed."))
    return redirect("claims")


def _own(request: SignedIn, pk: int) -> Claim:
    return get_object_or_404(Claim.objects.held_by(request.user).with_people(), pk=pk)


def show(
    request: SignedIn, claim: Claim, *, send_form: SendForm | None = None, evidence_form: EvidenceForm | None = None
) -> HttpResponse:
    """The claim's page; again with the form in which something was wrong."""
    context = {
        "found": claim_page(claim, reader=request.user),
        "send_form": send_form or SendForm(initial={"why_not_same": claim.why_not_same}),
        "evidence_form": evidence_form or EvidenceForm(),
    }
    return page(request, "enrollments/claims/claim.html", context)


def facts_in(form: Any, *, rules: RuleBook | None = None) -> Facts:
    """What a valid form states; refuses beside the field."""
    data = form.cleaned_data
    return stated(
        title=data["title"],
        organiser=data["organiser"],
        path=data["path"],
        scope=data["scope"],
        dates=data["dates"],
        asked=data["quantity"],
        certificate_number=data["certificate_number"],
        certificate_on=data["certificate_on"],
        rules=rules,
    )


def _form(request: SignedIn, claim: Claim | None = None) -> ClaimForm:
    if request.method == "POST":
        return ClaimForm(request.POST, request.FILES)
    asked = {name: request.GET[name] for name in PREVIEWED if name in request.GET}
    return ClaimForm(initial={**(initial_of(claim) if claim else {}), **asked})


def _form_page(request: SignedIn, form: ClaimForm, claim: Claim | None) -> HttpResponse:
    """The form, asking for what the chosen kind needs, and what it would give as far as it is filled in."""
    written = {name: str(value) for name, value in form.initial.items() if value not in (None, "")}
    seen = preview(request, form.data if form.is_bound else written)
    form.asks(seen["basis"])
    context = {"form": form, "claim": claim, **seen, "asks_quantity": seen["basis"] in ASKED or seen["basis"] is None}
    return page(request, "enrollments/claims/form.html", context)


def preview(request: SignedIn, values: Any) -> dict[str, Any]:
    """By which basis the chosen kind counts, and what would be given, as far as it can be told."""
    form = ClaimForm({**{name: values.get(name, "") for name in PREVIEWED}, "title": "-", "organiser": "-"})
    is_whole = form.is_valid()
    path, scope = form.cleaned_data.get("path"), form.cleaned_data.get("scope") or "national"
    dates = form.cleaned_data.get("dates") or [form.cleaned_data.get("from_on") or today_of(request.user)]
    rules = rule_book([path.pk]) if path else RuleBook(())
    rule = rules.rule(path.pk, scope, max(dates)) if path else None
    found: dict[str, Any] = {"basis": rule.basis if rule else None, "chosen": path, "forecast": None}
    if is_whole:
        try:
            found["forecast"] = forecast(request.user, facts_in(form, rules=rules), rules=rules)
        except Refusal as refusal:
            found["forecast"] = Forecast(refusal=str(refusal.sentence), field=refusal.field)
    return found


def is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
