"""A paper that anybody sends is judged for what it is, and no paper, however it was made, hurts the server."""

import asyncio
import io
import random
import re
import time
import zlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader, PdfWriter

from enrollments.signing import certs, checking, pades
from enrollments.signing.certs import Issued, Pen
from enrollments.signing.checking import SAYS, PaperSignature, check
from enrollments.signing.findings import Root
from enrollments.signing.reading import contents, read
from enrollments.signing.signers import SIGNERS, Signatory
from tests.enrollments.signing.conftest import drawn

pytestmark = pytest.mark.django_db
BEGUN = datetime.now(UTC) - timedelta(hours=2)
SAMPLES = 100


@lru_cache(maxsize=1)
def pen() -> Pen:
    """An authority of these tests, neither ours nor one that is configured."""
    root = certs.new_root("Akar lain", "Penerbit lain", now=BEGUN)
    stamper = certs.issue(root, "Stempel waktu", "Penerbit lain", now=BEGUN, stamps_time=True)
    signer = certs.issue(root, "Kepala\u202e Dinas", "Kota Medan", now=BEGUN)
    return Pen(signer, stamper, root, certs.revocation_list(root, at=BEGUN))


@lru_cache(maxsize=1)
def signed() -> bytes:
    return pades.sign(pen(), drawn(), reason="Uji", place="Medan", url="https://contoh")


ROOTS = [Root("trusted", pen().root.der)]


def own_bytes(paper: bytes) -> range:
    """Where the signature's own hexadecimal digits stand."""
    found = list(re.finditer(rb"/Contents <([0-9A-Fa-f]{1000,})>", paper))
    return range(found[-1].start(1), found[-1].end(1))


def reasons(found: PaperSignature) -> set[str]:
    return {name for name, sentence in SAYS.items() if sentence in found.reasons}


# --- What it says ---


def test_a_paper_of_this_site_is_whole_intact_and_a_sample(paper: bytes) -> None:
    signatory = Signatory("", "BKPSDM Kota Medan")
    mine = SIGNERS["local"].sign(paper, signatory=signatory, secret=None, reason="", place="", url="")
    for found in (check(mine), check(mine, is_ours=True)):
        assert found.is_valid
        assert found.trust == "sample"
        assert (found.signer, found.organisation) == ("CONTOH – tidak sah: BKPSDM Kota Medan", "BKPSDM Kota Medan")
        assert found.issuer == "CONTOH – tidak sah: akar"
        assert found.is_stamped
        assert found.signed_at is not None
        assert abs(datetime.now(UTC) - found.signed_at) < timedelta(minutes=5)
        assert not found.reasons


def test_who_answers_for_nobody_here_is_unknown_until_their_root_is_configured(settings: Any, tmp_path: Path) -> None:
    stranger = check(signed())
    assert (stranger.is_whole, stranger.is_intact, stranger.trust, stranger.is_valid) == (True, True, "unknown", False)
    assert reasons(stranger) == {"unknown", "unstamped"}
    (tmp_path / "akar.pem").write_bytes(pen().root.certificate.public_bytes(Encoding.PEM))
    settings.SIGNATURE_ROOTS = str(tmp_path)
    found = check(signed())
    assert (found.trust, found.is_valid, found.is_stamped, found.signer) == ("trusted", True, True, "Kepala Dinas")


def test_a_paper_without_signature_is_said_to_have_none(paper: bytes) -> None:
    assert reasons(check(paper)) == {"unsigned"}
    assert not check(paper).is_signed


def test_a_paper_stays_valid_after_its_certificates_have_run_out() -> None:
    """What long-term validation is for: the time stamp says when, the embedded list what was revoked then."""
    later = datetime.now(UTC) + timedelta(days=365 * 30)
    found = read(signed(), ROOTS, now=later)
    assert (found.trust, found.is_stamped) == ("trusted", True)


def test_a_certificate_that_had_run_out_when_it_signed_is_not_taken() -> None:
    old = datetime.now(UTC) - timedelta(days=365 * 21)
    root = certs.new_root("Akar lama", "Lama", now=old)
    now_root = pen().root
    lapsed = Pen(certs.issue(root, "Lama", "Lama", now=old), pen().stamper, now_root, pen().crl)
    with pytest.raises(pades.CannotSign):
        pades.sign(lapsed, drawn(), reason="", place="", url="")


