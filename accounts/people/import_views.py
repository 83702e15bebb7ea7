"""Spreadsheets of people and units: upload, check, confirm."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.jobs.imports import CREATED, REFUSED, UNCHANGED, UPDATED
from accounts.jobs.models import Job
from accounts.people.asking import person
from accounts.people.blank_sheets import write_blank
from accounts.people.forms import ImportForm
from accounts.people.importing import CHECKS, KIND_OF, begin_check, begin_write
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from asn_lms.lib.sheets import XLSX

ROWS = 25


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The upload, and what was imported lately."""
    kind = request.GET.get("kind", "people")
    form = ImportForm(
        request.POST or None, request.FILES or None, initial={"kind": kind if kind in CHECKS else "people"}
    )
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            job = begin_check(form.cleaned_data["kind"], form.cleaned_data["file"], by=person(request))
            return redirect("office-import", job.uid)
    mine = Job.objects.owned_by(request.user).filter(task__in=KIND_OF)[:20]
    return page(request, "accounts/people/imports.html", {"form": form, "jobs": mine})


@for_roles("officer")
@require_safe
def blank_sheet(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty sheet with the right columns, and the codes of this officer's units."""
    if kind not in CHECKS:
        raise Http404
    file = BytesIO()
    write_blank(file, kind, request.user)
    headers = {"Content-Disposition": f'attachment; filename="{kind}.xlsx"'}
    return HttpResponse(file.getvalue(), content_type=XLSX, headers=headers)


@for_roles("officer")
@require_safe
def one_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How far it is; when it was checked, what would happen; when it was written, what happened."""
    job = _job(request, uid)
    context: dict[str, Any] = {"job": job, "kind": KIND_OF[job.task], "is_check": job.task in CHECKS.values()}
    if job.state == Job.State.DONE or (job.is_over and job.result):
        context |= _review(job, request.GET.get("show", ""), request.GET.get("page", ""))
    return page(request, "accounts/people/import.html", context)


def _review(job: Job, show: str, page_text: str) -> dict[str, Any]:
    counts = {kind: int(job.result.get(kind, 0)) for kind in (CREATED, UPDATED, UNCHANGED, REFUSED)}
    total = sum(counts.values())
    order = [REFUSED, UPDATED, CREATED, UNCHANGED]
    show = show if show in counts else ""
    shown = [one for one in job.result.get("shown", []) if not show or one["kind"] == show]
    shown.sort(key=lambda one: (order.index(one["kind"]), one["row"]))
    number = int(page_text) if page_text.isascii() and page_text.isdigit() and len(page_text) < 5 else 0
    rows = shown[number * ROWS : (number + 1) * ROWS]
    labels = {REFUSED: _("To be fixed"), CREATED: _("New"), UPDATED: _("Changed"), UNCHANGED: _("Unchanged")}
    return {
        "counts": counts,
        "total": total,
        "writable": counts[CREATED] + counts[UPDATED],
        "rows": rows,
        "show": show,
        "chips": [("", _("All"), total)] + [(kind, labels[kind], counts[kind]) for kind in order if counts[kind]],
        "first": number * ROWS + 1,
        "last": number * ROWS + len(rows),
        "shown": len(shown),
        "previous": f"?show={show}&page={number - 1}" if number else "",
        "next": f"?show={show}&page={number + 1}" if len(shown) > (number + 1) * ROWS else "",
        "bar": _bar(counts, total),
        "written": job.payload.get("write", ""),
    }


def _bar(counts: dict[str, int], total: int) -> list[tuple[str, int, int]]:
    """Segments of a bar 460 wide: kind, where it begins, how wide. What is there is seen, however little."""
    parts = [
        (name, count)
        for name, count in (
            ("good", counts[CREATED] + counts[UPDATED]),
            ("way", counts[UNCHANGED]),
            ("bad", counts[REFUSED]),
        )
        if count
    ]
    room, x, segments = 460 - 4 * max(len(parts) - 1, 0), 0, []
    for position, (name, count) in enumerate(parts):
        last = position == len(parts) - 1
        width = (
            460 - x if last else max(6, min(room * count // max(total, 1), 460 - x - 10 * (len(parts) - position - 1)))
        )
        segments.append((name, x, width))
        x += width + 4
    return segments


@for_roles("officer")
@require_POST
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    job = _job(request, uid)
    if job.task not in CHECKS.values():
        raise Http404
    written = begin_write(job, by=person(request))
    messages.success(request, _("The import has begun. You may leave this page; the work goes on."))
    return redirect("office-import", written.uid)


def _job(request: HttpRequest, uid: UUID) -> Job:
    return get_object_or_404(Job.objects.owned_by(request.user).filter(task__in=KIND_OF), uid=uid)
