"""The outbox in the office, and a person's own IP-ASN."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.jobs.models import Job
from accounts.people.signed_in import SignedIn
from asn_lms.lib.pages import page
from enrollments.siasn.actions import hand_over_file, settle_by_hand, try_again, try_all_again
from enrollments.siasn.models import Posting
from enrollments.siasn.people import ask_for_index
from enrollments.siasn.queries import SHOWN, outbox
from enrollments.siasn.rules import may_edit_points, may_open
from enrollments.siasn.sheet import TASK, ask_for_file
from enrollments.siasn.standing import index_page


@login_required
@require_safe
def office_siasn(request: SignedIn) -> HttpResponse:
    """What needs a hand first."""
    if not may_open(request.user):
        raise PermissionDenied
    before = request.GET.get("before", "")
    found = outbox(
        request.user,
        show=request.GET.get("show", ""),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
    )
    context: dict[str, Any] = {
        "found": found,
        "chips": [
            (label, f"?{urlencode({'show': name})}", name == found.show, found.counts[name])
            for name, label in SHOWN.items()
            if found.counts[name] or name in {"there", found.show}
        ],
        "older": f"?{urlencode({'show': found.show, 'before': found.next_before})}" if found.next_before else "",
        "job": Job.objects.owned_by(request.user).filter(task=TASK).exclude(state=Job.State.CANCELLED).first(),
    }
    return page(request, "enrollments/siasn/outbox.html", context)


@login_required
@require_POST
def again(request: SignedIn, pk: int) -> HttpResponse:
    try_again(_seen(request, pk), by=request.user)
    messages.success(request, _("It goes to SIASN again."))
    return redirect("office-siasn")


@login_required
@require_POST
def all_again(request: SignedIn) -> HttpResponse:
    """Everything that stopped for one reason."""
    if not may_open(request.user):
        raise PermissionDenied
    reason = request.POST.get("reason", "")
    count = try_all_again(reason if reason in Posting.Reason.values else "", by=request.user)
    said = ngettext("%(count)d certificate goes to SIASN again.", "%(count)d certificates go to SIASN again.", count)
    messages.success(request, said % {"count": count})
    return redirect("office-siasn")


@login_required
@require_POST
def settle(request: SignedIn, pk: int) -> HttpResponse:
    settle_by_hand(_seen(request, pk), by=request.user)
    messages.success(request, _("Marked as settled. It is not sent to SIASN any more."))
    return redirect("office-siasn")


@login_required
@require_POST
def export(request: SignedIn) -> HttpResponse:
    if not may_open(request.user):
        raise PermissionDenied
    ask_for_file(by=request.user)
    return redirect("office-siasn")


@login_required
@require_POST
def hand_over(request: SignedIn, uid: UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.owned_by(request.user).filter(task=TASK), uid=uid)
    count = hand_over_file(job, by=request.user)
    said = ngettext(
        "%(count)d certificate is marked as handed over.", "%(count)d certificates are marked as handed over.", count
    )
    messages.success(request, said % {"count": count})
    return redirect("office-siasn")


@login_required
@require_safe
def my_index(request: SignedIn) -> HttpResponse:
    context = {"index": index_page(request.user), "may_edit": may_edit_points(request.user)}
    return page(request, "enrollments/siasn/my_index.html", context)


@login_required
@require_POST
def ask(request: SignedIn) -> HttpResponse:
    ask_for_index(request.user, timezone.now())
    messages.success(request, _("SIASN is being asked. The value appears here as soon as it answers."))
    return redirect("my-index")


def _seen(request: SignedIn, pk: int) -> Posting:
    return get_object_or_404(Posting.objects.visible_to(request.user), pk=pk)
