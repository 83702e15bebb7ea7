"""Writing the audit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from accounts.audit.models import AuditEntry
from asn_lms.lib.copying import copy, row


def record(action: str, thing: models.Model, *, by: Any, agency: Any = None, **details: object) -> AuditEntry:
    """Append one entry: `record("enrollment.created", enrollment, by=user, agency=unit)`. `by=None` is the clock.

    `agency` (default: the thing's own `agency`) decides which officers can read the entry. Details hold what changed, never
    secrets and never a full NIP.
    """
    entry = entry_for(action, thing, by=by, agency=agency, **details)
    entry.save()
    return entry


def record_many(entries: list[AuditEntry]) -> None:
    """Append many entries at once, each made by `entry_for`."""
    AuditEntry.objects.bulk_create(entries, batch_size=1000)


def entry_for(action: str, thing: models.Model, *, by: Any, agency: Any = None, **details: object) -> AuditEntry:
    """An entry that is not saved yet, for `record_many`."""
    unit = agency if agency is not None else getattr(thing, "agency", None)
    return AuditEntry(
        actor=by,
        action=action,
        object_type=thing._meta.label_lower,
        object_id=str(thing.pk),
        object_label=str(thing)[:250],
        agency_id=getattr(unit, "pk", None),
        details={name: _plain(value) for name, value in details.items()},
    )


@dataclass(frozen=True)
class Told:
    """What an entry says of one of many things of a kind: its key and name, the unit whose officers may read it, and details in plain values."""

    action: str
    key: int
    label: str
    agency_id: int | None
    details: dict[str, object]


def record_by_thousands(kind: type[models.Model], told: Iterable[Told], *, by: Any) -> None:
    """What `record_many` does, by COPY and without an object for each entry."""
    actor, at, name = getattr(by, "pk", None), timezone.now(), kind._meta.label_lower
    rows = (
        row((at, actor, one.action, name, one.key, one.label[:250], one.agency_id, one.details, "")) for one in told
    )
    columns = "at, actor_id, action, object_type, object_id, object_label, agency_id, details, request_id"
    copy(connection, AuditEntry._meta.db_table, columns, rows)


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
