"""The tree of units, for training officers and administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.agencies.actions import add_agency, deactivate_agency, edit_agency, move_agency, reactivate_agency
from accounts.agencies.forms import AgencyForm, MoveAgencyForm, NewAgencyForm
from accounts.agencies.models import Agency
from accounts.agencies.queries import (
    MOST_FOUND,
    agency_page,
    branches,
    find_agencies,
    managed_agencies,
    top_branches,
)
from accounts.agencies.rules import may_move_agency
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields


@for_roles("officer")
@require_safe
def agency_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:100]
    if search:
        found = list(find_agencies(managed_agencies(request.user), search)[: MOST_FOUND + 1])
        rows = branches(found[:MOST_FOUND])
    else:
        found, rows = [], top_branches(request.user)
    context = {"rows": rows, "search": search, "has_more": len(found) > MOST_FOUND, "most": MOST_FOUND}
    return page(request, "accounts/agencies/list.html", context)


@for_roles("officer")
@require_safe
def options(request: HttpRequest) -> HttpResponse:
    """Units for the list beside an input, as one types."""
    text = next((str(value) for value in request.GET.values()), "").strip()[:100]
    units = find_agencies(managed_agencies(request.user).active(), text)[:20] if len(text) > 1 else []
    return render(request, "accounts/agencies/options.html", {"units": units})


@for_roles("officer")
@require_safe
def agency(request: HttpRequest, agency_id: int) -> HttpResponse:
    unit = _unit(request, agency_id)
    return page(request, "accounts/agencies/agency.html", agency_page(unit, request.user))


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def new_agency(request: HttpRequest) -> HttpResponse:
    below = managed_agencies(request.user).filter(pk=_number(request.GET.get("below", ""))).first()
    initial = {"parent": below, "zone": below.zone, "kind": Agency.Kind.UNIT} if below else {}
    form = NewAgencyForm(request.user, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            unit = add_agency(by=request.user, **form.cleaned_data)
            messages.success(request, _("%(unit)s was added.") % {"unit": unit})
            return redirect("office-agency", unit.pk)
    context = {"form": form, "below": below}
    return page(request, "accounts/agencies/new.html", context)


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, agency_id: int) -> HttpResponse:
    unit = _unit(request, agency_id)
    name = unit.name
    form = AgencyForm(request.POST or None, instance=unit)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            edit_agency(unit, by=request.user, **form.cleaned_data)
            messages.success(request, _("The changes are saved."))
            return redirect("office-agency", unit.pk)
    return page(request, "accounts/agencies/edit.html", {"form": form, "unit": unit, "name": name})


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, agency_id: int) -> HttpResponse:
    unit = _unit(request, agency_id)
    form = MoveAgencyForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            move_agency(unit, form.cleaned_data["parent"], by=request.user)
            messages.success(request, _("%(unit)s was moved.") % {"unit": unit})
            return redirect("office-agency", unit.pk)
    context = agency_page(unit, request.user) | {"form": form, "may_move": may_move_agency(request.user, unit)}
    return page(request, "accounts/agencies/move.html", context)


@for_roles("officer")
@require_POST
def deactivate(request: HttpRequest, agency_id: int) -> HttpResponse:
    unit = _unit(request, agency_id)
    deactivate_agency(unit, by=request.user)
    messages.success(request, _("%(unit)s is closed.") % {"unit": unit})
    return redirect("office-agency", unit.pk)


@for_roles("officer")
@require_POST
def reactivate(request: HttpRequest, agency_id: int) -> HttpResponse:
    unit = _unit(request, agency_id)
    reactivate_agency(unit, by=request.user)
    messages.success(request, _("%(unit)s is open again.") % {"unit": unit})
    return redirect("office-agency", unit.pk)


def _unit(request: HttpRequest, agency_id: int) -> Agency:
    unit: Agency = get_object_or_404(managed_agencies(request.user), pk=agency_id)
    return unit


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
