"""What SIASN knows of a person: their id there, and their official IP-ASN."""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.later import later
from asn_lms.lib.refusals import Refusal
from enrollments.siasn.actions import LEASE
from enrollments.siasn.client import Away, NotLetIn, Siasn, Trouble, connection
from enrollments.siasn.models import OfficialIndex, SiasnPerson
from enrollments.siasn.resting import is_resting, mark_away

logger = logging.getLogger(__name__)

# An official value older than this is asked for anew, for whoever once asked for it.
FRESH = timedelta(days=30)
PAUSE = timedelta(hours=1)
ASK_AGAIN = timedelta(minutes=10)


def orang_id_of(person: User, siasn: Siasn, now: datetime) -> str:
    """pnsOrangId, kept once it is known. May ask SIASN, so never inside a transaction. Raises what `Siasn.orang_id` raises."""
    kept = SiasnPerson.objects.filter(person=person).exclude(orang_id="").first()
    if kept:
        return kept.orang_id
    found = siasn.orang_id(person.nip or "")
    SiasnPerson.objects.update_or_create(person=person, defaults={"orang_id": found, "orang_id_at": now})
    return found


@transaction.atomic
def ask_for_index(person: User, now: datetime) -> SiasnPerson:
    """Promise the person a fresh official value; a worker fetches it. Asked again within ten minutes, nothing more happens."""
    if connection() is None:
        raise Refusal(_("This system is not connected to SIASN yet, so it cannot ask for your value."))
    if not person.nip:
        raise Refusal(_("SIASN knows people by their NIP, and yours is not recorded here. Ask your training officer."))
    row, _made = SiasnPerson.objects.select_for_update(no_key=True).get_or_create(person=person)
    if row.index_asked_at and row.index_asked_at > now - ASK_AGAIN:
        return row
    row.index_asked_at = row.next_try_at = now
    row.save(update_fields=["index_asked_at", "next_try_at"])
    record("siasn.index_asked", person, by=person, agency=person.agency)
    later("siasn.read_index", row.pk)
    return row


def read_index(pk: int | None, now: datetime) -> bool | None:
    """Fetch the official value of one person (this one, or the next that is due). None: nobody is due; False: SIASN is away."""
    known = connection()
    row = _claim(pk, now) if known else None
    if known is None or row is None:
        return None
    try:
        found = Siasn(known).index(row.person.nip or "")
        if found is not None:
            keep_index(row.person, found, now)
        _release(row, index_read_at=now, next_try_at=now + FRESH)
    except (Away, NotLetIn):
        mark_away(now)
        _release(row, next_try_at=now + PAUSE)
        return False
    except Trouble:
        _release(row, index_read_at=now, next_try_at=now + FRESH)
    except (InvalidOperation, ValueError):
        logger.error("SIASN's IP-ASN of person %s could not be read", row.person_id)  # noqa: TRY400
        _release(row, next_try_at=now + FRESH)
    return True


def read_due(now: datetime, *, most: int = 50) -> int:
    """Fetch what is due, some at a time, while SIASN answers."""
    if connection() is None or is_resting(now):
        return 0
    count = 0
    while count < most and read_index(None, now):
        count += 1
    return count


def keep_index(person: User, found: Mapping[str, Any], now: datetime) -> OfficialIndex:
    """Keep one value of SIASN as a row of its day. Raises ValueError or InvalidOperation when it is no value."""
    names = {
        "qualification": "kualifikasi", "competence": "kompetensi", "performance": "kinerja", "discipline": "disiplin", "total": "subtotal",
    }  # fmt: skip
    values = {ours: _points(found[theirs]) for ours, theirs in names.items() if theirs in found}
    if set(values) != set(names):
        raise ValueError("not all dimensions")
    on = _day(str(found.get("created_at") or "")) or local_day(person.zone, now)
    row, _made = OfficialIndex.objects.update_or_create(
        person=person, valued_on=on, defaults={**values, "read_at": now}
    )
    return row


def _points(value: object) -> Decimal:
    points = Decimal(str(value).replace(",", ".")).quantize(Decimal("0.01"))
    if not 0 <= points <= 100:
        raise ValueError("no points")
    return points


def _day(text: str) -> date | None:
    """The day of `2026-03-02T…`, `2026-03-02 …` or `02-03-2026`."""
    try:
        parts = text[:10].split("-")
        return parse_date("-".join(reversed(parts)) if len(parts[0]) == 2 else text[:10])
    except ValueError:
        return None


@transaction.atomic
def _claim(pk: int | None, now: datetime) -> SiasnPerson | None:
    rows = SiasnPerson.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=Now()), index_asked_at__isnull=False, next_try_at__lte=now
    )
    if pk is not None:
        rows = rows.filter(pk=pk)
    row = (
        rows.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("person__agency")
        .order_by(F("next_try_at"))
        .first()
    )
    if row is not None:
        SiasnPerson.objects.filter(pk=row.pk).update(lease_until=Now() + LEASE)
    return row


def _release(row: SiasnPerson, **values: Any) -> None:
    SiasnPerson.objects.filter(pk=row.pk).update(lease_until=None, **values)
