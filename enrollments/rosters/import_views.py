"""A spreadsheet of people for a cohort: upload, check, confirm."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.jobs.imports import CREATED, REFUSED, UNCHANGED, confirm_import
from accounts.jobs.models import Job
from accounts.people.signed_in import SignedIn
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from enrollments.cohorts.models import Cohort
from enrollments.rosters.actions import CHECK, WRITE, begin_import
from enrollments.rosters.forms import SheetForm
from enrollments.rosters.views import run_cohort

ROWS = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedIn, cohort_id: int) -> HttpResponse:
    cohort = run_cohort(request, cohort_id)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            job = begin_import(cohort, form.cleaned_data["file"], by=request.user)
            return redirect("office-cohort-review", cohort.pk, job.uid)
    return page(request, "enrollments/rosters/upload.html", {"cohort": cohort, "form": form})


@login_required
@require_safe
def review(request: SignedIn, cohort_id: int, uid: UUID) -> HttpResponse:
    """How far it is; once checked, what would happen; once written, what happened."""
    cohort = run_cohort(request, cohort_id)
    job = _job(request, cohort, uid)
    context: dict[str, Any] = {"cohort": cohort, "job": job, "is_check": job.task == CHECK}
    if job.is_over and job.result:
        context |= _rows(job, request.GET.get("show", ""), request.GET.get("page", ""), cohort)
    return page(request, "enrollments/rosters/review.html", context)


@login_required
@require_POST
def confirm(request: SignedIn, cohort_id: int, uid: UUID) -> HttpResponse:
    cohort = run_cohort(request, cohort_id)
    job = _job(request, cohort, uid)
    if job.task != CHECK:
        raise Http404
    title = _("Adding the people of %(file)s") % {"file": job.source_name[:120]}
    written = confirm_import(job, WRITE, title, by=request.user)
    messages.success(request, _("The import has begun. You may leave this page; the work goes on."))
    return redirect("office-cohort-review", cohort.pk, written.uid)


def _job(request: SignedIn, cohort: Cohort, uid: UUID) -> Job:
    """The person's own job for this cohort."""
    job = get_object_or_404(Job.objects.owned_by(request.user).filter(task__in=[CHECK, WRITE]), uid=uid)
    reviewed = job if job.task == CHECK else Job.objects.get(uid=job.payload["check"])
    if reviewed.payload["cohort"] != cohort.pk:
        raise Http404
    return job


def _rows(job: Job, show: str, number: str, cohort: Cohort) -> dict[str, Any]:
    counts = {kind: int(job.result.get(kind, 0)) for kind in (REFUSED, CREATED, UNCHANGED)}
    labels = {
        REFUSED: _("To be fixed"),
        CREATED: _("Ready") if job.task == CHECK else _("Added"),
        UNCHANGED: _("Left out"),
    }
    show = show if show in counts else ""
    shown = [one for one in job.result.get("shown", []) if not show or one["kind"] == show]
    order = list(counts)
    shown.sort(key=lambda one: (order.index(one["kind"]), one["row"]))
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 0
    return {
        "counts": counts,
        "total": sum(counts.values()),
        "seats_after": cohort.seats_taken + counts[CREATED],
        "rows": shown[at * ROWS : (at + 1) * ROWS],
        "shown": len(shown),
        "first": at * ROWS + 1,
        "last": min((at + 1) * ROWS, len(shown)),
        "chips": [("", _("All"), sum(counts.values()), not show)]
        + [(kind, labels[kind], count, kind == show) for kind, count in counts.items() if count],
        "previous": f"?show={show}&page={at - 1}" if at else "",
        "next": f"?show={show}&page={at + 1}" if len(shown) > (at + 1) * ROWS else "",
        "written": job.payload.get("write", ""),
    }
