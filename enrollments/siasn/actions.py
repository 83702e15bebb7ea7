"""The outbox: what is to be told to SIASN, who holds it, and what came of it. No call to SIASN is made here (sending.py)."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.audit.actions import entry_for, record, record_many
from accounts.jobs.models import Job
from accounts.notices.actions import tell
from accounts.notices.queries import officers_over
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.later import later
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.certificates.actions import mark_synced
from enrollments.certificates.models import LATELY, Certificate
from enrollments.enrolling.models import Enrollment
from enrollments.siasn.client import connection
from enrollments.siasn.models import DELIVERED, Posting, SiasnPerson
from enrollments.siasn.resting import is_resting
from enrollments.siasn.rules import may_handle

logger = logging.getLogger(__name__)

# Renewed before every call, and longer than one may take (client.SECONDS); with a sweep each 30 seconds the row of a dead worker is
# taken up within a minute (promise R4).
LEASE = timedelta(seconds=25)
# After an answer that never came, SIASN may still be writing; only after this much quiet is a missing record taken for missing.
SETTLED_AFTER = timedelta(minutes=3)
# How long a row rests after each try that SIASN did not answer; then it is put aside: about two days in all.
PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440)]
MOST_TRIES = len(PAUSES) + 1
BATCH = 500

State, Reason = Posting.State, Posting.Reason


class Lost(Exception):
    """Somebody else holds the row now; whatever this worker wanted to write is not its to write."""


def sweep(now: datetime, at: str | None) -> bool:
    """Open rows for what was delivered within a day, note what was revoked meanwhile, and wake a worker when something can be sent."""
    open_rows(now - LATELY)
    stop_revoked(at)
    if connection() is None or is_resting(now):
        return False
    waiting = Posting.objects.sendable(now).exists()
    if waiting:
        later("siasn.send_waiting", at)
    return waiting


def open_rows(since: datetime | None = None) -> int:
    """A row for each delivered certificate that has none, of those delivered since then or of all; returns how many. Two at once write
    it once.

    A statement that somebody attended without completing gave no JP, so SIASN is not told of it.
    """
    waiting = (
        Certificate.objects.fresh(since)
        .filter(state__in=DELIVERED, siasn__isnull=True, enrollment__status=Enrollment.Status.COMPLETED)
        .select_related("enrollment__completion_agency", "enrollment__agency")
        .order_by("id")
    )
    opened, last = 0, 0
    while fresh := list(waiting.filter(pk__gt=last)[:BATCH]):
        _open(fresh)
        opened, last = opened + len(fresh), fresh[-1].pk
    return opened


@transaction.atomic
def _open(fresh: list[Certificate]) -> None:
    roots = {path[: Agency.steplen] for one in fresh if (path := _unit(one).path)}
    tops = {top.path: top for top in Agency.objects.filter(path__in=roots)}
    rows = [Posting(certificate=one, instansi=tops[_unit(one).path[: Agency.steplen]]) for one in fresh]
    Posting.objects.bulk_create(rows, ignore_conflicts=True)


def _unit(certificate: Certificate) -> Agency:
    return certificate.enrollment.completion_agency or certificate.enrollment.agency


def stop_revoked(at: str | None) -> int:
    """Rows that SIASN holds though the certificate was revoked: an officer has to take them out there."""
    gone = Q(certificate__state=Certificate.State.REVOKED, state__in=[State.SENT, State.UPLOADED, State.VERIFIED])
    stopped = 0
    with transaction.atomic():
        rows = Posting.objects.in_nobodys_hands().filter(gone).select_related("certificate__series__organiser")
        for posting in rows.select_for_update(skip_locked=True, of=("self",), no_key=True)[:BATCH]:
            Posting.objects.filter(pk=posting.pk).update(
                state=State.FAILED, reason=Reason.REVOKED, message="", verified_at=None, claims=F("claims") + 1
            )
            record("siasn.stopped", posting, by=None, reason=Reason.REVOKED.label)
            _alarm(posting, at)
            stopped += 1
    return stopped


@transaction.atomic
def claim(pk: int | None, now: datetime, at: str | None = None) -> Posting | None:
    """Take a row (this one, or the next that may be sent) and commit that. A row that broke its workers again and again is put aside."""
    rows = Posting.objects.sendable(now).order_by("next_try_at", "id")
    if pk is not None:
        rows = rows.filter(pk=pk)
    posting = (
        rows.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("certificate__series__organiser", "certificate__enrollment__learner")
        .first()
    )
    if posting is None:
        return None
    if posting.tries >= MOST_TRIES:
        _stop(posting, Reason.BROKEN, posting.message, at)
        return None
    posting.tries += 1
    posting.claims += 1
    posting.save(update_fields=["tries", "claims"])
    Posting.objects.filter(pk=posting.pk).update(lease_until=Now() + LEASE)
    return posting


def hold(posting: Posting) -> None:
    """Renew the lease before a call; raises `Lost` when the row is somebody else's."""
    _write(posting, lease_until=Now() + LEASE)


