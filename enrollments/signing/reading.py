"""What a PDF says about its signature, read from its bytes alone: no settings, no database, no network.

Stands alone, so that a paper of a stranger can be read in a process of its own with limits (checking.py).
"""

import asyncio
import hashlib
import io
import json
import logging
import resource
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, parser, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from enrollments.signing.findings import Found, Problem, Root, Trust

# Seconds of processor and bytes of memory for a stranger's paper; loading the libraries takes about one of the seconds.
CPU_SECONDS = 4
MEMORY = 1024**3
# Signatures on one paper beyond which nobody counts.
MOST = 10
# Ours always brings its list along. Of others nothing is fetched, so a list that is missing cannot be asked for.
REVOCATION = {"sample": "require", "trusted": "soft-fail"}
USES = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)


def read(pdf: bytes, roots: Iterable[Root], *, now: datetime | None = None) -> Found:
    """Whatever the bytes are, an answer; without limits of its own."""
    try:
        return asyncio.run(_read(pdf, list(roots), now or datetime.now(UTC)))
    # Damaged papers break the reader in ways that nobody can list; each of them means that it is no readable paper.
    except Exception:
        return Found(problems=("unreadable",))


def contents(pdf: bytes) -> str:
    """A fingerprint of what is drawn on the pages, which signing leaves alone; empty when it cannot be read."""
    drawn = hashlib.sha256()
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        for number in range(int(reader.root["/Pages"]["/Count"])):
            page = reader.find_page_for_modification(number)[0].get_object()
            streams = page["/Contents"]
            for stream in streams if isinstance(streams, list) else [streams]:
                drawn.update(stream.get_object().data)
            drawn.update(b"\f")
    except Exception:
        return ""
    return drawn.hexdigest()


async def _read(pdf: bytes, roots: list[Root], now: datetime) -> Found:
    reader = PdfFileReader(io.BytesIO(pdf))
    if reader.encrypted:
        return Found(problems=("locked",))
    signatures = reader.embedded_regular_signatures
    if not signatures:
        return Found(problems=("unsigned",))
    if len(signatures) > MOST:
        return Found(is_signed=True, problems=("unreadable",))
    found = [
        await _judge(pdf, reader, one, roots, now, is_last=number == len(signatures))
        for number, one in enumerate(signatures, 1)
    ]
    problems = {problem: None for one in found for problem in one.problems}
    return replace(
        found[-1],
        is_whole=all(one.is_whole for one in found),
        is_intact=all(one.is_intact for one in found),
        trust=min((one.trust for one in found), key=["unknown", "sample", "trusted"].index),
        problems=tuple(problems),
    )


async def _judge(
    pdf: bytes,
    reader: PdfFileReader,
    signature: EmbeddedPdfSignature,
    roots: list[Root],
    now: datetime,
    *,
    is_last: bool,
) -> Found:
    problems: list[Problem] = []
    is_whole = _covers_all(pdf, signature) or _only_added_to(pdf, signature, is_last=is_last)
    trust, status, is_stamped = await _best_trust(reader, signature, roots, now)
    is_intact = status.intact and status.valid and _is_tight(signature)
    if not is_intact:
        problems.append("changed")
    if not is_whole:
        problems.append("added")
    problems += _about_trust(trust, status)
    if not is_stamped:
        problems.append("unstamped")
    subject, issuer = status.signing_cert.subject.native, status.signing_cert.issuer.native
    when = _stamped_at(signature) if is_stamped else signature.self_reported_timestamp
    return Found(
        is_signed=True,
        is_whole=is_whole,
        is_intact=is_intact,
        trust=trust if is_intact else "unknown",
        signer=_text(subject.get("common_name")),
        organisation=_text(subject.get("organization_name")),
        issuer=_text(issuer.get("common_name") or issuer.get("organization_name")),
        signed_at=when.astimezone(UTC).isoformat() if when else "",
        is_stamped=is_stamped,
        problems=tuple(problems),
    )


