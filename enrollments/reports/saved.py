"""Saved views of the list of people: saved, changed, deleted, and read as what they stand for."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User
from asn_lms.lib.refusals import Refusal
from enrollments.reports.listing import Listing
from enrollments.reports.models import MOST_VIEWS, SavedView
from enrollments.reports.rules import may_read_report_of
from enrollments.reports.staff import Order


@transaction.atomic
def save_view(owner: User, name: str, listing: Listing, *, is_default: bool = False) -> SavedView:
    """Keep the list under a name. Refused when the owner has the name already, has twenty, or looks for a number."""
    if listing.is_by_number:
        raise Refusal(_("A list that looks for a number cannot be saved: a number does not belong in an address."))
    taken = _own_views(owner)
    _check_name(taken, name)
    free = next((place for place in range(1, MOST_VIEWS + 1) if place not in {view.place for view in taken}), None)
    if free is None:
        raise Refusal(_("You have 20 saved views. Delete one that you no longer need."))
    if is_default:
        SavedView.objects.held_by(owner).update(is_default=False)
    return SavedView.objects.create(
        owner=owner,
        place=free,
        name=name,
        agency_id=listing.unit,
        year=listing.year,
        show=listing.show,
        order=str(listing.order or ""),
        text=listing.text,
        is_default=is_default,
    )


@transaction.atomic
def change_view(view: SavedView, *, name: str, is_default: bool) -> SavedView:
    """Give it another name, and say whether it opens first; then no other does."""
    _check_name([one for one in _own_views(view.owner) if one.pk != view.pk], name)
    if is_default:
        SavedView.objects.held_by(view.owner).exclude(pk=view.pk).update(is_default=False)
    view.name, view.is_default = name, is_default
    view.save(update_fields=["name", "is_default"])
    return view


def delete_view(view: SavedView) -> None:
    view.delete()


def _own_views(owner: User) -> list[SavedView]:
    """All of the owner's, who can save or change no other meanwhile."""
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    return list(SavedView.objects.held_by(owner))


def _check_name(others: list[SavedView], name: str) -> None:
    if any(view.name.upper() == name.upper() for view in others):
        raise Refusal(_("You have a view of this name already. Choose another name."), field="name")


@dataclass(frozen=True)
class ViewRow:
    """A saved view and the address that it opens; none when its unit is no longer the owner's to read."""

    view: SavedView
    address: str


def views_of(owner: User) -> list[ViewRow]:
    """The owner's, in the order in which they were saved. One query."""
    return [
        ViewRow(
            view, listing_of(view).address() if view.agency is None or may_read_report_of(owner, view.agency) else ""
        )
        for view in SavedView.objects.held_by(owner).select_related("agency")
    ]


def listing_of(view: SavedView) -> Listing:
    return Listing(view.agency_id, view.year, view.show, Order.read(view.order), view.text)
