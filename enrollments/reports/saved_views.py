"""Saved views of the list of people: all of one's own, and each of them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people.signed_in import SignedIn
from asn_lms.lib.days import local_day
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from enrollments.reports import own_data as own_data  # registers itself
from enrollments.reports.forms import NewViewForm, ViewForm
from enrollments.reports.listing import Listing
from enrollments.reports.models import SavedView
from enrollments.reports.rules import may_read_reports, top_agencies
from enrollments.reports.saved import change_view, delete_view, listing_of, save_view, views_of
from enrollments.reports.views import asked


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: SignedIn) -> HttpResponse:
    """One's saved views; POST saves what the list shows now."""
    if not may_read_reports(request.user):
        raise PermissionDenied
    form = NewViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            view = save_view(
                request.user,
                form.cleaned_data["name"],
                _listing(request),
                is_default=form.cleaned_data["is_default"],
            )
            messages.success(request, _("“%(name)s” is saved.") % {"name": view})
            return redirect(reverse("report-people") + listing_of(view).address())
    context = {"rows": views_of(request.user), "form": form if request.method == "POST" else None}
    return page(request, "enrollments/reports/saved_views.html", context)


def _listing(request: SignedIn) -> Listing:
    """What the form says, of a unit that one may read; the year that runs is kept as none, so that the view stays new."""
    about = asked(request)
    is_whole = not request.POST.get("agency") and len(top_agencies(request.user)) > 1
    is_now = about.year == local_day(about.agency.zone).year
    return Listing.read(request.POST, None if is_whole else about.agency.pk, None if is_now else about.year)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: SignedIn, pk: int) -> HttpResponse:
    """Give one of one's own another name, or let it open first."""
    found = get_object_or_404(SavedView.objects.held_by(request.user).select_related("owner"), pk=pk)
    form = ViewForm(request.POST or None, initial={"name": found.name, "is_default": found.is_default})
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            change_view(found, **form.cleaned_data)
            messages.success(request, _("The changes are saved."))
            return redirect("report-views")
    return page(request, "enrollments/reports/saved_view.html", {"form": form, "view": found})


@login_required
@require_POST
def delete(request: SignedIn, pk: int) -> HttpResponse:
    found = get_object_or_404(SavedView.objects.held_by(request.user), pk=pk)
    name = found.name
    delete_view(found)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
    return redirect("report-views")
