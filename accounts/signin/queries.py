"""What coming in depends on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.agencies.models import Agency
from accounts.notices.models import Notice
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.signin.models import ApiToken, PrivacyAcknowledgement, PrivacyNotice
from accounts.signin.tokens import token_hash
from asn_lms.lib.prepared import Prepared, Slot


def current_notice(now: datetime | None = None) -> PrivacyNotice | None:
    """The newest version of the privacy notice that is valid now."""
    return PrivacyNotice.objects.filter(valid_from__lte=now or timezone.now()).order_by("-version").first()


def owes_reading(person: User) -> bool:
    """Whether there is a privacy notice that this person has to acknowledge before anything else is served."""
    if person.owes_reading is None:
        return _unacknowledged(Value(person.pk), timezone.now()).exists()
    return person.owes_reading


def _unacknowledged(person: Combinable, now: datetime | Slot) -> QuerySet[PrivacyNotice]:
    """The newest valid notice, while that person has not acknowledged it."""
    newest = PrivacyNotice.objects.filter(valid_from__lte=now).order_by("-version")
    read = PrivacyAcknowledgement.objects.filter(person=person, notice=OuterRef("pk"))
    return PrivacyNotice.objects.filter(~Exists(read), pk=Subquery(newest.values("pk")[:1]))


def _persons_with_what_pages_ask() -> QuerySet[User]:
    grants = RoleGrant.objects.filter(person=OuterRef("pk"), from_on__lte=Slot("tomorrow"))
    # Without an order of its own a group has one row, and a subquery may have no more.
    unread = Notice.objects.filter(person=OuterRef("pk")).shown().unread().order_by().values("person")
    known: dict[str, Any] = {
        "may_bear_roles": Exists(grants.exclude(until_on__lt=Slot("yesterday"))),
        "owes_reading": Exists(_unacknowledged(OuterRef(OuterRef("pk")), Slot("now"))),
        "unread_messages": Coalesce(Subquery(unread.annotate(number=Count("pk")).values("number")), 0),
    }
    return User.objects.select_related("agency").annotate(**known).filter(pk=Slot("pk"))


_OF_SESSION = Prepared(_persons_with_what_pages_ask)


def person_of_session(pk: int) -> User | None:
    """The person with their unit, in whose zone their days are counted, and with what every page asks about them: whether they may
    bear a role, whether a notice has to be read first, and how many messages wait. One query instead of four.
    """
    now = timezone.now()
    # One day more on each side than any zone's today; the exact day is counted where the roles are read (`User.grants_today`).
    today = now.date()
    return _OF_SESSION.first(pk=pk, now=now, tomorrow=today + timedelta(days=1), yesterday=today - timedelta(days=1))


def bearer_of(token: str, now: datetime | None = None) -> tuple[User, ApiToken] | None:
    """The active person whose valid token this is."""
    row = (
        ApiToken.objects.select_related("person__agency")
        .filter(
            token_hash=token_hash(token),
            revoked_at__isnull=True,
            expires_at__gt=now or timezone.now(),
            person__is_active=True,
        )
        .first()
    )
    return (row.person, row) if row else None


@dataclass(frozen=True)
class Waiting:
    """Who in a unit never signed in: they have no password yet."""

    agency: Agency
    people: list[User]


def waiting_in(agency: Agency) -> Waiting:
    """People at or below the unit who cannot sign in yet, by unit and name."""
    people = User.objects.filter(
        Q(is_active=True), Q(password__startswith=UNUSABLE_PASSWORD_PREFIX), agency__path__startswith=agency.path
    )
    return Waiting(agency, list(people.select_related("agency").order_by("agency__path", "name", "id")))
