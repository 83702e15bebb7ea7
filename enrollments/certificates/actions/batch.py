"""An official signs what lies before them: looks at samples, types the secret once, and the batch is signed.

The secret lives in the request that brought it and nowhere else: no row, no message, no log, no worker ever sees it. So the batch
is signed by requests, each for a few seconds; the page sends the next one until nothing is left.
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.later import later
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.secret import Secret
from enrollments.certificates.actions.issuing import settle, sign_paper, stand
from enrollments.certificates.models import Certificate
from enrollments.certificates.printing import WITH_PRINTED
from enrollments.signing.identities import nik_of
from enrollments.signing.signers import SIGNERS, OneTimeCode, Signatory
from enrollments.signing.trouble import SigningTrouble

logger = logging.getLogger(__name__)
SECONDS = 6.0


@dataclass
class Batch:
    """What one request did: how many were signed, what failed and why, and why it stopped if it did before its time."""

    signed: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    stopped: str = ""
    # The last one that was tried: the next request goes on behind it, so that one bad paper holds up nobody.
    last: int = 0


def sign_batch(
    official: User,
    secret: Secret[str],
    *,
    cohort_id: int | None = None,
    after: int = 0,
    now: datetime | None = None,
    seconds: float = SECONDS,
) -> Batch:
    """Sign what waits for this official, oldest first, until it is done or the time is up. `after`: only those behind it.

    Signed twice at once, each paper is signed once: who holds its lease signs it. What fails stays in the queue with its
    reason; a wrong secret stops the batch at once, so that no account is locked by a thousand wrong tries.
    """
    now = now or timezone.now()
    ends_at = time.monotonic() + seconds
    done = Batch(last=after)
    nik = nik_of(official)
    while certificate := _take(official, cohort_id, done.last):
        done.last = certificate.pk
        try:
            paper = sign_paper(certificate, secret, nik=nik)
            if stand(certificate, paper, now):
                done.signed += 1
                later("certificates.issue", certificate.pk)
        except SigningTrouble as trouble:
            _leave(certificate, str(trouble.sentence))
            if trouble.stops_batch:
                done.stopped = str(trouble.sentence)
                break
            done.failed.append((certificate.number, str(trouble.sentence)))
            if trouble.is_temporary:
                done.stopped = str(trouble.sentence)
                break
        except OSError:
            logger.exception("Certificate %s signed but not stored", certificate.pk)
            reason = _("The paper could not be stored. It stays in the queue; try again later.")
            _leave(certificate, reason)
            done.failed.append((certificate.number, reason))
        if time.monotonic() > ends_at:
            break
    return done


def ask_for_code(official: User, *, papers: int) -> None:
    """Have BSrE send the official a one-time code, where the signer knows such a thing. Raises SigningTrouble."""
    waiting = Certificate.objects.to_be_signed_by(official).first()
    if waiting is None:
        raise Refusal(_("Nothing waits for your signature."))
    who = Signatory(official.full_name, waiting.organiser_name, owner=f"person {official.pk}", nik=nik_of(official))
    SIGNERS[waiting.signer].send_code(who, papers=papers)


def as_secret(text: str, *, is_code: bool) -> Secret[str]:
    """What was typed, locked away."""
    return OneTimeCode(text) if is_code else Secret(text)


@transaction.atomic
def send_back(certificate: Certificate, *, reason: str, by: User) -> None:
    """The official does not sign this one: it goes to the officers with the reason, out of the queue."""
    certificate = Certificate.objects.select_for_update(of=("self",), no_key=True).get(pk=certificate.pk)
    waits = certificate.state == Certificate.State.AWAITING_SIGNATURE and not certificate.is_stuck
    if certificate.signatory_id != by.pk or not waits:
        raise Refusal(_("This certificate does not wait for your signature."))
    if not reason.strip():
        raise Refusal(_("Write why you do not sign it."), field="reason")
    certificate.is_stuck, certificate.error = True, reason.strip()[:300]
    certificate.save(update_fields=["is_stuck", "error"])
    record("certificate.sent_back", certificate, by=by, reason=reason.strip()[:300])


@transaction.atomic
def _take(official: User, cohort_id: int | None, after: int) -> Certificate | None:
    waiting = Certificate.objects.to_be_signed_by(official).free().filter(pk__gt=after)
    if cohort_id is not None:
        waiting = waiting.filter(enrollment__cohort=cohort_id)
    row = (
        waiting.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related(*WITH_PRINTED)
        .order_by("id")
        .first()
    )
    if row is not None:
        row.tries += 1
        row.save(update_fields=["tries"])
        lease = timedelta(seconds=settings.BSRE_SECONDS + 10)
        Certificate.objects.filter(pk=row.pk).update(lease_until=Now() + lease)
    return row


def _leave(certificate: Certificate, reason: str) -> None:
    settle(certificate, lease_until=None, error=reason[:300])
