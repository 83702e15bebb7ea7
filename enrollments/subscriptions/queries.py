"""Which subscriptions are due, and what their owner sees of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef

from accounts.people.models import User
from enrollments.reminders.queries import in_zone
from enrollments.subscriptions.models import Dispatch, Subscription, SubscriptionQuerySet
from enrollments.subscriptions.periods import Rhythm, first_day, last_ended


def due(zone: str, rhythm: Rhythm, today: date) -> SubscriptionQuerySet:
    """Running ones of people in the zone whose last ended period was not sent, and which were asked for before it ended."""
    sent = Dispatch.objects.filter(subscription=OuterRef("pk"), until_on=last_ended(rhythm, today))
    found: Any = Subscription.objects.running().filter(
        in_zone(zone, "person__"), ~Exists(sent), rhythm=rhythm, since_on__lt=first_day(rhythm, today)
    )
    rows: SubscriptionQuerySet = found.order_by("id")
    return rows


def to_be_told() -> Any:
    """Dispatches whose file is written and whose reader was not told."""
    return Dispatch.objects.filter(told_at__isnull=True, job__state="done").order_by("id")


@dataclass(frozen=True)
class Mine:
    subscription: Subscription
    next_on: date
    # The last day of the period that was mailed last; None before the first.
    last_until: date | None


def running_of(person: User, today: date) -> list[Mine]:
    """The person's running subscriptions, newest first; two queries."""
    rows = list(Subscription.objects.held_by(person).running().select_related("agency"))
    last = dict(
        Dispatch.objects.filter(subscription__in=rows, told_at__isnull=False)
        .order_by(F("subscription_id"), "until_on")
        .values_list("subscription_id", "until_on")
    )
    return [Mine(row, row.next_on(today), last.get(row.pk)) for row in rows]
