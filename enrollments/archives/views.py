"""The page on which a file of certificates is asked for and waits."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.jobs.models import Job
from accounts.people.signed_in import SignedIn
from accounts.roles.queries import agencies_of
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from enrollments.archives.actions import TASK, ask_for_archive
from enrollments.archives.forms import ArchiveForm
from enrollments.archives.rules import HEAD, OFFICER, may_open
from enrollments.cohorts.models import Cohort

SHOWN = 5


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: SignedIn) -> HttpResponse:
    if not may_open(request.user):
        raise PermissionDenied
    asked = request.GET.get("cohort", "")
    cohort = None
    if asked:
        rows = Cohort.objects.run_by(request.user).select_related("version", "organiser")
        cohort = get_object_or_404(rows, pk=int(asked) if _is_key(asked) else 0)
    unit = request.GET.get("agency", "")
    if unit:
        # Whence the person came; another's answers like one that never existed.
        get_object_or_404(agencies_of(request.user, HEAD, OFFICER), pk=int(unit) if _is_key(unit) else 0)
    form = ArchiveForm(request.POST or None, user=request.user, cohort=cohort, initial={"agency": unit})
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            ask_for_archive(form.wanted(), by=request.user)
            return redirect(f"{reverse('archive')}#berkas")
    context: dict[str, Any] = {
        "form": form,
        "cohort": cohort,
        "jobs": Job.objects.owned_by(request.user).filter(task=TASK).exclude(state=Job.State.CANCELLED)[:SHOWN],
    }
    return page(request, "enrollments/archives/archive.html", context)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
