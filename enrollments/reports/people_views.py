"""People as their heads and training officers see them: the list, and one person."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.people.models import User
from accounts.people.queries import unit_choices
from accounts.people.signed_in import SignedIn
from accounts.roles.queries import paths_of
from asn_lms.lib.days import local_day
from asn_lms.lib.pages import page, part_asked_for
from enrollments.reports.forms import ViewForm
from enrollments.reports.listing import SPOKEN, Listing
from enrollments.reports.queries import floor_of
from enrollments.reports.record import record_of
from enrollments.reports.rules import READERS, led_units, may_read_reports, readable_agencies, top_agencies
from enrollments.reports.saved import ViewRow, listing_of, views_of
from enrollments.reports.shown import shown_to
from enrollments.reports.staff import Order, Show, StaffPage, Whom, spread, staff_page
from enrollments.reports.team import COLUMNS, team_of
from enrollments.reports.views import Asked, asked


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: SignedIn) -> HttpResponse:
    """The people of one unit, or of all units of one's grants: filter, search, order, page after page.

    Names are looked for by GET; a number only by POST, so that it stands in no address and no log.
    """
    about = asked(request)
    given = request.POST if request.method == "POST" else request.GET
    tops = top_agencies(request.user)
    is_whole = len(tops) > 1 and not given.get("agency")
    listing = Listing.read(given, None if is_whole else about.agency.pk, about.year)
    saved = views_of(request.user)
    if not given and (first := next((row for row in saved if row.view.is_default and row.address), None)):
        return redirect(reverse("report-people") + first.address)
    if (request.method == "POST") != listing.is_by_number:
        if listing.is_by_number:
            messages.warning(
                request,
                _("A number does not belong in an address, so nothing was looked for. Type it in the field above."),
            )
        return redirect(reverse("report-people") + listing.address())
    whom = Whom(tuple(tops) if is_whole else (about.agency,))
    context = _list(request, about, whom, listing, given.get("after", ""))
    return page(
        request, "enrollments/reports/people.html", {**context, "has_several": len(tops) > 1, **_saved(saved, listing)}
    )


def _list(request: SignedIn, about: Asked, whom: Whom, listing: Listing, after: str) -> dict[str, Any]:
    is_first = not listing.text and not listing.show and not after and part_asked_for(request) is None
    told = shown_to(request.user, lambda: _found(about, whom, listing, after, with_spread=is_first))
    found, steps = told.value
    is_whole = listing.unit is None
    return {
        "told": told,
        "about": about,
        "is_whole": is_whole,
        "found": found,
        "listing": listing,
        "units": unit_choices(paths_of(request.user, *READERS), None if is_whole else about.agency),
        "heads": listing.heads(found.order),
        "orders": [(value, label, value == str(found.order)) for value, label in SPOKEN.items()],
        "chips": [
            (label, listing.address(show="" if value == Show.ALL else value), value == (listing.show or Show.ALL))
            for value, label in Show.choices
        ],
        "next": listing.address(found.after, order=found.order) if found.after else "",
        "spread": steps,
    }


def _found(
    about: Asked, whom: Whom, listing: Listing, after: str, *, with_spread: bool
) -> tuple[StaffPage, list[tuple[str, int]]]:
    floor = floor_of(about.year)
    found = staff_page(
        whom,
        about.year,
        local_day(whom.units[0].zone),
        show=listing.show or Show.ALL,
        name=listing.text,
        order=listing.order,
        after=after,
        floor=floor,
        is_bounded=True,
    )
    return found, spread(whom, about.year, floor) if with_spread else []


def _saved(rows: list[ViewRow], listing: Listing) -> dict[str, Any]:
    """Chips of the saved views that may be opened, and the form that saves one more."""
    chips = [
        (row.view.name, row.address, replace(listing_of(row.view), year=row.view.year or listing.year) == listing)
        for row in rows
        if row.address
    ]
    return {"saved": chips, "save_form": ViewForm(auto_id="save_%s")}


@login_required
@require_safe
def team(request: SignedIn) -> HttpResponse:
    """Those who serve directly in the units that this person heads."""
    units = led_units(request.user)
    if not units:
        raise PermissionDenied
    order = Order.read(request.GET.get("sort", ""))
    head, after = request.user, request.GET.get("after", "")
    told = shown_to(head, lambda: team_of(head, units, timezone.now(), order=order, after=after))
    found = told.value
    heads = [head for head in Listing().heads(found.found.order) if head.column in COLUMNS]
    more = Listing(order=found.found.order).address(found.found.after) if found.found.after else ""
    return page(request, "enrollments/reports/team.html", {"told": told, "team": found, "heads": heads, "next": more})


@login_required
@require_safe
def person(request: SignedIn, person_id: int) -> HttpResponse:
    """One person who serves in the unit today, with all their courses."""
    if not may_read_reports(request.user):
        raise PermissionDenied
    someone = get_object_or_404(
        User.objects.select_related("agency", "rank"),
        pk=person_id,
        agency__in=readable_agencies(request.user),
        is_active=True,
    )
    # Of several units the one in which this person serves, so that the way back leads there.
    about = asked(request, someone.agency if len(top_agencies(request.user)) > 1 else None)
    told = shown_to(request.user, lambda: record_of(someone, about.year))
    return page(request, "enrollments/reports/person.html", {"about": about, "told": told, "record": told.value})
