"""A learner shows a certificate to others, and stops showing it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.certificates.downloading import WITH_SURVEY, refuse_unanswered
from enrollments.certificates.models import Certificate, ShareLink


@transaction.atomic
def share(certificate: Certificate, *, by: User) -> ShareLink:
    """The live link of the certificate; made now if there is none. A link that was taken back never comes to life again."""
    certificate = _own(certificate, by)
    if not certificate.is_ready:
        raise Refusal(_("Only a certificate that is ready and in force can be shared."))
    refuse_unanswered(certificate, by)
    link = certificate.links.live().first()
    if link is None:
        link = ShareLink.objects.create(certificate=certificate)
        record("certificate.shared", certificate, by=by)
    return link


@transaction.atomic
def stop_sharing(certificate: Certificate, *, by: User) -> None:
    """From now on the link leads nowhere."""
    certificate = _own(certificate, by)
    if certificate.links.live().update(withdrawn_at=timezone.now()):
        record("certificate.unshared", certificate, by=by)


def _own(certificate: Certificate, by: User) -> Certificate:
    certificate = (
        Certificate.objects.select_for_update(of=("self",), no_key=True)
        .select_related(*WITH_SURVEY)
        .get(pk=certificate.pk)
    )
    if certificate.enrollment.learner_id != by.pk:
        raise NotYours(_("Only the person whose certificate it is can share it."))
    return certificate
