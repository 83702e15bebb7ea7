"""The signing queue of an official: samples, the secret once, a bar that fills."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.people.signed_in import SignedIn
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import Refusal, beside_fields, problem
from enrollments.certificates.actions.batch import as_secret, ask_for_code, send_back, sign_batch
from enrollments.certificates.forms import NikForm
from enrollments.certificates.models import Certificate
from enrollments.certificates.printing import WITH_PRINTED, drawn
from enrollments.certificates.queries import signing_queue
from enrollments.signing.identities import keep_nik


@login_required
@require_safe
def queue(request: SignedIn) -> HttpResponse:
    return _page(request)


@login_required
@require_safe
def sample(request: SignedIn, pk: int) -> HttpResponse:
    """What would be signed, drawn as it will be."""
    waiting = Certificate.objects.to_be_signed_by(request.user).select_related(*WITH_PRINTED)
    response = HttpResponse(drawn(get_object_or_404(waiting, pk=pk)), content_type="application/pdf")
    response["Content-Disposition"] = "inline"
    return response


@sensitive_post_parameters()
@login_required
@require_POST
def sign(request: SignedIn) -> HttpResponse:
    """Sign for a few seconds. A script asks again until nothing is left; without one, a person presses again."""
    wants_json = "application/json" in request.headers.get("Accept", "")
    secret = as_secret(request.POST.get("secret", ""), is_code=request.POST.get("is_code") == "1")
    if not secret:
        sentence = _("Type your passphrase first.")
        return problem(422, sentence) if wants_json else _page(request, missing=sentence)
    try:
        done = sign_batch(
            request.user,
            secret,
            cohort_id=_key(request.POST.get("cohort", "")),
            after=_key(request.POST.get("after", "")) or 0,
        )
    except Refusal as refusal:
        return problem(409, str(refusal.sentence)) if wants_json else _page(request, missing=str(refusal.sentence))
    if wants_json:
        failed = [{"number": number, "reason": reason} for number, reason in done.failed]
        return JsonResponse({"signed": done.signed, "failed": failed, "stopped": done.stopped, "after": done.last})
    if done.signed:
        said = ngettext("%(count)d certificate was signed.", "%(count)d certificates were signed.", done.signed)
        messages.success(request, said % {"count": done.signed})
    if done.stopped:
        return _page(request, missing=done.stopped)
    for number, reason in done.failed[:3]:
        messages.error(request, f"{number}: {reason}")
    return redirect("signing")


@login_required
@require_POST
def code(request: SignedIn) -> HttpResponse:
    ask_for_code(request.user, papers=Certificate.objects.to_be_signed_by(request.user).count())
    messages.success(request, _("BSrE sends you a code. It holds for a few minutes."))
    return redirect("signing")


@sensitive_post_parameters("nik")
@login_required
@require_POST
def identity(request: SignedIn) -> HttpResponse:
    form = NikForm(request.POST)
    if form.is_valid():
        with beside_fields(form):
            keep_nik(request.user, form.cleaned_data["nik"])
            messages.success(request, _("Kept, locked. It is only used to sign."))
            return redirect("signing")
    return _page(request, nik_form=form)


@login_required
@require_POST
def refuse(request: SignedIn, pk: int) -> HttpResponse:
    row = get_object_or_404(Certificate.objects.to_be_signed_by(request.user), pk=pk)
    send_back(row, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, _("Sent back to the training office, with your reason."))
    return redirect("signing")


def _page(request: SignedIn, *, missing: str = "", nik_form: NikForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "queue": signing_queue(request.user),
        "missing": missing,
        "nik_form": nik_form or NikForm(),
    }
    return page(request, "enrollments/certificates/signing.html", context, status=422 if missing else 200)


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
