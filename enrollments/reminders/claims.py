"""Which training officers are told today that claims of learning outside wait for them (domain reference §12: pending verification).

Told are claims that have waited for a night: once when new ones have come since the officer was last told, and every week as long as
any waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Max

from accounts.notices.models import Notice
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.days import at_local, local_day
from enrollments.claims.models import Claim
from enrollments.reminders.queries import DIGEST, in_zone

AGAIN_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """Claims that wait for one officer."""

    count: int
    oldest_on: date
    newest_at: datetime


def is_any_waiting() -> bool:
    """Whether any claim waits for anybody: on most minutes of most days none does."""
    return Claim.objects.waiting().exists()


def due_officers(zone: str, today: date) -> dict[int, Waiting]:
    """Officers of the zone who had no digest today and are due one for claims: person id → what waits. Four queries."""
    waiting = _waiting(zone, today)
    if not waiting:
        return {}
    told = Notice.objects.filter(kind=DIGEST, person__in=waiting)
    had_today = set(told.filter(about=today.isoformat()).values_list("person", flat=True))
    of_claims = told.filter(data__has_key="claims").exclude(mail_reason=Notice.Hold.DAY_PASSED).order_by()
    last = dict(of_claims.values_list("person").annotate(Max("created_at")))
    return {
        person: one
        for person, one in waiting.items()
        if person not in had_today and _is_due(one, last.get(person), zone, today)
    }


def waiting_of(person: User, today: date) -> Waiting | None:
    """What waits for this person now, whether it was told or not."""
    return _waiting(person.zone, today, [person.pk]).get(person.pk)


def _is_due(waiting: Waiting, last_at: datetime | None, zone: str, today: date) -> bool:
    if last_at is None or waiting.newest_at > last_at:
        return True
    return today - local_day(zone, last_at) >= AGAIN_AFTER


def _waiting(zone: str, today: date, people: Iterable[int] | None = None) -> dict[int, Waiting]:
    sent = Claim.objects.waiting().filter(submitted_at__lt=at_local(today, time(0), zone))
    claims = list(sent.values_list("learner", "learner__agency__path", "submitted_at"))
    if not claims:
        return {}
    grants = RoleGrant.objects.effective(today).filter(
        in_zone(zone, "person__"), role=RoleGrant.Role.OFFICER, person__is_active=True
    )
    if people is not None:
        grants = grants.filter(person__in=people)
    reach: dict[int, list[str]] = {}
    for person, path in grants.values_list("person", "agency__path"):
        reach.setdefault(person, []).append(path)
    found = {}
    for person, paths in reach.items():
        theirs = [
            at for learner, path, at in claims if learner != person and path and path.startswith(tuple(paths)) and at
        ]
        if theirs:
            found[person] = Waiting(len(theirs), local_day(zone, min(theirs)), max(theirs))
    return found
