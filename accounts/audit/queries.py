"""Reading the audit: entries as sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from accounts.audit.models import AuditEntry
from accounts.audit.verbs import detail_lines, in_words, page_of
from asn_lms.lib.days import at_local

PAGE = 50


@dataclass(frozen=True)
class Told:
    """One entry, told: who (empty is the clock), did what, to what, when, and the details worth reading."""

    pk: int
    at: datetime
    actor: Any
    verb: str
    thing: str
    url: str
    details: list[tuple[str, str]]


@dataclass(frozen=True)
class History:
    rows: list[Told]
    next_before: int | None


def history_of(thing: models.Model, user: Any, *, most: int = 10) -> list[Told]:
    """The latest entries about one thing that this user may read."""
    rows = AuditEntry.objects.visible_to(user).about(thing).select_related("actor").order_by("-id")
    return told(rows[:most])


def read_history(
    user: Any,
    *,
    search: str = "",
    group: str = "",
    day: date | None = None,
    object_type: str = "",
    object_id: str = "",
    before: int | None = None,
) -> History:
    """One page, newest first. `search` is part of the name of who acted or of what was acted on; `day` is counted in the reader's zone."""
    rows = AuditEntry.objects.visible_to(user)
    for word in search.split()[:5]:
        rows = rows.filter(Q(object_label__icontains=word) | Q(actor__name__icontains=word))
    if group:
        rows = rows.filter(action__startswith=f"{group}.")
    if day:
        start = at_local(day, time.min, user.zone)
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    if object_type and object_id:
        rows = rows.filter(object_type=object_type, object_id=object_id)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("actor").order_by("-id")[: PAGE + 1])
    return History(told(found[:PAGE]), found[PAGE - 1].pk if len(found) > PAGE else None)


def told(entries: Iterable[AuditEntry]) -> list[Told]:
    return [
        Told(
            pk=entry.pk,
            at=entry.at,
            actor=entry.actor,
            verb=in_words(entry.action),
            thing=entry.object_label,
            url=_address(entry),
            details=detail_lines(entry.details),
        )
        for entry in entries
    ]


def _address(entry: AuditEntry) -> str:
    name = page_of(entry.object_type)
    try:
        return reverse(name, args=[entry.object_id]) if name else ""
    except NoReverseMatch:
        return ""