def test_a_revoked_certificate_is_not_taken() -> None:
    serial = pen().signer.certificate.serial_number
    revoking = certs.revocation_list(pen().root, at=BEGUN, revoked=(serial,))
    with pytest.raises(pades.CannotSign):
        pades.sign(Pen(pen().signer, pen().stamper, pen().root, revoking), drawn(), reason="", place="", url="")


def test_a_time_stamp_of_our_own_sample_does_not_date_somebody_elses_signature() -> None:
    """Otherwise who has our key could date a certificate that has long run out back to when it was good."""
    ours = certs.new_root("CONTOH", "CONTOH", now=BEGUN)
    stamper = certs.issue(ours, "CONTOH stempel", "CONTOH", now=BEGUN, stamps_time=True)
    mixed = _signed_with_foreign_stamp(stamper)
    found = read(mixed, [*ROOTS, Root("sample", ours.der)])
    assert found.is_intact
    assert not found.is_stamped


def _signed_with_foreign_stamp(stamper: Issued) -> bytes:
    hand = pades._KeySigner(x509.Certificate.load(pen().signer.der), pen().signer.key, [])
    meta = PdfSignatureMetadata(field_name="A", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES)
    signer = PdfSigner(meta, hand, timestamper=pades._KeyStamper(stamper))
    out = asyncio.run(signer.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(drawn()))))
    return bytes(out.getbuffer())


# --- What was changed is seen ---


def test_one_changed_bit_anywhere_outside_the_signatures_own_bytes_is_seen() -> None:
    chance = random.Random(20261124)
    paper, own = signed(), own_bytes(signed())
    places = [place for place in range(len(paper)) if place not in own]
    for place in [*chance.sample(places, SAMPLES), *range(own.start - 25, own.start), *range(own.stop, own.stop + 25)]:
        changed = bytearray(paper)
        changed[place] ^= 1 << chance.randrange(8)
        found = read(bytes(changed), ROOTS)
        assert not (found.is_intact and found.is_whole), place


def test_something_hidden_in_the_room_after_the_signature_is_seen() -> None:
    paper, own = bytearray(signed()), own_bytes(signed())
    paper[own.stop - 2 : own.stop] = b"41"
    found = read(bytes(paper), ROOTS)
    assert not found.is_intact


@pytest.mark.parametrize("more", [b"\n", b"x", b"%%EOF\n", b" " * 5000])
def test_bytes_after_the_end_are_seen(more: bytes) -> None:
    assert not check(signed() + more).is_valid
    found = read(signed() + more, ROOTS)
    assert not (found.is_whole and found.is_intact)


def test_a_page_drawn_over_in_a_later_version_is_seen() -> None:
    later = PdfWriter(io.BytesIO(signed()), incremental=True)
    later.pages[0].rotate(180)
    out = io.BytesIO()
    later.write(out)
    found = read(out.getvalue(), ROOTS)
    assert found.is_signed
    assert not found.is_whole
    assert "added" in found.problems


