"""Recording accreditations."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from courses.taxonomy.models import Accreditation, ProgramFamily
from courses.taxonomy.rules import may_record_accreditation


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
def end_accreditation(accreditation: Accreditation, *, on: date, by: User) -> Accreditation:
    """It holds to this day and not longer: withdrawn, or recorded with the wrong end."""
    accreditation = Accreditation.objects.select_for_update(of=("self",)).get(pk=accreditation.pk)
    if not may_record_accreditation(by, accreditation.organiser):
        raise NotYours(_("Only administrators over this organiser record its accreditations."))
    if on < accreditation.valid_from:
        raise Refusal(_("It ends before it begins. Look at both days again."), field="on")
    if accreditation.valid_until != on:
        accreditation.valid_until = on
        accreditation.save(update_fields=["valid_until"])
        record("accreditation.ended", accreditation, by=by, until_on=on)
    return accreditation
