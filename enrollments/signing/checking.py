"""Is this paper signed, by whom, and is it still what was signed? For a file that anybody may send."""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollments.signing import authority
from enrollments.signing.findings import Found, Root, Trust

LARGEST = 10 * 1024 * 1024
SECONDS = 20
# Its own packages only, not those of asn_lms, which would load Celery; nothing of our environment, which holds secrets.
READ = "import sys; sys.path.append(sys.argv[1]); from enrollments.signing.reading import main; main()"
SAYS: dict[str, Promise] = {
    "large": _("The file is larger than 10 MB. Papers of this site are much smaller."),
    "unreadable": _("The file is not a PDF that can be read, or it is damaged."),
    "locked": _("The PDF is locked with a password, so its signature cannot be looked at."),
    "slow": _("The file takes too long to read. Papers of this site do not."),
    "unsigned": _("The PDF bears no electronic signature."),
    "changed": _("The file was changed after it was signed."),
    "added": _("Something was added to the file after it was signed."),
    "unknown": _("Nobody known to this site answers for the signatory's certificate."),
    "expired": _("The signatory's certificate was not valid at the time of signing."),
    "revoked": _("The signatory's certificate was revoked."),
    "weak": _("The signature was made in a way that is no longer safe."),
    "unstamped": _("The time of signing is only what the signatory's own clock said."),
}


@dataclass(frozen=True)
class PaperSignature:
    """What the signature of a paper is worth.

    trust   trusted: its chain leads to a root in SIGNATURE_ROOTS · sample: to this installation's own authority (CONTOH) ·
            unknown: to neither
    """

    is_signed: bool
    is_whole: bool
    is_intact: bool
    trust: Trust
    signer: str
    organisation: str
    issuer: str
    signed_at: datetime | None
    is_stamped: bool
    reasons: tuple[Promise, ...]

    @property
    def is_valid(self) -> bool:
        """Whole, intact and by somebody known; a sample too, which holds for who made it and not in law."""
        return self.is_signed and self.is_whole and self.is_intact and self.trust != "unknown"


def check(pdf: bytes, *, is_ours: bool = False) -> PaperSignature:
    """Never raises, whatever the bytes are. `is_ours`: the caller knows these very bytes (by their SHA-256) as made here.

    A stranger's paper is read in a process of its own, with at most 4 s of processor and 1 GiB of memory (promise S20);
    starting it takes about a second. One that is ours takes some ten milliseconds.
    """
    if len(pdf) > LARGEST:
        return _told(Found(), "large")
    # A signature's place can only be written in the open: without one there is nothing to read.
    if not is_ours and b"/ByteRange" not in pdf:
        return _told(Found(), "unsigned" if pdf.lstrip()[:5] == b"%PDF-" else "unreadable")
    known = roots()
    if is_ours:
        # Loaded with the first paper: it takes a second.
        from enrollments.signing.reading import read

        return _told(read(pdf, known))
    asked = {"roots": [(root.trust, root.der.hex()) for root in known]}
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-c", READ, str(settings.BASE_DIR)],
            input=json.dumps(asked).encode() + b"\n" + pdf,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _told(Found(), "slow")
    if done.returncode:  # below zero: ended by its limits
        return _told(Found(), "slow" if done.returncode < 0 else "unreadable")
    return _told(Found(**json.loads(done.stdout)))


def roots() -> list[Root]:
    """The roots that count: those of SIGNATURE_ROOTS, and our own."""
    ours = [Root("sample", root.public_bytes(Encoding.DER)) for root in authority.roots()]
    return [*_configured(settings.SIGNATURE_ROOTS), *ours]


@lru_cache(maxsize=4)
def _configured(folder: str) -> tuple[Root, ...]:
    """Read once: new roots count after a restart. Raises ImproperlyConfigured for a file that holds no certificate."""
    found = []
    for file in sorted(Path(folder).glob("*.pem")) if folder else []:
        try:
            certificates = x509.load_pem_x509_certificates(file.read_bytes())
        except ValueError as error:
            raise ImproperlyConfigured(f"{file} in SIGNATURE_ROOTS holds no certificate.") from error
        found += [Root("trusted", one.public_bytes(Encoding.DER)) for one in certificates]
    return tuple(found)


def _told(found: Found, *more: str) -> PaperSignature:
    fields: dict[str, Any] = asdict(found)
    problems = [*more, *fields.pop("problems")]
    fields["signed_at"] = datetime.fromisoformat(found.signed_at) if found.signed_at else None
    return PaperSignature(**fields, reasons=tuple(SAYS[problem] for problem in problems))
