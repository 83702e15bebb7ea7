"""Changing what is known of a person. The past is never rewritten: numbers and placements end, and the next begin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import PersonNumber, Placement, Rank, User
from accounts.people.nip import Nip, parse_nip
from accounts.people.rules import may_manage_person, may_manage_unit
from accounts.people.sessions import end_sessions, end_tokens
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal

# What `edit_person` may change; unit, post, rank and status move with a date (`transfer`), numbers by `change_number`.
PROFILE = frozenset(
    {"name", "title_before", "title_after", "email", "birth_place", "birth_on", "sex", "phone", "post_kind", "language"}
)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Service:
    """Where and as what a person serves."""

    agency: Agency
    post: str
    rank: Rank | None
    employment: str

    @classmethod
    def of(cls, person: User) -> "Service | None":
        if person.agency is None:
            return None
        return cls(person.agency, person.post, person.rank, person.employment)


@transaction.atomic
def add_person(*, by: Any, nip: str, service: Service, from_on: date | None = None, **profile: Any) -> User:
    """Write down a new person, who cannot sign in before activation. Birth date and sex come from the number when not given."""
    _check_target(service, by)
    today = local_day(service.agency.zone)
    number = _read_number(nip, service.employment, today)
    _refuse_known_number(number)
    _refuse_known_email(profile.get("email", ""))
    start = from_on or today
    if start > today:
        raise Refusal(
            _("A placement is written down from its first day on. Choose today or an earlier day."), field="from_on"
        )
    person = User(
        nip=number.number if number else None,
        agency=service.agency,
        post=service.post,
        rank=service.rank,
        employment=service.employment,
        **_only_profile(profile),
    )
    if number:
        person.birth_on = person.birth_on or number.birth_on
        person.sex = person.sex or number.sex
    person.set_unusable_password()
    person.save()
    if number:
        PersonNumber.objects.create(
            person=person, number=number.number, from_on=max(number.started_on, number.birth_on)
        )
    _begin(person, service, start)
    record("person.added", person, by=by, employment=service.employment)
    return person


@transaction.atomic
def edit_person(person: User, *, by: Any, **profile: Any) -> User:
    """Change the profile: names, titles, e-mail, birth, sex, phone. Certificates already drawn keep the old spelling."""
    person = _locked(person, by)
    changed = {name: value for name, value in _only_profile(profile).items() if getattr(person, name) != value}
    if not changed:
        return person
    if changed.get("email"):
        _refuse_known_email(changed["email"], but=person)
    for name, value in changed.items():
        setattr(person, name, value)
    if "email" in changed:
        person.mail_refused = ""
        forget_old_addresses({person.pk: person.email})
    person.save(update_fields=[*changed, "mail_refused"])
    record("person.edited", person, by=by, fields=sorted(changed))
    return person


@transaction.atomic
def change_number(person: User, nip: str, *, from_on: date, by: Any) -> User:
    """Give the person another number from that day on, and keep the old one in the history."""
    person = _locked(person, by)
    today = local_day(person.zone)
    number = _read_number(nip, person.employment, today)
    if number is None:
        raise Refusal(_("The NIP is missing."), field="nip")
    if number.number == person.nip:
        raise Refusal(_("This is already the number of this person."), field="nip")
    _refuse_known_number(number, but=person)
    if from_on > today:
        raise Refusal(
            _("A number is written down from its first day on. Choose today or an earlier day."), field="from_on"
        )
    current = person.numbers.filter(until_on__isnull=True).first()
    if current is None and person.nip:
        current = PersonNumber.objects.create(
            person=person, number=person.nip, from_on=min(_written_on(person), from_on - ONE_DAY)
        )
    if current:
        if from_on <= current.from_on:
            raise Refusal(
                _("The present number counts from %(day)s. The new one must begin after that.")
                % {"day": f"{current.from_on:%d-%m-%Y}"},
                field="from_on",
            )
        current.until_on = from_on - ONE_DAY
        current.save(update_fields=["until_on"])
    again = person.numbers.filter(number=number.number).first()
    if again:
        raise Refusal(_("The person bore this number before. A number that ended is not given again."), field="nip")
    PersonNumber.objects.create(person=person, number=number.number, from_on=from_on)
    person.nip = number.number
    person.save(update_fields=["nip"])
    record("person.number_changed", person, by=by, from_on=from_on, ends_with=number.number[-3:])
    return person


@transaction.atomic
def transfer(person: User, service: Service, *, from_on: date, by: Any, end_roles: bool = False) -> User:
    """End the present placement and begin the next: another unit, post, rank or status, from that day on.

    Refuses a day in the future, and one that is not after the first day of the present placement. A change of unit signs the
    person out everywhere; with `end_roles` it ends their roles too, on the day before.
    """
    person = _locked(person, by)
    _check_target(service, by)
    today = local_day(person.zone)
    if from_on > today:
        raise Refusal(
            _("A transfer is written down from its first day on. Choose today or an earlier day."), field="from_on"
        )
    before = Service.of(person)
    if before == service:
        raise Refusal(_("Nothing would change: unit, post, rank and status are the same."))
    if service.employment != person.employment and person.nip:
        _read_number(person.nip, service.employment, today, field="employment")
    current = open_placement(person, before=from_on)
    if current and from_on <= current.from_on:
        raise Refusal(
            _("The present placement began on %(day)s. The next one must begin after that.")
            % {"day": f"{current.from_on:%d-%m-%Y}"},
            field="from_on",
        )
    if current:
        current.until_on = from_on - ONE_DAY
        current.save(update_fields=["until_on"])
    _begin(person, service, from_on)
    leaves_unit = person.agency_id != service.agency.pk
    old = person.agency
    person.agency, person.post, person.rank = service.agency, service.post, service.rank
    person.employment = service.employment
    person.save(update_fields=["agency", "post", "rank", "employment"])
    record(
        "person.transferred",
        person,
        by=by,
        agency=service.agency,
        before=old,
        after=service.agency,
        from_on=from_on,
        post=service.post,
    )
    if leaves_unit:
        if old:  # the officers of the unit that was left read it too
            record("person.left", person, by=by, agency=old, after=service.agency, from_on=from_on)
        if end_roles:
            end_grants(person, on=today, by=by)
        end_sessions(person.pk)
    return person


@transaction.atomic
def deactivate_person(person: User, *, by: Any, reason: str = "") -> User:
    """Close the account: nothing can be signed into, roles end today, sessions and tokens end at once. History stays."""
    person = _locked(person, by)
    if by is not None and by.pk == person.pk:
        raise Refusal(_("You cannot deactivate yourself. Ask another officer."))
    if not person.is_active:
        raise Refusal(_("This account is already inactive."))
    today = local_day(person.zone)
    person.is_active = False
    person.deactivated_on = today
    person.save(update_fields=["is_active", "deactivated_on"])
    end_grants(person, on=today, by=by)
    end_sessions(person.pk)
    end_tokens(person)
    record("person.deactivated", person, by=by, reason=reason)
    return person


@transaction.atomic
def reactivate_person(person: User, *, by: Any) -> User:
    """Open the account again. Roles do not come back by themselves."""
    person = _locked(person, by)
    if person.is_active:
        raise Refusal(_("This account is already active."))
    if person.agency and not person.agency.is_active:
        raise Refusal(_("%(unit)s is closed. Open it first.") % {"unit": person.agency})
    person.is_active = True
    person.deactivated_on = None
    person.save(update_fields=["is_active", "deactivated_on"])
    record("person.reactivated", person, by=by)
    return person


def end_grants(person: User, *, on: date, by: Any) -> int:
    """End the person's roles so that none counts from that day on; what began that day or later is taken back whole.

    Through the person, because roles stand above this area.
    """
    grants = person.grants.filter(until_on__isnull=True) | person.grants.filter(until_on__gte=on)
    for grant in grants:
        if grant.from_on >= on:
            record("role.withdrawn", grant, by=by, person=person, role=grant.role, from_on=grant.from_on)
            grant.delete()
            continue
        grant.until_on = on - ONE_DAY
        grant.ended_by = by
        grant.save(update_fields=["until_on", "ended_by"])
        record("role.ended", grant, by=by, person=person, role=grant.role, until_on=grant.until_on)
    return len(grants)


def forget_old_addresses(addresses: Mapping[int, str]) -> None:
    """An address that no longer belongs to a person opens no door: allauth keeps its own list. By person, the address of now."""
    listed = EmailAddress.objects.filter(user_id__in=addresses).values_list("pk", "user_id", "email")
    old = [pk for pk, person, address in listed if address.upper() != addresses[person].upper()]
    if old:
        EmailAddress.objects.filter(pk__in=old).delete()


def open_placement(person: User, *, before: date) -> Placement | None:
    """The placement that runs now. A person who was written down without one gets it, so that no past is lost."""
    current = person.placements.filter(until_on__isnull=True).first()
    if current is None and person.agency:
        current = Placement.objects.create(
            person=person,
            agency=person.agency,
            post=person.post,
            rank=person.rank,
            employment=person.employment,
            from_on=min(_written_on(person), before - ONE_DAY),
        )
    return current


def _begin(person: User, service: Service, from_on: date) -> None:
    Placement.objects.create(
        person=person,
        agency=service.agency,
        post=service.post,
        rank=service.rank,
        employment=service.employment,
        from_on=from_on,
    )


def _locked(person: User, by: Any) -> User:
    # No select_related: a row that changed while we waited would be joined with the unit it had before, which is none.
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if by is not None and not may_manage_person(by, person):
        raise NotYours(_("This person does not serve in your units."))
    return person


def _check_target(service: Service, by: Any) -> None:
    if not may_manage_unit(by, service.agency):
        raise NotYours(
            _("%(unit)s is not in your reach. Ask an officer whose reach covers both units.")
            % {"unit": service.agency},
            field="agency",
        )
    if not service.agency.is_active:
        raise Refusal(_("%(unit)s is closed. Choose a unit that is active.") % {"unit": service.agency}, field="agency")
    if service.rank and not rank_fits(service.rank, service.employment):
        raise Refusal(
            _("%(rank)s does not belong to %(status)s.")
            % {"rank": service.rank, "status": User.Employment(service.employment).label},
            field="rank",
        )


def rank_fits(rank: Rank, employment: str) -> bool:
    """PNS and CPNS bear I/a to IV/e, PPPK bear I to XVII, others none."""
    if employment == User.Employment.PPPK:
        return rank.scheme == Rank.Scheme.PPPK
    return employment in {User.Employment.PNS, User.Employment.CPNS} and rank.scheme == Rank.Scheme.PNS


def _read_number(nip: str, employment: str, today: date, *, field: str = "nip") -> Nip | None:
    if not nip.strip() and employment == User.Employment.OTHER:
        return None
    try:
        return parse_nip(nip, employment, today=today)
    except Refusal as refusal:
        refusal.field = field
        raise


def _refuse_known_number(number: Nip | None, *, but: User | None = None) -> None:
    if number is None:
        return
    _one_after_another(number.number)
    others = PersonNumber.objects.exclude(person=but) if but else PersonNumber.objects.all()
    people = User.objects.exclude(pk=but.pk) if but else User.objects.all()
    if people.filter(nip=number.number).exists() or others.filter(number=number.number).exists():
        raise Refusal(_("This number belongs to another person. A number is never given twice."), field="nip")


def _refuse_known_email(email: str, *, but: User | None = None) -> None:
    _one_after_another(email.lower())
    people = User.objects.exclude(pk=but.pk) if but else User.objects.all()
    if email and people.filter(email__iexact=email).exists():
        raise Refusal(_("This e-mail address belongs to another person."), field="email")


def _one_after_another(what: str) -> None:
    """Who gives the same number or address at the same moment waits here, and then sees that it is taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def _only_profile(values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(values) - PROFILE
    if unknown:
        raise TypeError(f"not part of the profile: {sorted(unknown)}")
    return values


def _written_on(person: User) -> date:
    return local_day(person.zone, person.created_at)