def test_what_long_term_validation_adds_later_is_no_change() -> None:
    """A service may add certificates and lists, or a time stamp over the whole paper, years after signing."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed()))
    stamping = PdfTimeStamper(pades._KeyStamper(pen().stamper))
    roots = ValidationContext(trust_roots=[x509.Certificate.load(pen().root.der)], crls=[pen().crl])
    out = asyncio.run(stamping.async_timestamp_pdf(writer, "sha256", validation_context=roots))
    found = read(out.getvalue(), ROOTS)
    assert (found.is_whole, found.is_intact, found.trust) == (True, True, "trusted")


def test_of_two_signatures_both_must_hold() -> None:
    stranger = certs.new_root("Orang lain", "Lain", now=BEGUN)
    second = certs.issue(stranger, "Orang kedua", "Lain", now=BEGUN)
    hand = pades._KeySigner(x509.Certificate.load(second.der), second.key, [])
    meta = PdfSignatureMetadata(field_name="Kedua", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES)
    out = asyncio.run(PdfSigner(meta, hand).async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(signed()))))
    found = read(out.getvalue(), ROOTS)
    assert (found.is_whole, found.is_intact, found.signer, found.trust) == (True, True, "Orang kedua", "unknown")


# --- What is no paper hurts nobody ---


def test_a_locked_paper_is_said_to_be_locked(paper: bytes) -> None:
    locking = PdfWriter(clone_from=io.BytesIO(paper))
    locking.encrypt("rahasia")
    out = io.BytesIO()
    locking.write(out)
    assert reasons(check(out.getvalue() + b"/ByteRange")) <= {"locked", "unreadable"}
    assert not check(out.getvalue()).is_signed


@pytest.mark.parametrize(
    "garbage",
    [b"", b"%PDF-1.7", b"/ByteRange", b"\x00" * 100_000 + b"/ByteRange", b"<!DOCTYPE x [<!ENTITY a 'b'>]>/ByteRange"],
)
def test_garbage_is_no_paper(garbage: bytes) -> None:
    found = check(garbage)
    assert not found.is_signed
    assert reasons(found) <= {"unreadable", "unsigned"}
    assert found.reasons


def test_a_file_above_the_limit_is_not_read() -> None:
    assert reasons(check(b"%PDF-1.7 /ByteRange" + b"a" * checking.LARGEST)) == {"large"}


@given(st.data())
@settings(max_examples=40)
def test_a_paper_cut_torn_or_shuffled_is_never_taken_and_never_raises(data: st.DataObject) -> None:
    paper = signed()
    start = data.draw(st.integers(0, len(paper)))
    end = data.draw(st.integers(start, len(paper)))
    noise = data.draw(st.binary(max_size=50))
    torn = paper[:start] + noise + paper[end:]
    own = own_bytes(paper)
    found = read(torn, ROOTS)
    contents(torn)
    if torn != paper and not (start in own and end in own):
        assert not (found.is_intact and found.is_whole and found.trust == "trusted")


def stream_bomb() -> bytes:
    """A cross-reference stream of some megabytes that unpacks to a gigabyte."""
    packing = zlib.compressobj(1)
    packed = b"".join(packing.compress(b"\0" * 2**24) for _number in range(64)) + packing.flush()
    head = b"%PDF-1.7\n"
    body = b"1 0 obj\n<</Type/XRef/Size 2/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    tail = b"\nendstream\nendobj\n%%/ByteRange\nstartxref\n%d\n%%%%EOF" % len(head)
    return head + body + packed + tail


def nested() -> bytes:
    body = b"%PDF-1.7\n1 0 obj\n" + b"[" * 3_000_000 + b"\nendobj\n"
    return body + b"trailer<</Root 1 0 R/Size 2/ByteRange 1 0 R>>\nstartxref\n9\n%%EOF"


def circling() -> bytes:
    """Each cross-reference table names itself as the one before."""
    head = b"%PDF-1.7\n%/ByteRange\n"
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R/Prev %d>>\n" % len(head)
    return head + table + b"startxref\n%d\n%%%%EOF" % len(head)


def endless_tree() -> bytes:
    """A real paper whose form fields are children of themselves."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed()))
    form = writer.root["/AcroForm"]
    field = form["/Fields"][0]
    field["/Kids"] = form["/Fields"]
    writer.update_container(field)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("make", [stream_bomb, nested, circling, endless_tree])
def test_a_paper_made_to_exhaust_the_server_is_given_up_on(make: Any) -> None:
    hostile = make()
    assert len(hostile) <= checking.LARGEST
    begun = time.monotonic()
    found = check(hostile)
    assert time.monotonic() - begun < checking.SECONDS
    assert not found.is_valid
    assert found.reasons


def test_who_burns_the_processor_is_ended_by_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    burning = "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass"
    monkeypatch.setattr(checking, "READ", burning)
    assert reasons(check(b"%PDF-1.7 /ByteRange")) == {"slow"}


def test_the_reader_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "kenari")
    telling = (
        "import os, json\n"
        "from dataclasses import asdict\n"
        "import sys; sys.path.append(sys.argv[1])\n"
        "from enrollments.signing.findings import Found\n"
        "print(json.dumps({**asdict(Found()), 'signer': os.environ.get('SECRET_KEY', 'nothing')}))"
    )
    monkeypatch.setattr(checking, "READ", telling)
    assert check(b"%PDF-1.7 /ByteRange").signer == "nothing"


def test_what_is_drawn_on_the_pages_has_one_fingerprint(paper: bytes) -> None:
    assert contents(paper) == contents(signed()) != ""
    assert contents(paper) != contents(drawn("Orang Lain"))
    assert PdfReader(io.BytesIO(signed())).pages[0].extract_text()