def _covers_all(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """From the first byte to the last, but for the hexadecimal digits of this very signature."""
    if len(signature.byte_range) != 4:
        return False
    start, length, after, rest = (int(number) for number in signature.byte_range)
    gap = pdf[length:after]
    return (
        start == 0
        and 0 < length < after
        and after + rest == len(pdf)
        and gap[:1] == b"<"
        and gap[-1:] == b">"
        and len(gap) == 2 * len(signature.pkcs7_content) + 2
    )


def _only_added_to(pdf: bytes, signature: EmbeddedPdfSignature, *, is_last: bool) -> bool:
    """Later versions of the file hold material for later validation only, or further signatures when this is not the last."""
    if signature.reader.xrefs.total_revisions - 1 <= signature.signed_revision or not pdf.rstrip().endswith(b"%%EOF"):
        return False  # bytes that belong to no version
    signature.compute_integrity_info()
    difference = signature.diff_result
    allowed = ModificationLevel.LTA_UPDATES if is_last else ModificationLevel.FORM_FILLING
    return (
        signature.coverage is SignatureCoverageLevel.ENTIRE_REVISION
        and isinstance(difference, DiffResult)
        and difference.modification_level.value <= allowed.value
    )


def _is_tight(signature: EmbeddedPdfSignature) -> bool:
    """Nothing hides in the room that was left after the signature."""
    content = signature.pkcs7_content
    return not content[parser.peek(content) :].strip(b"\0")


async def _best_trust(
    reader: PdfFileReader, signature: EmbeddedPdfSignature, roots: list[Root], now: datetime
) -> tuple[Trust, PdfSignatureStatus, bool]:
    """The best that any kind of root makes of it. A time stamp counts only under roots of the kind that signed."""
    status = None
    kinds: Sequence[Trust] = ("trusted", "sample")
    for kind in kinds:
        anchors = [x509.Certificate.load(root.der) for root in roots if root.trust == kind]
        if not anchors:
            continue
        status, is_stamped = await _validated(reader, signature, anchors, now, REVOCATION[kind])
        if status.trusted:
            return kind, status, is_stamped
        if status.trust_problem_indic and status.validation_path is not None:
            return "unknown", status, is_stamped  # known, but expired or revoked
    if status is None:
        status, _ = await _validated(reader, signature, [], now, REVOCATION["trusted"])
    return "unknown", status, False


async def _validated(
    reader: PdfFileReader,
    signature: EmbeddedPdfSignature,
    anchors: list[x509.Certificate],
    now: datetime,
    revocation: str,
) -> tuple[PdfSignatureStatus, bool]:
    """At the moment of its time stamp when that is trusted, else now; and whether it is."""
    at = _stamped_at(signature)
    if at is not None and at <= now:
        status = await _at(reader, signature, anchors, at, revocation)
        stamp = status.timestamp_validity
        if stamp is not None and stamp.valid and stamp.intact and stamp.trusted:
            return status, True
    return await _at(reader, signature, anchors, now, revocation), False


async def _at(
    reader: PdfFileReader,
    signature: EmbeddedPdfSignature,
    anchors: list[x509.Certificate],
    moment: datetime,
    revocation: str,
) -> PdfSignatureStatus:
    asked: dict[str, Any] = {
        "trust_roots": anchors,
        "moment": moment,
        "best_signature_time": moment,
        "allow_fetching": False,
        "revocation_mode": revocation,
    }
    try:
        context = DocumentSecurityStore.read_dss(reader).as_validation_context(asked)
    except NoDSSFoundError:
        context = ValidationContext(**asked)
    return await async_validate_pdf_signature(signature, context, skip_diff=True, key_usage_settings=USES)


def _stamped_at(signature: EmbeddedPdfSignature) -> datetime | None:
    for token in extract_tst_data_iter(signature.signer_info, signed=False):
        stamped: cms.EncapsulatedContentInfo = token["encap_content_info"]
        at: datetime = stamped["content"].parsed["gen_time"].native
        return at
    return None


def _about_trust(trust: Trust, status: PdfSignatureStatus) -> list[Problem]:
    if trust != "unknown" or not (status.intact and status.valid):
        return []
    why = str(status.trust_problem_indic)
    if "REVOKED" in why:
        return ["revoked"]
    if "OUT_OF_BOUNDS" in why or "EXPIRED" in why:
        return ["expired"]
    return ["weak"] if "CRYPTO" in why else ["unknown"]


def _text(name: object) -> str:
    """A name of a certificate, which is anybody's to write: one short line."""
    return "".join(c for c in " ".join(str(name or "").split()) if c.isprintable())[:200]


def main() -> None:
    """Read {"roots": [[trust, hex]]} as one line and then the paper from standard input; print what was found as JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.disable(logging.CRITICAL)
    asked = json.loads(sys.stdin.buffer.readline())
    roots = [Root(trust, bytes.fromhex(der)) for trust, der in asked["roots"]]
    print(json.dumps(asdict(read(sys.stdin.buffer.read(), roots))))


if __name__ == "__main__":
    main()
