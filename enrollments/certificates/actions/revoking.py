"""A certificate is never overwritten: it is revoked with a reason, and where it must be, another is issued in its place."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.notices.actions import tell
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.certificates.actions.confirming import locked_certificate
from enrollments.certificates.actions.reserving import reserve_certificate
from enrollments.certificates.models import Certificate
from enrollments.certificates.rules import may_revoke
from enrollments.credits.actions import reverse_credit
from enrollments.credits.models import Credit


@transaction.atomic
def revoke(
    certificate: Certificate, *, reason: str, by: User, takes_jp: bool = False, now: datetime | None = None
) -> Certificate:
    """Take a certificate back, for ever. The number stays used, the public page says so and why.

    `takes_jp`: what it stands for was not earned, so its JP are reversed in the ledger too. Without it they stay.
    """
    now = now or timezone.now()
    old = _revoke(certificate, reason, by, now)
    credit = Credit.objects.filter(enrollment=old.enrollment_id).first() if takes_jp else None
    if credit is not None:
        reverse_credit(credit, by=by, reason=reason)
    certificate.refresh_from_db()
    _tell_revoked(certificate)
    return certificate


@transaction.atomic
def reissue(certificate: Certificate, *, reason: str, by: User, now: datetime | None = None) -> Certificate:
    """Revoke a certificate and issue another in its place, with a number of its own; each names the other.

    The new one is printed from today's data, and the learner is asked first whether they are right.
    """
    now = now or timezone.now()
    old = _revoke(certificate, reason, by, now)
    on = local_day(old.series.organiser.zone, now)
    new = reserve_certificate(old.enrollment, on=on, now=now, replaces=old)
    record("certificate.reissued", new, by=by, replaces=old.number)
    return new


def _revoke(certificate: Certificate, reason: str, by: User, now: datetime) -> Certificate:
    certificate = locked_certificate(certificate)
    if not may_revoke(by, certificate):
        raise NotYours(_("Only training officers of the organiser may revoke it, and never their own."))
    if certificate.state == Certificate.State.REVOKED:
        raise Refusal(_("This certificate has been revoked already."))
    reason = reason.strip()
    if not reason:
        raise Refusal(_("Write the reason; it is shown to everybody who checks the certificate."), field="reason")
    certificate.state = Certificate.State.REVOKED
    certificate.revoked_at, certificate.revoked_reason = now, reason[:300]
    certificate.is_stuck, certificate.lease_until = False, None
    certificate.save()
    record("certificate.revoked", certificate, by=by, reason=reason[:300])
    return certificate


def _tell_revoked(certificate: Certificate) -> None:
    learner = certificate.enrollment.learner
    with translation.override(learner.language):
        title = _("Your certificate %(number)s was revoked") % {"number": certificate.number}
    tell(
        learner,
        "certificate.revoked",
        f"certificate {certificate.pk}",
        title,
        certificate.revoked_reason,
        reverse("certificates"),
    )
