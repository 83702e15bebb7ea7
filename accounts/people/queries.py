"""Reading people: lists in an officer's units, and all that is known of one person."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.audit.queries import Told, history_of
from accounts.people.models import User, UserQuerySet
from accounts.people.nip import BadNumber, bare, differences, parse_nip
from accounts.people.rules import may_see_number
from accounts.people.search import MOST_COUNTED, alike, by_name, looks_like_number, named, numbered
from asn_lms.lib.days import local_day
from asn_lms.lib.trees import below

PAGE = 30

STATES: dict[str, Promise] = {"": _("Active"), "inactive": _("Inactive"), "all": _("All")}


@dataclass(frozen=True)
class Wanted:
    """What a list of people is narrowed to."""

    name: str = ""
    number: str = ""
    unit: Agency | None = None
    state: str = ""
    employment: str = ""


@dataclass(frozen=True)
class PeopleList:
    """One page; `next_after` is the key of its last person when there are more. `is_guess`: no name fits, these are alike."""

    rows: list[User]
    total: int
    next_after: int | None
    is_guess: bool = False

    @property
    def is_more(self) -> bool:
        return self.total > MOST_COUNTED


def list_people(user: Any, wanted: Wanted, *, after: int | None = None) -> PeopleList:
    """A page of the people in the user's units, by name; pages follow each other by key."""
    rows = narrowed(User.objects.managed_by(user), wanted)
    found = named(rows, wanted.name)
    total = found.order_by()[: MOST_COUNTED + 1].count()
    if wanted.name and not total:
        page = alike(rows.select_related("agency", "rank"), wanted.name, PAGE)
        return PeopleList(page, len(page), None, is_guess=bool(page))
    page = list(by_name(found, after).select_related("agency", "rank")[: PAGE + 1])
    return PeopleList(page[:PAGE], total, page[PAGE - 1].pk if len(page) > PAGE else None)


def narrowed(rows: UserQuerySet, wanted: Wanted) -> UserQuerySet:
    if wanted.state != "all":
        rows = rows.filter(is_active=wanted.state != "inactive")
    if wanted.employment:
        rows = rows.filter(employment=wanted.employment)
    if wanted.unit:
        rows = rows.filter(below([wanted.unit.path], "agency__"))
    if wanted.number:
        rows = numbered(rows, wanted.number)
    return rows


def unit_choices(paths: list[str], chosen: Agency | None) -> list[Agency]:
    """The upper two levels of the units below these tree paths, and the chosen one wherever it stands."""
    top = min((len(path) // Agency.steplen for path in paths if path), default=1)
    rows = list(Agency.objects.within(paths).active().filter(depth__lte=top + 1)[:300])
    if chosen and chosen not in rows:
        rows.append(chosen)
    return rows


@dataclass(frozen=True)
class PersonPage:
    """All that the page of a person shows."""

    person: User
    shows_number: bool
    warnings: list[str]
    numbers: list[Any]
    placements: list[Any]
    grants: list[Any]
    # Through the person, because absences and photographs stand above this area; the photograph is None when they gave none.
    absences: list[Any]
    portrait: Any
    entries: list[Told]
    today: date


def person_page(person: User, user: Any) -> PersonPage:
    today = local_day(person.zone)
    return PersonPage(
        person=person,
        shows_number=may_see_number(user, person),
        warnings=warnings_about(person, today),
        numbers=list(person.numbers.all()),
        placements=list(person.placements.select_related("agency", "rank")),
        grants=list(person.grants.select_related("agency").order_by("until_on", "-from_on")),
        absences=list(person.absences.all()),
        portrait=person.portraits.filter(is_current=True).first(),
        entries=history_of(person, user),
        today=today,
    )


def warnings_about(person: User, today: date) -> list[str]:
    """Where number and profile disagree, and what stops messages. Nothing here blocks anything."""
    if not person.nip:
        return []
    try:
        number = parse_nip(person.nip, person.employment, today=today)
    except BadNumber as refusal:
        return [f"{refusal.sentence} {refusal.hint}".strip()]
    return differences(number, birth_on=person.birth_on, sex=person.sex)


def find_person(user: Any, text: str) -> list[User]:
    """Active people of the user's units by number, e-mail or name: the one who is meant, or up to four who might be."""
    people = User.objects.managed_by(user).active().select_related("agency")
    if looks_like_number(text):
        return list(people.filter(nip=bare(text)))
    if "@" in text:
        return list(people.filter(email__iexact=text.strip()))
    return list(people.filter(name__iexact=text.strip())[:4]) or list(by_name(named(people, text))[:4])
