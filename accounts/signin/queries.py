"""What coming in depends on."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.signin.models import ApiToken, PrivacyAcknowledgement, PrivacyNotice
from accounts.signin.tokens import token_hash


def current_notice(now: datetime | None = None) -> PrivacyNotice | None:
    """The newest version of the privacy notice that is valid now."""
    return PrivacyNotice.objects.filter(valid_from__lte=now or timezone.now()).order_by("-version").first()


def unread_notice(person: User) -> PrivacyNotice | None:
    """The current notice, when this person has not acknowledged it yet."""
    # One query, because every page asks.
    read = PrivacyAcknowledgement.objects.filter(person=person, notice=OuterRef("pk"))
    newest = (
        PrivacyNotice.objects.filter(valid_from__lte=timezone.now())
        .order_by("-version")
        .annotate(is_read=Exists(read))
        .first()
    )
    return None if newest is None or newest.is_read else newest


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
