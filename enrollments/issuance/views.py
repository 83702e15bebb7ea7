"""Papers for a cohort: who gets one and who not, one click, and the queue that it begins."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people.signed_in import SignedIn
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from enrollments.cohorts.models import Cohort
from enrollments.issuance.actions import MOST, begin_issuance, try_again
from enrollments.issuance.forms import IssueForm
from enrollments.issuance.models import Audience, Issuance
from enrollments.issuance.queries import PHASES, preview, queue_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: SignedIn, cohort_id: int) -> HttpResponse:
    """Look first, then give: the same list is shown again when something was missing, with every tick."""
    rows = Cohort.objects.run_by(request.user).select_related("course", "version", "organiser")
    cohort = get_object_or_404(rows, pk=cohort_id)
    wanted = request.POST.get("to") or request.GET.get("to") or ""
    audience = wanted if wanted in Audience.values else Audience.ATTENDED.value
    form = IssueForm(request.POST or None)
    ticked = {int(one) for one in request.POST.getlist("place") if one.isascii() and one.isdigit() and len(one) < 19}
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            only = ticked if form.cleaned_data["who"] == IssueForm.CHOSEN else None
            return redirect("issuance", begin_issuance(cohort, audience, only=only, by=request.user).pk)
    context: dict[str, Any] = {
        "found": preview(cohort, audience, by=request.user, now=timezone.now()),
        "form": form,
        "ticked": ticked,
        "most": MOST,
        "chips": [(label, f"?{urlencode({'to': value})}", value == audience) for value, label in Audience.choices],
    }
    return page(request, "enrollments/issuance/issue.html", context)


@login_required
@require_safe
def queue(request: SignedIn, pk: int) -> HttpResponse:
    show, after = request.GET.get("show", ""), request.GET.get("after", "")
    show = show if show in PHASES else ""
    found = queue_of(_issuance(request, pk), show=show, after=int(after) if _is_key(after) else None)
    context = {
        "found": found,
        "chips": [
            (label, f"?{urlencode({'show': name})}", name == show, found.counts[name])
            for name, label in PHASES.items()
            if found.counts[name] or name in {"", show}
        ],
        "next": f"?{urlencode({'show': show, 'after': found.next_after})}" if found.next_after else "",
    }
    return page(request, "enrollments/issuance/queue.html", context)


@login_required
@require_POST
def again(request: SignedIn, pk: int) -> HttpResponse:
    count = try_again(_issuance(request, pk), by=request.user)
    said = ngettext("%(count)d is tried again.", "%(count)d are tried again.", count)
    messages.success(request, said % {"count": count} if count else _("Nothing had stopped."))
    return redirect("issuance", pk)


def _issuance(request: SignedIn, pk: int) -> Issuance:
    rows = Issuance.objects.run_by(request.user).select_related("cohort__organiser", "cohort__version", "made_by")
    return get_object_or_404(rows, pk=pk)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
