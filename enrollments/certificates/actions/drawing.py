"""From confirmed data to a paper that stands: claimed, drawn, kept, told."""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.notices.actions import tell
from accounts.notices.queries import officers_over
from accounts.people.models import User
from asn_lms.lib import words
from asn_lms.lib.later import later
from asn_lms.lib.refusals import NotYours
from enrollments.certificates.freezing import WITH_PRINTED, freeze
from enrollments.certificates.keeping import keep
from enrollments.certificates.models import Certificate
from enrollments.certificates.pdf import draw
from enrollments.certificates.rules import may_draw_again

logger = logging.getLogger(__name__)

# A drawing takes a fraction of a second; with a sweep each 30 seconds a dead worker's is taken up within a minute.
LEASE = timedelta(seconds=25)
MOST_TRIES = 5
PAUSE = timedelta(seconds=30)


def draw_certificate(pk: int | None, now: datetime, at: str | None = None) -> bool:
    """Draw one certificate (this one, or the next that waits): claimed and committed, drawn outside any transaction, the
    result and its message committed together. Done twice or by two, it is the same paper and one message.

    Answers whether a certificate was taken up. A full disk costs no try; a paper that breaks its worker five times is put
    aside, and the organiser's officers are told.
    """
    certificate = _claim(pk, now, at)
    if certificate is None:
        return False
    try:
        paper = draw(certificate)
        name, fingerprint = keep(certificate, paper)
    except OSError as error:
        logger.warning("Certificate %s not stored: %s", certificate.pk, error)
        _settle(certificate, lease_until=Now() + PAUSE, tries=F("tries") - 1, error=str(error)[:300])
    except Exception as error:
        logger.exception("Certificate %s not drawn", certificate.pk)
        _settle(
            certificate, lease_until=Now() + PAUSE * certificate.tries, error=f"{type(error).__name__}: {error}"[:300]
        )
    else:
        _issue(certificate, now, at, file=name, sha256=fingerprint, size=len(paper))
    return True


def draw_waiting(now: datetime, at: str | None = None, *, seconds: float = 5) -> int:
    """Draw what waits, oldest first, until nothing is left. When the time is up the rest is queued anew, behind what others
    wait for.
    """
    ends_at = time.monotonic() + seconds
    drawn = 0
    while draw_certificate(None, now, at):
        drawn += 1
        if time.monotonic() > ends_at:
            later("certificates.draw_waiting", at)
            break
    return drawn


def sweep(at: str | None) -> bool:
    """Wake a worker if any certificate waits: its message may be lost, or its worker dead."""
    waiting = Certificate.objects.drawable().exists()
    if waiting:
        later("certificates.draw_waiting", at)
    return waiting


@transaction.atomic
def draw_again(certificate: Certificate, *, by: User) -> None:
    """An officer lets a certificate that was put aside be tried anew."""
    if not may_draw_again(by, certificate):
        raise NotYours(_("Only training officers of the organiser may do this."))
    Certificate.objects.filter(pk=certificate.pk, is_stuck=True).update(
        is_stuck=False, tries=0, lease_until=None, error=""
    )
    record("certificate.tried_again", certificate, by=by)
    later("certificates.draw", certificate.pk)


@transaction.atomic
def _claim(pk: int | None, now: datetime, at: str | None) -> Certificate | None:
    waiting = Certificate.objects.drawable().order_by("id")
    if pk is not None:
        waiting = waiting.filter(pk=pk)
    certificate = waiting.select_for_update(skip_locked=True, of=("self",)).select_related(*WITH_PRINTED).first()
    if certificate is None:
        return None
    if certificate.tries >= MOST_TRIES:
        _put_aside(certificate, at)
        return None
    freeze(certificate, now)
    certificate.tries += 1
    certificate.save()
    Certificate.objects.filter(pk=certificate.pk).update(lease_until=Now() + LEASE)
    return certificate


def _settle(certificate: Certificate, **values: Any) -> bool:
    """Commit the result of a claim, unless the claim was lost to somebody else meanwhile."""
    mine = Certificate.objects.filter(pk=certificate.pk, state=Certificate.State.CONFIRMED, tries=certificate.tries)
    return bool(mine.update(**values))


@transaction.atomic
def _issue(certificate: Certificate, now: datetime, at: str | None, **paper: Any) -> None:
    done = Certificate.State.DELIVERED
    if not _settle(certificate, state=done, drawn_at=now, lease_until=None, error="", **paper):
        return
    record("certificate.issued", certificate, by=None, sha256=paper["sha256"])
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


def _put_aside(certificate: Certificate, at: str | None) -> None:
    certificate.is_stuck = True
    certificate.save(update_fields=["is_stuck"])
    logger.error("Certificate %s put aside after %s tries: %s", certificate.pk, certificate.tries, certificate.error)
    for officer in officers_over(certificate.series.organiser):
        with translation.override(officer.language):
            title = _("Certificate %(number)s could not be drawn") % {"number": certificate.number}
            body = _(
                "It was tried %(count)s times. The number stays reserved. Let it be tried again, or ask the helpdesk."
            ) % {"count": MOST_TRIES}
        about = f"certificate {certificate.pk} {timezone.now():%Y-%m-%d}"
        tell(officer, "certificate.stuck", about, title, body, reverse("office-reminders"), at=at)
