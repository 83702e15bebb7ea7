"""A report of one's own: chosen on a page, looked at, kept under a name, written as a file."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.jobs.models import Job
from accounts.people import asking
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import Refusal, beside_fields
from enrollments.builder.actions import TASK, ask_for_file, remove_report, save_report
from enrollments.builder.forms import SaveForm, WishForm
from enrollments.builder.models import SavedReport
from enrollments.builder.queries import in_words, preview
from enrollments.builder.wish import COLUMNS, Rows, Wish
from enrollments.reports.queries import frame_of
from enrollments.reports.shown import shown_to
from enrollments.reports.views import Asked, asked

SHOWN = 50


def _form(data: QueryDict) -> WishForm:
    rows = data.get("rows", "")
    rows = rows if rows in Rows.values else Rows.UNITS.value
    given = data.copy()
    given["rows"] = rows
    if not given.getlist("columns"):  # a report of no column is one of all
        given.setlist("columns", [column.key for column in COLUMNS[rows][1:]])
    return WishForm(given, rows=rows)


def _address(about: Asked, wish: Wish) -> str:
    return f"{reverse('report-builder')}?agency={about.agency.pk}&year={about.year}&{wish.as_query()}"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def builder(request: HttpRequest) -> HttpResponse:
    """Choose and look; a POST keeps what is seen under a name."""
    about, person = asked(request), asking.person(request)
    form = _form(request.POST if request.method == "POST" else request.GET)
    save = SaveForm(request.POST if request.method == "POST" else None)
    wish = form.wish() if form.is_valid() else None
    if request.method == "POST" and wish and save.is_valid():
        with beside_fields(save):
            name, is_shared = save.cleaned_data["name"], save.cleaned_data["is_shared"]
            save_report(about.agency, wish, name, by=person, is_shared=is_shared)
            messages.success(
                request, _("Kept. It stands in the list below, with the figures of the day on which it is opened.")
            )
            return redirect(_address(about, wish))
    frame = frame_of(about.agency, about.year) if wish and wish.rows != Rows.PEOPLE else None
    told = (
        shown_to(person, lambda: preview(about.agency, about.year, wish, timezone.now(), frame=frame), before=frame)
        if wish
        else None
    )
    jobs = Job.objects.owned_by(request.user).filter(task=TASK).exclude(state=Job.State.CANCELLED)
    context: dict[str, Any] = {
        "about": about,
        "form": form,
        "save": save,
        "wish": wish,
        "kinds": Rows,
        "told": told,
        "found": told.value if told else None,
        "wish_label": Rows(wish.rows).label if wish else "",
        "said": in_words(wish) if wish else "",
        "address": _address(about, wish) if wish else reverse("report-builder"),
        "saved": SavedReport.objects.visible_to(person).select_related("agency", "owner")[:SHOWN],
        "job": jobs.first(),
    }
    return page(request, "enrollments/builder/builder.html", context)


@login_required
@require_POST
def builder_file(request: HttpRequest) -> HttpResponse:
    """All rows as a file, by a worker."""
    about = asked(request)
    form = _form(request.POST)
    if not form.is_valid():
        raise Refusal(_("Show the report first, then ask for the file."))
    ask_for_file(
        about.agency, about.year, form.wish(), by=asking.person(request), form=request.POST.get("form", "xlsx")
    )
    return redirect(f"{_address(about, form.wish())}#berkas")


@login_required
@require_POST
def builder_remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = asking.person(request)
    remove_report(get_object_or_404(SavedReport.objects.held_by(person).select_related("agency"), pk=pk), by=person)
    messages.success(request, _("Removed."))
    return redirect("report-builder")
