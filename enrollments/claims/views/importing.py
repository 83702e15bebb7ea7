"""A spreadsheet of claims: upload, look at each row, write. The same screens for a learner and for the office."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.jobs.imports import CREATED, REFUSED, UNCHANGED, confirm_import
from accounts.jobs.models import Job
from accounts.people.signed_in import SignedIn
from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from asn_lms.lib.sheets import XLSX
from enrollments.claims.forms import SheetForm
from enrollments.claims.sheet import CHECK, WRITE, begin_import, write_blank

ROWS = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedIn, *, office: bool) -> HttpResponse:
    _knock(request, office=office)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            data = form.cleaned_data
            job = begin_import(data["file"], data["archive"], by=request.user, office=office)
            return redirect("office-claims-review" if office else "claims-review", job.uid)
    return page(request, "enrollments/claims/upload.html", {"form": form, "office": office})


@login_required
@require_safe
def blank(request: SignedIn, *, office: bool) -> HttpResponse:
    _knock(request, office=office)
    file = BytesIO()
    write_blank(file, office=office)
    headers = {"Content-Disposition": 'attachment; filename="klaim.xlsx"'}
    return HttpResponse(file.getvalue(), content_type=XLSX, headers=headers)


@login_required
@require_safe
def review(request: SignedIn, uid: UUID, *, office: bool) -> HttpResponse:
    """How far it is; once checked, what each row would become; once written, what it became."""
    job = _job(request, uid, office=office)
    context: dict[str, Any] = {"job": job, "office": office, "is_check": job.task == CHECK}
    if job.is_over and job.result:
        context |= _rows(job, request.GET.get("show", ""), request.GET.get("page", ""))
    return page(request, "enrollments/claims/review.html", context)


@login_required
@require_POST
def confirm(request: SignedIn, uid: UUID, *, office: bool) -> HttpResponse:
    job = _job(request, uid, office=office)
    if job.task != CHECK:
        raise Http404
    written = confirm_import(
        job, WRITE, _("Claiming the rows of %(file)s") % {"file": job.source_name[:120]}, by=request.user
    )
    messages.success(request, _("The import has begun. You may leave this page; the work goes on."))
    return redirect("office-claims-review" if office else "claims-review", written.uid)


def _knock(request: SignedIn, *, office: bool) -> None:
    if office and not has_role(request.user, RoleGrant.Role.OFFICER):
        raise PermissionDenied


def _job(request: SignedIn, uid: UUID, *, office: bool) -> Job:
    """The person's own work on claims of this room."""
    job = get_object_or_404(Job.objects.owned_by(request.user).filter(task__in=[CHECK, WRITE]), uid=uid)
    reviewed = job if job.task == CHECK else Job.objects.get(uid=job.payload["check"])
    if bool(reviewed.payload.get("office")) != office:
        raise Http404
    return job


def _rows(job: Job, show: str, number: str) -> dict[str, Any]:
    counts = {kind: int(job.result.get(kind, 0)) for kind in (REFUSED, CREATED, UNCHANGED)}
    labels = {
        REFUSED: _("To be fixed"),
        CREATED: _("Ready") if job.task == CHECK else _("Claimed"),
        UNCHANGED: _("Left out"),
    }
    show = show if show in counts else ""
    order = list(counts)
    shown = [one for one in job.result.get("shown", []) if not show or one["kind"] == show]
    shown.sort(key=lambda one: (order.index(one["kind"]), one["row"]))
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 0
    return {
        "counts": counts,
        "total": sum(counts.values()),
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
