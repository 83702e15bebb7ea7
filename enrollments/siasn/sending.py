"""Telling SIASN of one certificate: write the record, hang the paper on it, read it back.

Each step is claimed and committed, done outside any transaction, its result committed. A worker may die anywhere: whoever goes on looks
into SIASN before it writes, so nothing is recorded twice, not even after a death between BKN's answer and our commit.
"""

import logging
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from asn_lms.lib.later import later
from enrollments.siasn.actions import (
    SETTLED_AFTER,
    Lost,
    Reason,
    State,
    advance,
    begin,
    claim,
    hold,
    put_off,
    stop,
    wait,
)
from enrollments.siasn.client import Away, NotLetIn, Rejected, Siasn, Unknown, cleaned, connection
from enrollments.siasn.fields import (
    Told,
    bare_number,
    course_fields,
    has_document,
    hours_in,
    number_in,
    structural_fields,
)
from enrollments.siasn.models import STRUCTURAL, Posting
from enrollments.siasn.people import orang_id_of
from enrollments.siasn.queries import Mapped, mapping_of, told
from enrollments.siasn.resting import mark_away

logger = logging.getLogger(__name__)


class _Stop(Exception):
    """The row needs a hand."""

    def __init__(self, reason: str, said: str = "") -> None:
        self.reason = reason
        self.said = said
        super().__init__(reason)


class _NotYet(Exception):
    """SIASN may still be writing what an earlier call asked for."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__()


class _NoPaper(Exception):
    """The paper was taken, but does not hang on the record."""


def send_posting(pk: int | None, now: datetime, at: str | None = None) -> bool | None:
    """Bring one row (this one, or the next) as far as SIASN lets it. None: there was none to send; False: SIASN is away."""
    known = connection()
    posting = claim(pk, now, at) if known else None
    if known is None or posting is None:
        return None
    names = (posting.certificate.name, posting.certificate.enrollment.learner.name)
    try:
        _go_on(posting, Siasn(known), now)
    except Lost:
        logger.warning("Report %s to SIASN was taken over", posting.pk)
    except _NotYet as early:
        _safely(wait, posting, early.until)
    except _Stop as end:
        _safely(stop, posting, end.reason, cleaned(end.said, *names), at)
    except _NoPaper:
        _safely(put_off, posting, Reason.NO_PAPER, "", now, at, state=State.SENT, begun_at=None)
    except Unknown as end:
        _safely(stop, posting, Reason.UNKNOWN, cleaned(end.said, *names), at)
    except Rejected as end:
        _safely(stop, posting, Reason.REJECTED, cleaned(end.said, *names), at)
    except (NotLetIn, Away) as end:
        is_shut = isinstance(end, NotLetIn)
        # Refused at the door, nothing was done inside; without an answer nobody knows.
        values = {"begun_at": None} if is_shut else {}
        mark_away(now)
        _safely(
            put_off, posting, Reason.ACCESS if is_shut else Reason.AWAY, cleaned(end.said, *names), now, at, **values
        )
        return False
    except Exception as error:
        # The name of the error alone: what it says may bear what was being sent.
        logger.error("Report %s to SIASN broke: %s", posting.pk, type(error).__name__)  # noqa: TRY400
        _safely(put_off, posting, Reason.BROKEN, type(error).__name__, now, at)
    return True


def send_waiting(now: datetime, at: str | None = None, *, seconds: float = 5) -> int:
    """Send what waits, oldest first, until nothing is left or SIASN is away. When the time is up the rest is queued anew, behind what
    others wait for.
    """
    ends_at = time.monotonic() + seconds
    sent = 0
    while send_posting(None, now, at):
        sent += 1
        if time.monotonic() > ends_at:
            later("siasn.send_waiting", at)
            break
    return sent


def _safely(do: Any, posting: Posting, *args: Any, **values: Any) -> None:
    try:
        do(posting, *args, **values)
    except Lost:
        logger.warning("Report %s to SIASN was taken over", posting.pk)


def _go_on(posting: Posting, siasn: Siasn, now: datetime) -> None:
    mapped = mapping_of(posting)
    while posting.state in Posting.UNDER_WAY:
        _STEPS[State(posting.state)](posting, siasn, mapped, now)


def _record(posting: Posting, siasn: Siasn, mapped: Mapped, now: datetime) -> None:
    """Find the record under the certificate's number, or write it."""
    learner = posting.certificate.enrollment.learner
    if not learner.nip:
        raise _Stop(Reason.NO_NUMBER)
    hold(posting)
    orang_id = orang_id_of(learner, siasn, now)
    what = told(posting, mapped, orang_id)
    hold(posting)
    record_id = _found(siasn, mapped, learner.nip, what.number)
    if not record_id:
        if posting.begun_at and now < posting.begun_at + SETTLED_AFTER:
            raise _NotYet(posting.begun_at + SETTLED_AFTER)
        begin(posting, now)
        try:
            record_id = siasn.save(mapped.type_code, _fields(what))
        except Unknown as end:
            raise Rejected(end.said) from None
    advance(posting, State.SENT, record_id=record_id, sent_jp=what.hours, sent_at=timezone.now())


def _found(siasn: Siasn, mapped: Mapped, nip: str, number: str) -> str:
    """The id of the record that bears this certificate's number already; empty when there is none."""
    try:
        records = siasn.records(mapped.type_code, nip)
    except Unknown:
        siasn.orang_id(nip)  # raises, when it is the person that is unknown
        return ""
    wanted = bare_number(number)
    return next((str(one["id"]) for one in records if one.get("id") and bare_number(number_in(one)) == wanted), "")


def _fields(what: Told) -> dict[str, Any]:
    return structural_fields(what) if what.type_code == STRUCTURAL else course_fields(what)


def _hang(posting: Posting, siasn: Siasn, mapped: Mapped, now: datetime) -> None:
    """Upload the paper, unless an earlier try got it there."""
    hold(posting)
    if posting.begun_at and has_document(_kept(posting, siasn, mapped), mapped.document_ref):
        advance(posting, State.UPLOADED)
        return
    with posting.certificate.file.open("rb") as file:
        content = file.read()
    begin(posting, now)
    siasn.upload(posting.record_id, mapped.document_ref, f"{posting.certificate.public_id}.pdf", content)
    advance(posting, State.UPLOADED)


def _check(posting: Posting, siasn: Siasn, mapped: Mapped, now: datetime) -> None:
    """Read it back: number, hours and paper are those of the certificate."""
    hold(posting)
    record = _kept(posting, siasn, mapped)
    number, hours = number_in(record), hours_in(record)
    if bare_number(number) != bare_number(posting.certificate.number):
        raise _Stop(Reason.MISMATCH, _("SIASN shows another certificate number for this record."))
    if hours != posting.sent_jp:
        raise _Stop(
            Reason.MISMATCH,
            _("SIASN shows %(there)s JP, we sent %(here)s.") % {"there": hours, "here": posting.sent_jp},
        )
    if not has_document(record, mapped.document_ref):
        raise _NoPaper
    advance(posting, State.VERIFIED, verified_at=timezone.now())


def _kept(posting: Posting, siasn: Siasn, mapped: Mapped) -> Mapping[str, Any]:
    try:
        return siasn.record(mapped.type_code, posting.record_id)
    except Unknown as end:
        raise _Stop(Reason.GONE, end.said) from None


_STEPS = {State.PENDING: _record, State.SENT: _hang, State.UPLOADED: _check}
