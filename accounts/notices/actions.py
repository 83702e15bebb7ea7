"""Telling people: a row first, the mail after, each exactly once (docs/architecture.md §6)."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.notices.kinds import verdict
from accounts.notices.letter import write_letter
from accounts.notices.models import Notice
from accounts.notices.queries import officers_over
from accounts.notices.relay import Answer, Fate, read_answer
from accounts.notices.rules import may_send_again
from accounts.people.models import User
from asn_lms.lib.later import later
from asn_lms.lib.refusals import NotYours, Refusal

logger = logging.getLogger(__name__)

# How long a claim holds without renewal. With a sweep each 30 seconds a dead sender's mail is taken up within a minute.
LEASE = timedelta(seconds=25)
RENEWAL_SECONDS = 8
# A mail that is put off (4xx) is tried again after these pauses, then given up: about four hours in all.
PAUSES = [timedelta(minutes=m) for m in (1, 2, 5, 10, 30, 60, 120)]
MOST_TRIES = len(PAUSES) + 1
# While the server is away nothing is given up; each sweep looks whether it is back.
AWAY_PAUSE = timedelta(seconds=60)


def tell(
    person: User,
    kind: str,
    about: str,
    title: str | Promise,
    body: str | Promise,
    link: str = "",
    *,
    mail: bool = True,
    data: dict[str, Any] | None = None,
    not_before: datetime | None = None,
    at: str | None = None,
) -> Notice | None:
    """Put a message into the person's inbox and promise its mail. None when they were told this already: (person, kind,
    about) is unique. Lazy title and body are spoken in the person's language. `link` is a path on this site.
    """
    with translation.override(person.language):
        notice = Notice(
            person=person,
            kind=kind,
            about=about,
            title=str(title)[:200],
            body=str(body),
            link=link,
            data=data or {},
            mail_state=Notice.Mail.DUE if mail else Notice.Mail.NONE,
            not_before=not_before,
        )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    told = Notice.objects.filter(message_id=notice.message_id).first()
    if told and mail:
        later("notices.send", told.pk, at)
    return told


def send_mail(pk: int, now: datetime, relay: BaseEmailBackend | None = None) -> Fate | None:
    """Send one notice's mail if it is due: claimed and committed, sent outside any transaction, its result committed.

    Returns what the server's answer meant when it was not taken, else None.
    """
    notice = claim(pk, now)
    if notice is None:
        return None
    server = relay or get_connection()
    try:
        return hand_over(notice, now, server)
    finally:
        _hang_up(server)


def send_waiting(now: datetime, at: str | None = None, *, seconds: float = 5) -> int:
    """Send what is due, oldest first, over one connection, until nothing is left or the server is away. When the time is up
    the rest is queued anew, behind what others wait for.
    """
    relay = get_connection()
    ends_at = time.monotonic() + seconds
    sent = 0
    try:
        while notice := claim(None, now):
            if hand_over(notice, now, relay) is Fate.AWAY:
                break
            sent += 1
            if time.monotonic() > ends_at:
                later("notices.send_waiting", at)
                break
    finally:
        _hang_up(relay)
    return sent


def claim(pk: int | None, now: datetime) -> Notice | None:
    """Take a mail for sending (this one, or the next that is due) and commit that. None when there is none to send; mails
    that must not go out are held here, with the reason.
    """
    while True:
        with transaction.atomic():
            due = Notice.objects.sendable(now).select_related("person__agency").order_by("not_before", "id")
            if pk is not None:
                due = due.filter(pk=pk)
            notice = due.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
            if notice is None:
                return None
            if _may_go_out(notice, now):
                notice.mail_state = Notice.Mail.SENDING
                notice.tries += 1
                notice.save(update_fields=["mail_state", "tries", "title", "body", "link", "data"])
                Notice.objects.filter(pk=notice.pk).update(lease_until=Now() + LEASE)
                return notice
        if pk is not None:
            return None


def _may_go_out(notice: Notice, now: datetime) -> bool:
    """Whether the mail may be sent now; otherwise the row says why not."""
    person = notice.person
    reason = ""
    if not person.is_active:
        reason = Notice.Hold.INACTIVE
    elif notice.is_about_account and notice.tries < MOST_TRIES:
        return True
    elif not person.email:
        reason = Notice.Hold.NO_ADDRESS
    elif address_is_refused(person):
        reason = Notice.Hold.BAD_ADDRESS
    elif not person.wants_mail:
        reason = Notice.Hold.UNWANTED
    elif notice.tries >= MOST_TRIES:
        _give_up(notice, notice.mail_reason or Notice.Hold.SENDER_DIED)
        return False
    else:
        said = verdict(notice, now)
        if said.not_before:
            notice.mail_state, notice.not_before, notice.lease_until = Notice.Mail.DUE, said.not_before, None
            notice.save(update_fields=["mail_state", "not_before", "lease_until"])
            return False
        reason = said.hold
    if reason:
        notice.mail_state, notice.mail_reason, notice.lease_until = Notice.Mail.HELD, reason, None
        notice.save(update_fields=["mail_state", "mail_reason", "lease_until"])
    return not reason


def _give_up(notice: Notice, reason: str) -> None:
    notice.mail_state, notice.mail_reason, notice.lease_until = Notice.Mail.FAILED, reason, None
    notice.save(update_fields=["mail_state", "mail_reason", "lease_until"])
    logger.error("Mail of notice %s given up after %s tries: %s", notice.pk, notice.tries, reason)


def hand_over(notice: Notice, now: datetime, relay: BaseEmailBackend) -> Fate | None:
    """Give a claimed mail to the server and commit what came of it. Runs outside any transaction."""
    try:
        letter = write_letter(notice, relay)
        with _renewing(notice):
            relay.open()
            letter.send()
    except Exception as error:
        _hang_up(relay)
        answer = read_answer(error)
        if answer.fate is Fate.AGAIN:
            logger.warning("Mail of notice %s put off: %s", notice.pk, answer.reason)
        _not_taken(notice, answer, now)
        return answer.fate
    _settle(notice, mail_state=Notice.Mail.SENT, sent_at=now, mail_reason="", **_wiped(notice))
    return None


def _wiped(notice: Notice) -> dict[str, Any]:
    """What a mail about the account leaves behind when it is through: not its secret link."""
    return {"data": {}} if notice.is_about_account else {}


def _not_taken(notice: Notice, answer: Answer, now: datetime) -> None:
    match answer.fate:
        case Fate.AWAY:
            _settle(
                notice,
                mail_state=Notice.Mail.DUE,
                not_before=now + AWAY_PAUSE,
                tries=F("tries") - 1,
                mail_reason=answer.reason,
            )
        case Fate.AGAIN if notice.tries < MOST_TRIES:
            pause = PAUSES[notice.tries - 1]
            _settle(notice, mail_state=Notice.Mail.DUE, not_before=now + pause, mail_reason=answer.reason)
        case Fate.BAD_ADDRESS:
            with transaction.atomic():
                _settle(notice, mail_state=Notice.Mail.FAILED, mail_reason=answer.reason, **_wiped(notice))
                if not notice.is_about_account or notice.data.get("to") == notice.person.email:
                    _mark_address(notice.person, answer.reason)
        case _:
            _settle(notice, mail_state=Notice.Mail.FAILED, mail_reason=answer.reason, **_wiped(notice))
            logger.error("Mail of notice %s given up: %s", notice.pk, answer.reason)


def _settle(notice: Notice, **values: Any) -> None:
    """Commit the result of a claim, unless the claim was lost to somebody else meanwhile."""
    mine = Notice.objects.filter(pk=notice.pk, mail_state=Notice.Mail.SENDING, tries=notice.tries)
    if not mine.update(lease_until=None, **values):
        logger.warning("Claim on the mail of notice %s was lost", notice.pk)


def address_is_refused(person: User) -> bool:
    """Whether the address that the person has now came back as undeliverable; a new address begins clean."""
    return bool(person.mail_refused) and person.mail_refused.startswith(f"{person.email}: ")


def _mark_address(person: User, reason: str) -> None:
    """Note on the person that the address is bad, and tell the officers of their unit, once per address."""
    person.mail_refused = f"{person.email}: {reason}"[:200]
    User.objects.filter(pk=person.pk).update(mail_refused=person.mail_refused)
    for officer in officers_over(person.agency):
        with translation.override(officer.language):
            title = _("Mail to %(name)s cannot be delivered") % {"name": person.full_name}
            body = _(
                "The mail server refused %(address)s (%(reason)s). Ask for another address and correct it in the "
                "person's data. Until then messages reach them only here in the application."
            ) % {"address": person.email, "reason": reason}
        tell(officer, "mail.refused", f"person {person.pk} {person.email}"[:80], title, body, mail=False)


@transaction.atomic
def send_again(notice: Notice, *, by: User) -> None:
    """An officer lets a mail that was held or given up go out after all, once its cause is put right."""
    if not may_send_again(by, notice):
        raise NotYours(_("Only training officers of this person's unit may send it again."))
    if not notice.may_be_sent_again:
        raise Refusal(_("This mail is on its way or has been sent already."))
    Notice.objects.filter(pk=notice.pk, mail_state__in=[Notice.Mail.HELD, Notice.Mail.FAILED]).update(
        mail_state=Notice.Mail.DUE, mail_reason="", tries=0, not_before=None
    )
    User.objects.filter(pk=notice.person_id).update(mail_refused="")
    record("notice.sent_again", notice, by=by, agency=notice.person.agency)
    later("notices.send", notice.pk)


def sweep(now: datetime, at: str | None) -> bool:
    """Wake a worker if any mail is due: its message may be lost, or its sender dead."""
    waiting = Notice.objects.sendable(now).exists()
    if waiting:
        later("notices.send_waiting", at)
    return waiting


@transaction.atomic
def read(notice: Notice, now: datetime) -> None:
    """The person has opened this message."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=now)


@transaction.atomic
def read_all(person: User, now: datetime, *, up_to: int) -> int:
    """The person has seen every message up to this id; one that came in meanwhile stays unread."""
    return Notice.objects.held_by(person).unread().filter(pk__lte=up_to).update(read_at=now)


@contextmanager
def _renewing(notice: Notice) -> Iterator[None]:
    """Renew the claim while a slow server takes its time. A killed process renews nothing, so its claim runs out."""
    over = threading.Event()

    def renew() -> None:
        try:
            while not over.wait(RENEWAL_SECONDS):
                mine = Notice.objects.filter(pk=notice.pk, mail_state=Notice.Mail.SENDING, tries=notice.tries)
                mine.update(lease_until=Now() + LEASE)
        except DatabaseError as error:
            logger.warning("Claim on the mail of notice %s not renewed: %s", notice.pk, error)
        finally:
            connection.close()

    renewer = threading.Thread(target=renew, daemon=True)
    renewer.start()
    try:
        yield
    finally:
        over.set()
        renewer.join()


def _hang_up(relay: BaseEmailBackend) -> None:
    try:
        relay.close()
    except Exception as error:
        logger.info("Mail connection did not close cleanly: %s", error)