def begin(posting: Posting, now: datetime) -> None:
    """Write down that a call which changes something goes out, before it does."""
    posting.begun_at = now
    _write(posting, begun_at=now, lease_until=Now() + LEASE)


@transaction.atomic
def advance(posting: Posting, state: str, **values: Any) -> None:
    """A step is done: its tries begin anew. The last one gives the row up."""
    done = {"state": state, "begun_at": None, "tries": 0, "message": "", **values}
    _write(posting, lease_until=None if state == State.VERIFIED else Now() + LEASE, **done)
    for name, value in done.items():
        setattr(posting, name, value)
    if state == State.VERIFIED:
        mark_synced(posting.certificate)
    if state in {State.SENT, State.VERIFIED}:
        record("siasn.sent" if state == State.SENT else "siasn.verified", posting, by=None)


@transaction.atomic
def put_off(posting: Posting, reason: str, message: str, now: datetime, at: str | None, **values: Any) -> None:
    """Try it later; after so many tries it is put aside with this reason."""
    tries = max(posting.tries, 1)
    if tries >= MOST_TRIES:
        _stop(posting, reason, message, at)
        return
    _write(posting, tries=tries, message=message, next_try_at=now + PAUSES[tries - 1], lease_until=None, **values)


def wait(posting: Posting, until: datetime) -> None:
    """Look again at that moment; nothing went wrong, so it costs no try."""
    _write(posting, tries=F("tries") - 1, next_try_at=until, lease_until=None)


@transaction.atomic
def stop(posting: Posting, reason: str, message: str, at: str | None) -> None:
    """A person has to look: what SIASN said does not change by asking again."""
    _stop(posting, reason, message, at)


def _stop(posting: Posting, reason: str, message: str, at: str | None) -> None:
    values = {} if reason in {Reason.AWAY, Reason.BROKEN} else {"begun_at": None}
    _write(posting, state=State.FAILED, reason=reason, message=message, lease_until=None, **values)
    logger.warning("Report %s to SIASN needs a hand: %s", posting.pk, reason)
    record("siasn.stopped", posting, by=None, reason=Reason(reason).label)
    _alarm(posting, at)


def _write(posting: Posting, **values: Any) -> None:
    mine = Posting.objects.filter(pk=posting.pk, claims=posting.claims, state__in=Posting.UNDER_WAY)
    if not mine.update(**values):
        raise Lost


def _alarm(posting: Posting, at: str | None) -> None:
    """Tell the officers, once a day however many rows need a hand."""
    for officer in officers_over(posting.agency):
        today = local_day(officer.zone)
        title, body = (
            _("SIASN: certificates need a hand"),
            _("At least one certificate could not be recorded in SIASN. The list says why, and what to do."),
        )
        tell(officer, "siasn.hand", f"{today:%Y-%m-%d}", title, body, reverse("office-siasn"), at=at)


