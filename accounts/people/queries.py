"""Reading people: lists in an officer's units, and all that is known of one person."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.agencies.queries import managed_agencies
from accounts.audit.queries import Told, history_of
from accounts.people.models import User, UserQuerySet
from accounts.people.nip import BadNumber, bare, differences, parse_nip
from accounts.people.rules import may_see_number
from asn_lms.lib.days import local_day
from asn_lms.lib.trees import below

PAGE = 30
# Beyond this a count is said as "more than": counting millions for one line is not worth it.
MOST_COUNTED = 10_000
CLOSE_ENOUGH = 0.45

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


def looks_like_number(text: str) -> bool:
    """Whether somebody typed a NIP, or a part of one, where a name may stand too."""
    return bool(re.fullmatch(r"[0-9]{5,}", bare(text)))


def list_people(user: Any, wanted: Wanted, *, after: int | None = None) -> PeopleList:
    """A page of the people in the user's units, by name; pages follow each other by key."""
    rows = narrowed(User.objects.managed_by(user), wanted)
    found, is_guess = rows, False
    if wanted.name:
        found = _named(rows, wanted.name)
        if after is None and not found.exists():
            found, is_guess = _alike(rows, wanted.name), True
            page = list(found.select_related("agency", "rank")[:PAGE])
            return PeopleList(page, len(page), None, is_guess=bool(page))
    total = found.order_by()[: MOST_COUNTED + 1].count()
    page = list(_after(found, after).select_related("agency", "rank").order_by("name", "id")[: PAGE + 1])
    return PeopleList(page[:PAGE], total, page[PAGE - 1].pk if len(page) > PAGE else None, is_guess)


def narrowed(rows: UserQuerySet, wanted: Wanted) -> UserQuerySet:
    if wanted.state != "all":
        rows = rows.filter(is_active=wanted.state != "inactive")
    if wanted.employment:
        rows = rows.filter(employment=wanted.employment)
    if wanted.unit:
        rows = rows.filter(below([wanted.unit.path], "agency__"))
    if wanted.number:
        number = bare(wanted.number)
        former = Q(pk__in=User.objects.filter(numbers__number__startswith=number).values("pk"))
        rows = rows.filter(Q(nip__startswith=number) | former)
    return rows


def unit_choices(user: Any, chosen: Agency | None) -> list[Agency]:
    """The upper two levels of the user's units, and the chosen one wherever it stands."""
    paths = [path for path in user.reach("officer") if path]
    top = min((len(path) // Agency.steplen for path in paths), default=1)
    rows = list(managed_agencies(user).active().filter(depth__lte=top + 1)[:300])
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
    # Their photograph for papers, when they gave one. Through the person, because photographs stand above this area.
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
    return list(people.filter(name__iexact=text.strip())[:4]) or list(_named(people, text)[:4])


def _named(rows: UserQuerySet, text: str) -> UserQuerySet:
    for word in text.split()[:6]:
        rows = rows.filter(name__icontains=word)
    return rows


def _alike(rows: UserQuerySet, text: str) -> UserQuerySet:
    """Names that differ by a letter or two; the index holds upper-case names."""
    return (
        rows.annotate(upper=Upper("name"), likeness=TrigramWordSimilarity(text.upper(), Upper("name")))
        .filter(upper__trigram_word_similar=text.upper(), likeness__gte=CLOSE_ENOUGH)
        .order_by("-likeness", "name", "id")
    )


def _after(rows: UserQuerySet, after: int | None) -> UserQuerySet:
    last = rows.model.objects.filter(pk=after).values("name", "pk").first() if after else None
    if last is None:
        return rows
    return rows.filter(Q(name__gt=last["name"]) | Q(name=last["name"], pk__gt=last["pk"]))
