"""Giving roles and ending them. A grant is dated: who was head in March stays readable in November."""

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import User
from accounts.people.rules import may_manage_person
from accounts.roles.models import RoleGrant
from accounts.roles.rules import may_end_role, may_give_role, may_grant_role
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal


@transaction.atomic
def grant_role(
    person: User,
    role: str,
    agency: Agency,
    *,
    by: Any,
    from_on: date | None = None,
    until_on: date | None = None,
    basis: str = RoleGrant.Basis.DEFINITIVE,
    decree: str = "",
) -> RoleGrant:
    """Let the person bear the role over the unit and everything below it, from that day (default: today) on."""
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    agency = Agency.objects.get(pk=agency.pk)
    _check_giver(person, role, agency, by)
    start = from_on or local_day(agency.zone)
    if until_on and until_on < start:
        raise Refusal(_("The last day lies before the first one."), field="until_on")
    if role != RoleGrant.Role.HEAD and basis != RoleGrant.Basis.DEFINITIVE:
        raise Refusal(_("Only a head can be acting (Plt. or Plh.)."), field="basis")
    _refuse_double(person, role, agency, start, until_on)
    if role == RoleGrant.Role.HEAD and basis == RoleGrant.Basis.DEFINITIVE:
        _refuse_second_head(person, agency, start, until_on)
    try:
        with transaction.atomic():
            grant = RoleGrant.objects.create(
                person=person,
                role=role,
                agency=agency,
                basis=basis,
                decree=decree,
                from_on=start,
                until_on=until_on,
                granted_by=by,
            )
    except IntegrityError as error:
        raise Refusal(_("This person already bears this role in this unit."), field="role") from error
    record("role.granted", grant, by=by, person=person, role=role, basis=basis, from_on=start, until_on=until_on)
    return grant


@transaction.atomic
def end_role(grant: RoleGrant, *, until_on: date, by: Any) -> RoleGrant | None:
    """Let the role end with that day as its last. Before its first day: it is taken back whole, and None returned."""
    grant = (
        RoleGrant.objects.select_for_update(of=("self",), no_key=True)
        .select_related("agency", "person")
        .get(pk=grant.pk)
    )
    if not may_end_role(by, grant):
        raise NotYours(_("You may end only roles in your units that you could give."))
    today = local_day(grant.agency.zone)
    if grant.until_on and grant.until_on < today:
        raise Refusal(_("This role ended already."))
    if until_on < today - timedelta(days=1):
        raise Refusal(
            _("The last day may be yesterday at the earliest: what was done under this role stays."), field="until_on"
        )
    details = {"person": grant.person, "role": grant.role}
    if until_on < grant.from_on:
        record("role.withdrawn", grant, by=by, from_on=grant.from_on, **details)
        grant.delete()
        return None
    grant.until_on = until_on
    grant.ended_by = by
    grant.save(update_fields=["until_on", "ended_by"])
    record("role.ended", grant, by=by, until_on=until_on, **details)
    return grant


def _check_giver(person: User, role: str, agency: Agency, by: Any) -> None:
    if by is not None and by.pk == person.pk:
        raise NotYours(_("Nobody gives a role to themselves. Ask another officer."), field="person")
    if by is not None and not may_manage_person(by, person):
        raise NotYours(_("This person does not serve in your units."), field="person")
    if not may_give_role(by, role, agency):
        if role == RoleGrant.Role.ADMIN:
            raise NotYours(_("Only an administrator can make an administrator."), field="role")
        raise NotYours(_("%(unit)s is not in your reach.") % {"unit": agency}, field="agency")
    if not may_grant_role(by, person, role, agency):
        raise NotYours(_("You may not give this role."), field="role")
    if not person.is_active:
        raise Refusal(_("This account is inactive. Activate it first."), field="person")
    if not agency.is_active:
        raise Refusal(_("%(unit)s is closed. Choose a unit that is active.") % {"unit": agency}, field="agency")


def _refuse_double(person: User, role: str, agency: Agency, start: date, until_on: date | None) -> None:
    if _overlapping(person.grants.filter(role=role, agency=agency), start, until_on).exists():
        raise Refusal(_("This person already bears this role in this unit."), field="role")


def _refuse_second_head(person: User, agency: Agency, start: date, until_on: date | None) -> None:
    others = agency.grants.filter(role=RoleGrant.Role.HEAD, basis=RoleGrant.Basis.DEFINITIVE).exclude(person=person)
    head = _overlapping(others.select_related("person"), start, until_on).first()
    if head:
        raise Refusal(
            _("%(person)s is the head of this unit. End that role first, or give this one as Plt.")
            % {"person": head.person},
            field="basis",
        )


def _overlapping(grants: Any, start: date, until_on: date | None) -> Any:
    rows = grants.exclude(until_on__lt=start)
    return rows.filter(from_on__lte=until_on) if until_on else rows
