"""Evidence: shown to whom the claim is, added, taken away, and added to many drafts on one screen."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people.signed_in import SignedIn
from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role
from asn_lms.lib.headers import policy_for_upload
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import Refusal, beside_fields
from enrollments.claims.actions import add_evidence, remove_evidence, send_claim
from enrollments.claims.forms import EvidenceForm
from enrollments.claims.models import Claim, Evidence
from enrollments.claims.queries import bare_claims, bare_page
from enrollments.claims.views import mine, office


@login_required
@require_safe
def evidence(request: SignedIn, uid: str) -> FileResponse:
    """The file itself, so that nothing in it runs; to be shown in a page of ours, or kept."""
    row = get_object_or_404(Evidence.objects.visible_to(request.user), uid=uid)
    try:
        file = row.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(
        file, content_type=row.content_type, filename=row.name, as_attachment="download" in request.GET
    )
    response["Content-Security-Policy"] = policy_for_upload(row.content_type)
    return response


@login_required
@require_POST
def add(request: SignedIn, pk: int) -> HttpResponse:
    """More evidence for one's own claim, or for a draft that one entered for somebody."""
    claim = _mendable(request, pk)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        with beside_fields(form):
            add_evidence(claim, form.cleaned_data["evidence"], by=request.user)
            messages.success(request, _("Kept. Look at the claim once more, then send it."))
            return redirect(_home(request, claim))
    is_own = claim.learner_id == request.user.pk
    return mine.show(request, claim, evidence_form=form) if is_own else office.show(request, claim, evidence_form=form)


@login_required
@require_POST
def remove(request: SignedIn, uid: str) -> HttpResponse:
    own = Q(claim__learner=request.user) | Q(claim__made_by=request.user, claim__state=Claim.State.DRAFT)
    row = get_object_or_404(
        Evidence.objects.visible_to(request.user).filter(own).select_related("claim__learner__agency"), uid=uid
    )
    assert row.claim is not None
    remove_evidence(row, by=request.user)
    messages.success(request, _("Taken away."))
    return redirect(_home(request, row.claim))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bare(request: SignedIn, *, office: bool) -> HttpResponse:
    """Drafts that wait for evidence, each with its field; what was chosen is kept and, where nothing stands against it, sent."""
    if office and not has_role(request.user, RoleGrant.Role.OFFICER):
        raise PermissionDenied
    if request.method == "POST":
        sent, kept = _complete(request, office=office)
        if sent:
            said = ngettext("%(count)d claim is sent.", "%(count)d claims are sent.", sent)
            messages.success(request, said % {"count": sent})
        if kept:
            said = ngettext(
                "%(count)d has its evidence, and wants to be looked at before it is sent.",
                "%(count)d have their evidence, and want to be looked at before they are sent.",
                kept,
            )
            messages.info(request, said % {"count": kept})
        return redirect("office-claims-bare" if office else "claims-bare")
    context = {"found": bare_page(request.user, office=office), "office": office}
    return page(request, "enrollments/claims/bare.html", context)


def _complete(request: SignedIn, *, office: bool) -> tuple[int, int]:
    """How many were sent, and how many only got their evidence."""
    sent = kept = 0
    wanted = {name: files for name, files in request.FILES.lists() if name.startswith("evidence-")}
    ids = [int(name[9:]) for name in wanted if name[9:].isascii() and name[9:].isdigit() and len(name) < 28]
    for claim in bare_claims(request.user, office=office).filter(pk__in=ids):
        try:
            add_evidence(claim, wanted[f"evidence-{claim.pk}"], by=request.user)
        except Refusal as refusal:
            messages.error(request, f"{claim.title}: {refusal.sentence}")
            continue
        try:
            send_claim(claim, by=request.user)
            sent += 1
        except Refusal as refusal:
            kept += 1
            messages.warning(request, f"{claim.title}: {refusal.sentence}")
    return sent, kept


def _mendable(request: SignedIn, pk: int) -> Claim:
    own = Q(learner=request.user) | Q(
        made_by=request.user, state=Claim.State.DRAFT, pk__in=Claim.objects.managed_by(request.user).values("pk")
    )
    return get_object_or_404(Claim.objects.filter(own).with_people(), pk=pk)


def _home(request: SignedIn, claim: Claim) -> str:
    """The page on which this person sees the claim."""
    return reverse("claim" if claim.learner_id == request.user.pk else "office-claim", args=[claim.pk])
