"""A file that somebody holds: is it, to the last byte, one that was issued here, and what is its signature worth?"""

from dataclasses import dataclass
from hashlib import sha256

from enrollments.certificates.models import Certificate
from enrollments.certificates.queries import PublicCertificate, public_certificate
from enrollments.signing.checking import PaperSignature, check


@dataclass(frozen=True)
class Examined:
    """`certificate`: the one whose file it is, byte for byte; None when it is none of ours."""

    certificate: PublicCertificate | None
    public_id: str
    signature: PaperSignature

    @property
    def is_ours(self) -> bool:
        return self.certificate is not None

    @property
    def verifies(self) -> bool:
        """Ours, still in force, and its signature holds."""
        return self.certificate is not None and self.certificate.state == "valid" and self.signature.is_valid


def examine(pdf: bytes) -> Examined:
    """Found by its SHA-256, whatever its name; nothing is kept. A stranger's PDF is read within limits (signing.checking)."""
    rows = Certificate.objects.stands().filter(sha256=sha256(pdf).hexdigest()).exclude(sha256="")
    public_id = rows.values_list("public_id", flat=True).first() or ""
    return Examined(
        certificate=public_certificate(public_id) if public_id else None,
        public_id=public_id,
        signature=check(pdf, is_ours=bool(public_id)),
    )
