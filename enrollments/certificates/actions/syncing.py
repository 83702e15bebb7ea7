"""The last state of a certificate that holds: SIASN has it."""

from django.utils import timezone

from enrollments.certificates.models import Certificate


def mark_synced(certificate: Certificate) -> bool:
    """Note that SIASN holds the record and the paper. What was revoked meanwhile stays revoked; noted twice, it is noted once."""
    delivered = Certificate.objects.filter(pk=certificate.pk, state=Certificate.State.DELIVERED)
    return bool(delivered.update(state=Certificate.State.SYNCED, synced_at=timezone.now()))
