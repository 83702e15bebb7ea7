"""Writing down that somebody is away, for other days, or not at all."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.absences.models import Absence
from accounts.audit.actions import record
from accounts.people.models import User
from accounts.people.rules import may_manage_person
from asn_lms.lib.refusals import NotYours, Refusal

# The longest there is: a study assignment for a doctorate, once prolonged.
LONGEST_YEARS = 6


@transaction.atomic
def record_absence(person: User, kind: str, *, from_on: date, until_on: date, decree: str = "", by: Any) -> Absence:
    """The person is away on these days. Refuses days on which they are away already, and the last day before the first."""
    person = _locked(person, by)
    absence = Absence(person=person, kind=kind, from_on=from_on, until_on=until_on, decree=decree, recorded_by=by)
    _check(absence)
    absence.save()
    record("absence.recorded", person, by=by, kind=kind, from_on=from_on, until_on=until_on)
    return absence


@transaction.atomic
def change_absence(absence: Absence, kind: str, *, from_on: date, until_on: date, decree: str, by: Any) -> Absence:
    """Other days, another kind or decree. Refuses what `record_absence` refuses."""
    person = _locked(absence.person, by)
    found = Absence.objects.filter(pk=absence.pk).first()
    if found is None:
        raise Refusal(_("This absence was taken back meanwhile. Write it down anew if it is right."))
    absence = found
    before = (absence.from_on, absence.until_on)
    if (absence.kind, *before, absence.decree) == (kind, from_on, until_on, decree):
        return absence
    absence.kind, absence.from_on, absence.until_on, absence.decree = kind, from_on, until_on, decree
    _check(absence)
    absence.save(update_fields=["kind", "from_on", "until_on", "decree"])
    record(
        "absence.changed", person, by=by, kind=kind, from_on=from_on, until_on=until_on, before=f"{before[0]} – {before[1]}"
    )  # fmt: skip
    return absence


@transaction.atomic
def remove_absence(absence: Absence, *, by: Any) -> None:
    """It was written down by mistake. The audit keeps what stood there."""
    person = _locked(absence.person, by)
    gone, _by_table = Absence.objects.filter(pk=absence.pk).delete()
    if gone:
        record("absence.removed", person, by=by, kind=absence.kind, from_on=absence.from_on, until_on=absence.until_on)


def _locked(person: User, by: Any) -> User:
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if by is not None and not may_manage_person(by, person):
        raise NotYours(_("This person does not serve in your units."))
    return person


def _check(absence: Absence) -> None:
    if absence.until_on < absence.from_on:
        raise Refusal(_("The last day lies before the first. Choose a later one."), field="until_on")
    if (absence.until_on - absence.from_on).days > LONGEST_YEARS * 366:
        raise Refusal(
            _("That is longer than %(years)s years. Write down what the decree says; it can be prolonged later.")
            % {"years": LONGEST_YEARS},
            field="until_on",
        )
    others = Absence.objects.filter(
        person=absence.person, from_on__lte=absence.until_on, until_on__gte=absence.from_on
    ).exclude(pk=absence.pk)
    other = others.first()
    if other:
        raise Refusal(
            _(
                "On these days another absence is written down: %(kind)s, %(first)s to %(last)s. Change that one, or choose other days."
            )
            % {
                "kind": other.get_kind_display(),
                "first": date_format(other.from_on, "j F Y"),
                "last": date_format(other.until_on, "j F Y"),
            },
            field="from_on",
        )
