"""`verify_certificate FILE.pdf`: is it one of ours, in force, and does its signature hold? Exit 1 when it does not verify."""

from typing import Any

from django.core.management.base import CommandParser

from asn_lms.lib.commands import JsonCommand, Refused, existing_file
from enrollments.certificates.examining import examine


class Command(JsonCommand):
    help = "Checks a certificate's file: byte for byte against what was issued, and its electronic signature."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the PDF")

    def run(self, **options: Any) -> dict[str, Any]:
        found = examine(existing_file(options["file"]).read_bytes())
        signature, certificate = found.signature, found.certificate
        answer = {
            "ok": found.verifies,
            "signature": "valid" if signature.is_valid else "invalid" if signature.is_signed else "none",
            # trusted: by a root in SIGNATURE_ROOTS; sample: by this installation's own authority; unknown: by neither
            "trust": signature.trust,
            "signer": signature.signer,
            "issuer": signature.issuer,
            "signed_at": signature.signed_at,
            "covers_whole_file": signature.is_whole,
            "is_ours": found.is_ours,
            "number": certificate.number if certificate else "",
            "status": certificate.state if certificate else "unknown",
            "name": certificate.name if certificate else "",
            "training": certificate.training if certificate else "",
            "jp": certificate.jp if certificate else None,
            "reasons": [str(reason) for reason in signature.reasons],
        }
        if not found.verifies:
            raise Refused(answer)
        return answer
