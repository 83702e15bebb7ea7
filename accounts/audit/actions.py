"""Writing the audit."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from accounts.audit.models import AuditEntry


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
