"""Writing many people at once: a few statements for a thousand rows."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from django.contrib.auth.hashers import make_password

from accounts.agencies.models import Agency
from accounts.audit.actions import entry_for, record_many
from accounts.people.actions import ONE_DAY, forget_old_addresses
from accounts.people.models import PersonNumber, Placement, User
from accounts.people.nip import Nip
from accounts.people.sessions import end_sessions
from asn_lms.lib.days import local_day

PLACE = ("agency_id", "post", "rank_id", "employment")
WRITTEN = ["name", "title_before", "title_after", "email", "agency", "post", "rank", "employment", "mail_refused"]


class Written(Protocol):
    """What is to be written for one row."""

    person: User | None
    number: Nip | None
    changed: dict[str, Any]
    before: dict[str, Any]

    @property
    def changes_place(self) -> bool: ...


def write_people(lines: Sequence[Written], *, by: Any) -> None:
    """Write new people, and what changed of known ones, with numbers, placements and audit. Runs in the caller's transaction."""
    new = [line for line in lines if line.person is not None and line.person.pk is None]
    known = [line for line in lines if line.person is not None and line.person.pk is not None]
    _write_new(new, by)
    _write_known(known, by)


def _write_new(lines: Sequence[Written], by: Any) -> None:
    people = [line.person for line in lines if line.person]
    for person in people:
        person.password = make_password(None)  # unusable: nobody signs in before activation
    User.objects.bulk_create(people)
    PersonNumber.objects.bulk_create(
        PersonNumber(person=line.person, number=line.number.number, from_on=line.number.started_on)
        for line in lines
        if line.person and line.number
    )
    days = _Days()
    Placement.objects.bulk_create(_placement(person, days.of(person)) for person in people)
    record_many([entry_for("person.added", person, by=by, agency=person.agency, source="import") for person in people])


def _write_known(lines: Sequence[Written], by: Any) -> None:
    if not lines:
        return
    people = [line.person for line in lines if line.person]
    for line in lines:
        if line.person and "email" in line.changed:
            line.person.mail_refused = ""
    User.objects.bulk_create(people, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN)
    _write_placements([line for line in lines if line.changes_place])
    left = Agency.objects.in_bulk({line.before["agency_id"] for line in lines if "agency_id" in line.changed})
    entries = []
    for line in lines:
        if line.person is None:
            continue
        fields = sorted(name.removesuffix("_id") for name in line.changed)
        entries.append(entry_for("person.imported", line.person, by=by, agency=line.person.agency, fields=fields))
        if "email" in line.changed:
            forget_old_addresses(line.person)
        if "agency_id" in line.changed:
            if old := left.get(line.before["agency_id"]):
                entries.append(entry_for("person.left", line.person, by=by, agency=old, after=line.person.agency))
            end_sessions(line.person)
    record_many(entries)


def _write_placements(lines: Sequence[Written]) -> None:
    """End the open placement yesterday and begin the next today. What began today is corrected in place: it is not past yet.

    A person who was written down without a placement gets the one that ends, so that no past is lost.
    """
    people = [line.person for line in lines if line.person]
    open_rows = {row.person_id: row for row in Placement.objects.filter(person__in=people, until_on__isnull=True)}
    ended, corrected, begun = [], [], []
    days = _Days()
    for line in lines:
        if line.person is None:
            continue
        today = days.of(line.person)
        current = open_rows.get(line.person.pk)
        if current and current.from_on >= today:
            for name in PLACE:
                setattr(current, name, getattr(line.person, name))
            corrected.append(current)
            continue
        if current:
            current.until_on = today - ONE_DAY
            ended.append(current)
        elif line.before["agency_id"]:
            since = min(local_day(line.person.zone, line.person.created_at), today - ONE_DAY)
            begun.append(Placement(person=line.person, from_on=since, until_on=today - ONE_DAY, **line.before))
        begun.append(_placement(line.person, today))
    Placement.objects.bulk_update(ended, ["until_on"])
    Placement.objects.bulk_update(corrected, PLACE)
    Placement.objects.bulk_create(begun)


def _placement(person: User, from_on: date) -> Placement:
    return Placement(person=person, from_on=from_on, **{name: getattr(person, name) for name in PLACE})


class _Days:
    """Today in each zone, asked once."""

    def __init__(self) -> None:
        self.known: dict[str, date] = {}

    def of(self, person: User) -> date:
        return self.known.setdefault(person.zone, local_day(person.zone))
