"""Changing the tree of units. Every change of shape is made one after another: places in the tree are numbers."""

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.agencies.models import Agency
from accounts.agencies.queries import people_at_or_below
from accounts.agencies.rules import may_manage_agency, may_move_agency
from accounts.audit.actions import record
from asn_lms.lib.refusals import NotYours, Refusal

TREE_LOCK = 7_210_001  # any number, the same for everybody who changes the tree


def lock_tree() -> None:
    """Until the end of the transaction nobody else changes the shape of the tree."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


@transaction.atomic
def add_agency(
    *, code: str, name: str, parent: Agency | None, by: Any, short_name: str = "", kind: str = "", zone: str = ""
) -> Agency:
    """Add a unit below `parent`, last among its sisters. Zone and kind follow the parent when they are not given."""
    lock_tree()
    parent = Agency.objects.get(pk=parent.pk) if parent else None
    if not may_manage_agency(by, parent):
        raise NotYours(_("You may add units only below your own unit."), field="parent")
    if parent and not parent.is_active:
        raise Refusal(_("%(unit)s is closed. Choose a unit that is active.") % {"unit": parent}, field="parent")
    _refuse_known_code(code)
    values = {
        "code": code,
        "name": name,
        "short_name": short_name,
        "kind": kind or _kind_below(parent),
        "zone": zone or (parent.zone if parent else Agency.Zone.WIB),
    }
    agency: Agency = (
        Agency.objects.add_child(parent, create_kwargs=values)
        if parent
        else Agency.objects.add_root(create_kwargs=values)
    )
    record("agency.added", agency, by=by, agency=agency, code=code, parent=str(parent or ""))
    return agency


@transaction.atomic
def edit_agency(agency: Agency, *, by: Any, **values: str) -> Agency:
    """Change code, name, short name, kind or zone. Papers that were already drawn keep the old name."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if not may_manage_agency(by, agency):
        raise NotYours(_("This unit is not in your reach."))
    if "code" in values and values["code"] != agency.code:
        _refuse_known_code(values["code"], but=agency)
    changed = {name: value for name, value in values.items() if getattr(agency, name) != value}
    if not changed:
        return agency
    before = {name: getattr(agency, name) for name in changed}
    for name, value in changed.items():
        setattr(agency, name, value)
    agency.save(update_fields=list(changed))
    record("agency.edited", agency, by=by, agency=agency, before=before, after=changed)
    return agency


@transaction.atomic
def move_agency(agency: Agency, parent: Agency, *, by: Any) -> Agency:
    """Hang the unit, with everything below it, under another one. Grants follow: they name units, not places."""
    lock_tree()
    agency = Agency.objects.get(pk=agency.pk)
    parent = Agency.objects.get(pk=parent.pk)
    if not may_move_agency(by, agency):
        raise NotYours(_("You may move only units below your own unit."))
    if not may_manage_agency(by, parent):
        raise NotYours(_("%(unit)s is not in your reach.") % {"unit": parent}, field="parent")
    if parent.is_within(agency):
        raise Refusal(_("A unit cannot be moved below itself."), field="parent")
    if not parent.is_active:
        raise Refusal(_("%(unit)s is closed. Choose a unit that is active.") % {"unit": parent}, field="parent")
    old = Agency.objects.get_parent(agency)
    if old and old.pk == parent.pk:
        raise Refusal(_("The unit is already below %(unit)s.") % {"unit": parent}, field="parent")
    Agency.objects.move(agency, parent, pos="last-child")
    moved: Agency = Agency.objects.get(pk=agency.pk)
    record("agency.moved", moved, by=by, agency=moved, before=str(old or ""), after=str(parent))
    return moved


@transaction.atomic
def deactivate_agency(agency: Agency, *, by: Any) -> Agency:
    """Close a unit. Refused while people or active units are in it: they are moved first, so that nobody is lost."""
    lock_tree()
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if not may_move_agency(by, agency):
        raise NotYours(_("You may close only units below your own unit."))
    if not agency.is_active:
        raise Refusal(_("This unit is already closed."))
    people = people_at_or_below(agency)
    if people:
        parent = Agency.objects.get_parent(agency)
        raise Refusal(
            ngettext(
                "%(count)d active person still serves in %(unit)s. Transfer them first, for example to %(parent)s.",
                "%(count)d active people still serve in %(unit)s. Transfer them first, for example to %(parent)s.",
                people,
            )
            % {"count": people, "unit": agency, "parent": parent or _("another unit")}
        )
    if Agency.objects.get_descendants(agency).filter(is_active=True).exists():
        raise Refusal(_("There are active units below %(unit)s. Close or move them first.") % {"unit": agency})
    agency.is_active = False
    agency.save(update_fields=["is_active"])
    record("agency.deactivated", agency, by=by, agency=agency)
    return agency


@transaction.atomic
def reactivate_agency(agency: Agency, *, by: Any) -> Agency:
    """Open a closed unit again."""
    lock_tree()
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if not may_move_agency(by, agency):
        raise NotYours(_("You may open only units below your own unit."))
    parent = Agency.objects.get_parent(agency)
    if parent and not parent.is_active:
        raise Refusal(_("%(unit)s above it is closed. Open that first.") % {"unit": parent})
    if not agency.is_active:
        agency.is_active = True
        agency.save(update_fields=["is_active"])
        record("agency.reactivated", agency, by=by, agency=agency)
    return agency


def _refuse_known_code(code: str, *, but: Agency | None = None) -> None:
    known = Agency.objects.filter(code__iexact=code).exclude(pk=but.pk if but else None).first()
    if known:
        # The other unit may lie outside the reach of who asks, so it is not named.
        raise Refusal(_("The code %(code)s is already used. Choose another.") % {"code": code}, field="code")


def _kind_below(parent: Agency | None) -> str:
    if parent is None:
        return Agency.Kind.INSTANSI
    return Agency.Kind.OPD if parent.kind == Agency.Kind.INSTANSI else Agency.Kind.UNIT
