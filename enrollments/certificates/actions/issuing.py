"""From confirmed data to a paper that stands: drawn, signed, told. Whatever needs no person goes its whole way at once.

Each step is claimed by a lease and committed, done outside any transaction, and its result committed: done twice or by two,
it is one paper and one message.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit.actions import record
from accounts.notices.actions import tell
from accounts.notices.queries import officers_over
from accounts.people.models import User
from asn_lms.lib import words
from asn_lms.lib.days import local_day
from asn_lms.lib.later import later
from asn_lms.lib.refusals import NotYours
from asn_lms.lib.secret import Secret
from enrollments.certificates.keeping import keep, keep_only
from enrollments.certificates.models import Certificate
from enrollments.certificates.printing import WITH_PRINTED, drawn, freeze
from enrollments.certificates.rules import may_try_again
from enrollments.signing.signers import SIGNERS, Signatory
from enrollments.signing.trouble import SigningTrouble

logger = logging.getLogger(__name__)
State = Certificate.State

# A drawing takes a fraction of a second; with a sweep each 30 seconds a dead worker's is taken up within a minute.
LEASE = timedelta(seconds=25)
MOST_TRIES = 5
PAUSE = timedelta(seconds=30)


def issue_certificate(pk: int | None, now: datetime, at: str | None = None) -> bool:
    """Take one certificate (this one, or the next that waits) as far as it goes without a person: drawn, sealed, told; or
    drawn, and laid into the queue of the official who signs.

    Answers whether a certificate was taken up. A full disk and a signing service that is away cost no try; what breaks its
    worker five times is put aside, and the organiser's officers are told.
    """
    certificate = _claim(pk, now, at)
    if certificate is None:
        return False
    try:
        if certificate.state == State.SIGNED:
            _hand_out(certificate, now, at)
        elif SIGNERS[certificate.signer].is_attended:
            _lay_before_official(certificate, now, at)
        else:
            _seal(certificate, now, at)
    except OSError as error:
        logger.warning("Certificate %s not stored: %s", certificate.pk, error)
        settle(certificate, lease_until=Now() + PAUSE, tries=F("tries") - 1, error=str(error)[:300])
    except SigningTrouble as trouble:
        _wait_for_seal(certificate, trouble, now)
    except Exception as error:
        logger.exception("Certificate %s not made", certificate.pk)
        reason = f"{type(error).__name__}: {error}"[:300]
        settle(certificate, lease_until=Now() + PAUSE * certificate.tries, error=reason)
    return True


def issue_waiting(now: datetime, at: str | None = None, *, seconds: float = 5) -> int:
    """Issue what waits, oldest first, until nothing is left. When the time is up the rest is queued anew, behind what others
    wait for.
    """
    ends_at = time.monotonic() + seconds
    count = 0
    while issue_certificate(None, now, at):
        count += 1
        if time.monotonic() > ends_at:
            later("certificates.issue_waiting", at)
            break
    return count


def sweep(at: str | None) -> bool:
    """Wake a worker if any certificate waits: its message may be lost, or its worker dead."""
    waiting = Certificate.objects.issuable().exists()
    if waiting:
        later("certificates.issue_waiting", at)
    return waiting


@transaction.atomic
def try_again(certificate: Certificate, *, by: User) -> None:
    """An officer lets a certificate that was put aside be tried anew."""
    if not may_try_again(by, certificate):
        raise NotYours(_("Only training officers of the organiser may do this."))
    take_up_again(certificate, by=by)


@transaction.atomic
def take_up_again(certificate: Certificate, *, by: User) -> None:
    """What `try_again` does, for who has asked whether it may be done."""
    Certificate.objects.filter(pk=certificate.pk, is_stuck=True).update(
        is_stuck=False, tries=0, lease_until=None, error=""
    )
    record("certificate.tried_again", certificate, by=by)
    later("certificates.issue", certificate.pk)


def settle(certificate: Certificate, **values: Any) -> bool:
    """Commit the result of a claim, unless the claim was lost to somebody else meanwhile."""
    mine = Certificate.objects.filter(pk=certificate.pk, state=certificate.state, tries=certificate.tries)
    return bool(mine.update(**values))


def sign_paper(certificate: Certificate, secret: Secret[str] | None, *, nik: str = "") -> bytes:
    """The signed bytes of a frozen certificate, by the signer that was settled with it. Never inside a transaction.

    Raises SigningTrouble.
    """
    signer = SIGNERS[certificate.signer]
    person = certificate.signatory if signer.is_attended else None
    return signer.sign(
        drawn(certificate),
        signatory=Signatory(
            name=person.full_name if person else certificate.organiser_name,
            organisation=certificate.organiser_name,
            owner=f"person {person.pk}" if person else "",
            nik=nik,
        ),
        secret=secret,
        reason=f"{certificate.get_kind_display()} {certificate.number}",
        place=certificate.issue_place,
        url=settings.SITE_URL + reverse("verify", args=[certificate.public_id]),
    )


def stand(certificate: Certificate, pdf: bytes, now: datetime, **values: Any) -> bool:
    """Keep the signed paper and commit that it stands; its bytes never change after. Answers whether this was the one."""
    name, fingerprint = keep(certificate, pdf)
    with transaction.atomic():
        stands = settle(
            certificate,
            state=State.SIGNED,
            signed_at=now,
            drawn_at=certificate.drawn_at or now,
            error="",
            **values,
            file=name,
            sha256=fingerprint,
            size=len(pdf),
            lease_until=None,
        )
        if stands:
            by = certificate.signatory if SIGNERS[certificate.signer].is_attended else None
            record("certificate.signed", certificate, by=by, sha256=fingerprint)
    if stands:
        certificate.file.name = name
    else:
        default_storage.delete(name)
    return stands


@transaction.atomic
def deliver(certificate: Certificate, now: datetime, at: str | None = None) -> None:
    """Tell the learner that the paper is theirs, and commit both together."""
    if not settle(certificate, state=State.DELIVERED, delivered_at=now, lease_until=None, error=""):
        return
    later("badges.give", certificate.pk)
    learner = certificate.enrollment.learner
    with translation.override(learner.language):
        title = _("Your certificate is ready: %(course)s") % {"course": certificate.course_title}
        body = _("Number %(number)s, %(jp)s JP. Download it, or show others how to check it.") % {
            "number": certificate.number,
            "jp": words.jp(certificate.jp),
        }
        data = {"verb": _("Open certificate"), "certificate": certificate.pk}
    tell(
        learner,
        "certificate.ready",
        f"certificate {certificate.pk}",
        title,
        body,
        reverse("certificates"),
        data=data,
        at=at,
    )


@transaction.atomic
def _claim(pk: int | None, now: datetime, at: str | None) -> Certificate | None:
    waiting = Certificate.objects.issuable().order_by("id")
    if pk is not None:
        waiting = waiting.filter(pk=pk)
    certificate = (
        waiting.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("design", "enrollment__learner")
        .first()
    )
    if certificate is None:
        return None
    if certificate.tries >= MOST_TRIES:
        _put_aside(certificate, at)
        return None
    if certificate.frozen_at is None:  # never asked about: what is printed stands in a dozen tables
        certificate = Certificate.objects.select_related(*WITH_PRINTED).get(pk=certificate.pk)
        freeze(certificate, now)
        certificate.save()
    # A seal comes from another server, which may take its time.
    is_far = certificate.state != State.SIGNED and SIGNERS[certificate.signer].is_certified
    lease = timedelta(seconds=settings.BSRE_SECONDS + 10) if is_far else LEASE
    certificate.tries += 1
    Certificate.objects.filter(pk=certificate.pk).update(tries=certificate.tries, lease_until=Now() + lease)
    return certificate


def _seal(certificate: Certificate, now: datetime, at: str | None) -> None:
    if stand(certificate, sign_paper(certificate, None), now):
        certificate.state = State.SIGNED
        _hand_out(certificate, now, at)


def _hand_out(certificate: Certificate, now: datetime, at: str | None) -> None:
    keep_only(certificate)
    deliver(certificate, now, at)


def _wait_for_seal(certificate: Certificate, trouble: SigningTrouble, now: datetime) -> None:
    """Drawn is drawn; the seal is tried again. Only what a second try cannot mend counts as one of the five."""
    logger.warning("Certificate %s not sealed: %s", certificate.pk, trouble.sentence)
    is_for_nothing = trouble.is_temporary or trouble.stops_batch
    settle(
        certificate,
        state=State.DRAWN,
        drawn_at=certificate.drawn_at or now,
        lease_until=Now() + PAUSE,
        tries=F("tries") - 1 if is_for_nothing else F("tries"),
        error=str(trouble.sentence)[:300],
    )


def _lay_before_official(certificate: Certificate, now: datetime, at: str | None) -> None:
    """It waits for a person. That it can be drawn at all is seen here, so that nobody signs in vain."""
    drawn(certificate)
    official = certificate.signatory
    error = (
        ""
        if official
        else str(_("Nobody is named who signs. Name an official in the design, or give the unit a head."))
    )
    with transaction.atomic():
        waits = settle(
            certificate,
            state=State.AWAITING_SIGNATURE,
            drawn_at=now,
            lease_until=None,
            error=error,
            is_stuck=official is None,
            tries=0,
        )
        if waits and official:
            tell(
                official,
                "certificate.to_sign",
                f"signing {local_day(official.zone, now)}",
                gettext_lazy("Certificates wait for your signature"),
                gettext_lazy("Look at a few samples, then sign them all at once."),
                reverse("signing"),
                at=at,
            )


def _put_aside(certificate: Certificate, at: str | None) -> None:
    certificate.is_stuck = True
    certificate.save(update_fields=["is_stuck"])
    logger.error("Certificate %s put aside after %s tries: %s", certificate.pk, certificate.tries, certificate.error)
    for officer in officers_over(certificate.series.organiser):
        with translation.override(officer.language):
            title = _("Certificate %(number)s could not be made") % {"number": certificate.number}
            body = _(
                "It was tried %(count)s times. The number stays reserved. Let it be tried again, or ask the helpdesk."
            ) % {"count": MOST_TRIES}
        about = f"certificate {certificate.pk} {timezone.now():%Y-%m-%d}"
        tell(
            officer,
            "certificate.stuck",
            about,
            title,
            body,
            reverse("office-certificate", args=[certificate.pk]),
            at=at,
        )
