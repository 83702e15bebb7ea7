"""Writing many people at once: a few statements for some thousand rows, whatever changed in them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.agencies.models import Agency
from accounts.audit.actions import Told, record_by_thousands
from accounts.people.actions import forget_old_addresses
from accounts.people.models import PersonNumber, Placement, User, with_titles
from accounts.people.roster_lines import PLACE, WRITTEN, Known, Line
from accounts.people.sessions import end_sessions
from asn_lms.lib.copying import copy, row

_CHANGES = """
    CREATE TEMP TABLE roster_changes (
        person_id bigint, name text, title_before text, title_after text, email text, agency_id bigint, post text, rank_id bigint, employment text,
        was_agency_id bigint, was_post text, was_rank_id bigint, was_employment text, today date, has_new_address boolean, changes_place boolean
    ) ON COMMIT DROP
"""
_COLUMNS = (
    "person_id, name, title_before, title_after, email, agency_id, post, rank_id, employment,"
    " was_agency_id, was_post, was_rank_id, was_employment, today, has_new_address, changes_place"
)
_WRITE_PEOPLE = """
    UPDATE accounts_user u SET name = c.name, title_before = c.title_before, title_after = c.title_after, email = c.email, agency_id = c.agency_id,
           post = c.post, rank_id = c.rank_id, employment = c.employment, mail_refused = CASE WHEN c.has_new_address THEN '' ELSE u.mail_refused END
    FROM roster_changes c WHERE u.id = c.person_id
"""
# The open placement ends yesterday and the next begins today. What began today is corrected in place: it is not past yet. A person who was
# written down without a placement gets the one that ends, so that no past is lost.
#
# One statement, after the one above: so whoever marks stale people sees a place that goes on in the same unit (enrollments/migrations/0042).
_WRITE_PLACEMENTS = """
    WITH corrected AS (
        UPDATE accounts_placement p SET agency_id = c.agency_id, post = c.post, rank_id = c.rank_id, employment = c.employment
        FROM roster_changes c WHERE p.person_id = c.person_id AND p.until_on IS NULL AND c.changes_place AND p.from_on >= c.today RETURNING p.person_id
    ), ended AS (
        UPDATE accounts_placement p SET until_on = c.today - 1
        FROM roster_changes c WHERE p.person_id = c.person_id AND p.until_on IS NULL AND c.changes_place AND p.from_on < c.today RETURNING p.person_id
    ), begun AS (
        SELECT c.*, e.person_id IS NULL AS had_none FROM roster_changes c LEFT JOIN ended e USING (person_id)
        WHERE c.changes_place AND c.person_id NOT IN (SELECT person_id FROM corrected)
    )
    INSERT INTO accounts_placement (person_id, agency_id, post, rank_id, employment, from_on, until_on)
    SELECT person_id, agency_id, post, rank_id, employment, today, NULL::date FROM begun
    UNION ALL
    SELECT b.person_id, b.was_agency_id, b.was_post, b.was_rank_id, b.was_employment,
           least((u.created_at AT TIME ZONE a.zone)::date, b.today - 1), b.today - 1
    FROM begun b JOIN accounts_user u ON u.id = b.person_id JOIN accounts_agency a ON a.id = b.agency_id
    WHERE b.had_none AND b.was_agency_id IS NOT NULL
"""


def write_people(lines: Sequence[Line], *, by: Any) -> None:
    """Write new people, and what changed of known ones, with numbers, placements and audit. Runs in the caller's transaction."""
    _write_new([line for line in lines if line.known is None], by)
    _write_known([(line, line.known) for line in lines if line.known is not None], by)


def _write_new(lines: Sequence[Line], by: Any) -> None:
    if not lines:
        return
    people = User.objects.bulk_create(map(_new_person, lines))
    both = list(zip(people, lines, strict=True))
    PersonNumber.objects.bulk_create(
        PersonNumber(person=person, number=line.number.number, from_on=line.number.started_on)
        for person, line in both
        if line.number
    )
    Placement.objects.bulk_create(
        Placement(person=person, from_on=line.today, **{name: getattr(person, name) for name in PLACE})
        for person, line in both
    )
    told = (Told("person.added", one.pk, one.full_name, one.agency_id, {"source": "import"}) for one in people)
    record_by_thousands(User, told, by=by)


def _new_person(line: Line) -> User:
    person = User(password=make_password(None), **line.values)  # unusable: nobody signs in before activation
    if line.number:
        person.nip, person.birth_on, person.sex = line.number.number, line.number.birth_on, line.number.sex
    return person


def _write_known(both: Sequence[tuple[Line, Known]], by: Any) -> None:
    if not both:
        return
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES)
        copy(connection, "roster_changes", _COLUMNS, (_change(line, known) for line, known in both))
        cursor.execute(_WRITE_PEOPLE)
        cursor.execute(_WRITE_PLACEMENTS)
        cursor.execute("DROP TABLE roster_changes")
    if addresses := {known.pk: line.values["email"] for line, known in both if "email" in line.changed}:
        forget_old_addresses(addresses)
    if left := [known.pk for line, known in both if "agency_id" in line.changed]:
        end_sessions(*left)
    record_by_thousands(User, _told(both), by=by)


def _change(line: Line, known: Known) -> str:
    after = [line.values.get(name, getattr(known, name)) for name in WRITTEN]
    was = (known.agency_id, known.post, known.rank_id, known.employment)
    return row((known.pk, *after, *was, line.today, "email" in line.changed, line.changes_place))


def _told(both: Iterable[tuple[Line, Known]]) -> Iterator[Told]:
    both = list(both)
    left = Agency.objects.in_bulk({known.agency_id for line, known in both if "agency_id" in line.changed} - {None})
    for line, known in both:
        names = [line.values.get(name, getattr(known, name)) for name in ("name", "title_before", "title_after")]
        label = with_titles(*names)
        fields = sorted(name.removesuffix("_id") for name in line.changed)
        yield Told("person.imported", known.pk, label, line.values["agency_id"], {"fields": fields})
        if known.agency_id in left and "agency_id" in line.changed:
            yield Told("person.left", known.pk, label, known.agency_id, {"after": str(line.unit)})