# ── By an officer ────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def try_again(posting: Posting, *, by: User) -> Posting:
    """Put a row that stopped, or was handed over otherwise, back in the queue. It goes on from what SIASN is known to hold."""
    posting = _locked(posting, by)
    if posting.state not in {State.FAILED, State.HANDED}:
        raise Refusal(_("This certificate is on its way to SIASN already."))
    if posting.reason == Reason.REVOKED or posting.certificate.state not in DELIVERED:
        raise Refusal(_("The certificate was revoked. Take its record out in SIASN, then mark it as settled here."))
    _revive([posting], by)
    return posting


@transaction.atomic
def try_all_again(reason: str, *, by: User) -> int:
    """The same for every row of the officer's units that stopped for this reason; returns how many."""
    rows = Posting.objects.visible_to(by).filter(state=State.FAILED, reason=reason, certificate__state__in=DELIVERED)
    found = list(
        rows.exclude(reason=Reason.REVOKED)
        .select_for_update(of=("self",), no_key=True)
        .select_related("certificate__series__organiser")
    )
    _revive(found, by)
    return len(found)


def _revive(postings: Iterable[Posting], by: User) -> None:
    entries = []
    people = []
    for posting in postings:
        if posting.reason == Reason.GONE:
            posting.record_id = ""
        if posting.reason in {Reason.UNKNOWN, Reason.NO_NUMBER, Reason.REJECTED}:
            people.append(posting.certificate_id)  # the person is asked for anew
        posting.state = State.SENT if posting.record_id else State.PENDING
        posting.reason = posting.message = ""
        posting.tries, posting.lease_until, posting.next_try_at = 0, None, timezone.now()
        posting.handed_at = posting.handed_by = None
        posting.claims += 1
        posting.save()
        entries.append(entry_for("siasn.tried_again", posting, by=by))
        later("siasn.send", posting.pk)
    record_many(entries)
    SiasnPerson.objects.filter(person__enrollments__certificates__in=people).update(orang_id="", orang_id_at=None)


@transaction.atomic
def settle_by_hand(posting: Posting, *, by: User) -> Posting:
    """The officer has seen to it in SIASN: recorded it there, or taken it out. It is not sent any more."""
    posting = _locked(posting, by)
    if posting.state != State.FAILED:
        raise Refusal(_("Only certificates that need a hand are settled by hand."))
    _hand([posting], by)
    return posting


def _hand(postings: Iterable[Posting], by: User) -> None:
    entries = []
    for posting in postings:
        posting.state, posting.reason, posting.handed_at, posting.handed_by = State.HANDED, "", timezone.now(), by
        posting.claims += 1
        posting.lease_until = posting.begun_at = None
        posting.save()
        entries.append(entry_for("siasn.handed_over", posting, by=by))
    record_many(entries)


@transaction.atomic
def hand_over_file(job: Job, *, by: User) -> int:
    """Mark what stands in the file as handed over, so that it is not sent as well; returns how many.

    What a worker holds this moment, or may have sent without knowing the answer, is left alone: SIASN may have it by the other way.
    """
    if job.owner_id != by.pk:
        raise NotYours(_("Only the person who asked for this file can do that."))
    if job.state != Job.State.DONE:
        raise Refusal(_("This file is not finished, so nothing of it was handed over."))
    rows = Posting.objects.visible_to(by).filter(
        file=job, state__in=[State.PENDING, State.FAILED], record_id="", begun_at=None
    )
    found = list(
        rows.in_nobodys_hands()
        .select_for_update(of=("self",), no_key=True)
        .select_related("certificate__series__organiser")
    )
    _hand(found, by)
    return len(found)


def _locked(posting: Posting, by: User) -> Posting:
    row = (
        Posting.objects.select_for_update(of=("self",), no_key=True)
        .select_related("certificate__series__organiser", "certificate__enrollment__learner")
        .get(pk=posting.pk)
    )
    if not may_handle(by, row):
        raise NotYours(_("Only training officers of the organiser may do this."))
    return row
