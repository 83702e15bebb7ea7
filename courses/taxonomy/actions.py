"""Recording accreditations, and setting what a megabyte costs."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from courses.taxonomy.models import Accreditation, MobileData, ProgramFamily
from courses.taxonomy.rules import may_record_accreditation, may_set_mobile_data
from courses.taxonomy.terms import forget_mobile_data


@transaction.atomic
def record_accreditation(
    organiser: Agency,
    family: ProgramFamily,
    *,
    body: str,
    decree: str,
    grade: str,
    valid_from: date,
    valid_until: date,
    by: User,
) -> Accreditation:
    """From now on the organiser gives STTP of this family between these days. The same decree again gives the same row."""
    if not may_record_accreditation(by, organiser):
        raise NotYours(_("Only administrators over this organiser record its accreditations."))
    if valid_until < valid_from:
        raise Refusal(_("It ends before it begins. Look at both days again."), field="valid_until")
    row, is_new = Accreditation.objects.get_or_create(
        organiser=organiser,
        family=family,
        decree=decree,
        valid_from=valid_from,
        valid_until=valid_until,
        defaults={"body": body, "grade": grade, "recorded_by": by},
    )
    if is_new:
        record("accreditation.recorded", row, by=by, decree=decree, from_on=valid_from, until_on=valid_until)
    return row


@transaction.atomic
def set_mobile_data(values: dict[str, Any], *, by: User) -> MobileData:
    """From now on pages say what loading costs by this price and this speed, and warn authors from this size on."""
    if not may_set_mobile_data(by):
        raise NotYours(_("Only administrators set these."))
    MobileData.objects.get_or_create(pk=1)
    row = MobileData.objects.select_for_update(no_key=True).get(pk=1)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
        transaction.on_commit(forget_mobile_data)
        record("mobile_data.set", row, by=by, **{name: str(values[name]) for name in changed})
    return row


@transaction.atomic
def end_accreditation(accreditation: Accreditation, *, on: date, by: User) -> Accreditation:
    """It holds to this day and not longer: withdrawn, or recorded with the wrong end."""
    accreditation = Accreditation.objects.select_for_update(of=("self",), no_key=True).get(pk=accreditation.pk)
    if not may_record_accreditation(by, accreditation.organiser):
        raise NotYours(_("Only administrators over this organiser record its accreditations."))
    if on < accreditation.valid_from:
        raise Refusal(_("It ends before it begins. Look at both days again."), field="on")
    if accreditation.valid_until != on:
        accreditation.valid_until = on
        accreditation.save(update_fields=["valid_until"])
        record("accreditation.ended", accreditation, by=by, until_on=on)
    return accreditation
