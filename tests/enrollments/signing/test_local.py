"""The self-made authority signs as the standards want it, with the same keys in every process, and says that it is a sample."""

import asyncio
import io
import re
import shutil
import subprocess
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pypdf import PdfReader

from asn_lms.lib.secret import Secret
from enrollments.certificates.printing import drawn as drawn_certificate
from enrollments.enrolling.models import Enrollment
from enrollments.signing import authority, signers
from enrollments.signing.models import AuthorityKey, SealActivation
from enrollments.signing.signers import SIGNERS, Signatory
from enrollments.signing.trouble import (
    KeysLocked,
    PaperRefused,
    PassphraseTooShort,
    SigningTrouble,
    TooManyGuesses,
    WrongPassphrase,
)
from tests import make

pytestmark = pytest.mark.django_db
BKPSDM = Signatory("Drs. Andi Nasution, M.Si.", "BKPSDM Kota Medan", owner="7")
SECRET = Secret("kunci percobaan")


def signed(
    paper: bytes, name: str = "local", secret: Secret[str] | None = None, signatory: Signatory = BKPSDM
) -> bytes:
    return SIGNERS[name].sign(
        paper,
        signatory=signatory,
        secret=secret,
        reason="Sertifikat pelatihan",
        place="Medan",
        url="https://contoh/v/1",
    )


def judged(paper: bytes) -> PdfSignatureStatus:
    """By pyHanko's own validator, with nothing but what the paper brings along and the authority's root; no revocation
    list, no trust."""
    reader = PdfFileReader(io.BytesIO(paper))
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {
            "trust_roots": [x509.Certificate.load(root.public_bytes(Encoding.DER)) for root in authority.roots()],
            "revocation_mode": "hard-fail",
        }
    )
    return asyncio.run(async_validate_pdf_signature(reader.embedded_signatures[0], context))


def test_the_validator_of_another_hand_calls_it_valid_stamped_and_covering_the_whole_paper(paper: bytes) -> None:
    status = judged(signed(paper))
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="pdfsig is not here: apt install poppler-utils")
def test_pdfsig_calls_it_valid_and_covering_the_whole_document(paper: bytes, tmp_path: Path) -> None:
    def says(content: bytes) -> str:
        file = tmp_path / "paper.pdf"
        file.write_bytes(content)
        return subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout

    good = signed(paper)
    said = says(good)
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "CN=CONTOH – tidak sah: BKPSDM Kota Medan" in said
    assert "Digest Mismatch" in says(bytes([*good[:900], good[900] ^ 1, *good[901:]]))


def test_the_paper_itself_stays_as_it_was_and_pdf_a(paper: bytes) -> None:
    done = signed(paper)
    assert done.startswith(paper)
    assert PdfReader(io.BytesIO(done)).pages[0].extract_text() == PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    assert b"<pdfaid:part>2</pdfaid:part>" in done
    assert len(done) - len(paper) < 24_000


def test_a_certificate_of_the_house_is_signed_well_below_150_kb() -> None:
    place = make.enrollment(status=Enrollment.Status.COMPLETED)
    drawn = drawn_certificate(make.certificate(place))
    done = signed(drawn)
    assert judged(done).bottom_line
    assert len(done) <= 150_000


def test_every_name_says_that_it_is_a_sample(paper: bytes) -> None:
    done = signed(paper, "local_person", SECRET)
    certificates = [bytes(row.certificate) for row in AuthorityKey.objects.all()]
    names = [x509.Certificate.load(one).subject.native["common_name"] for one in certificates]
    assert sorted(names) == [
        "CONTOH – tidak sah: Drs. Andi Nasution, M.Si.",
        "CONTOH – tidak sah: akar",
        "CONTOH – tidak sah: stempel waktu",
    ]
    assert judged(done).bottom_line
    assert not any(SIGNERS[name].is_certified for name in ("local", "local_person"))


def test_a_paper_that_is_no_pdf_locked_or_signed_already_is_refused(paper: bytes) -> None:
    for bad in (b"", b"x", paper[:-2000], paper.replace(b"/Root", b"/Toor"), signed(paper)):
        with pytest.raises(PaperRefused) as caught:
            signed(bad)
        assert not caught.value.stops_batch


def test_the_keys_are_the_same_for_everybody_and_kept_sealed(paper: bytes) -> None:
    signed(paper)
    before = set(AuthorityKey.objects.values_list("role", "certificate", "sealed_key"))
    authority._loaded.cache_clear()
    signed(paper)
    assert {(role, bytes(c), bytes(k)) for role, c, k in before} == {
        (role, bytes(c), bytes(k))
        for role, c, k in AuthorityKey.objects.values_list("role", "certificate", "sealed_key")
    }
    assert all(bytes(key).startswith(b"gAAAA") for _role, _certificate, key in before)


def test_a_new_secret_key_opens_the_old_keys_only_beside_the_former_one(paper: bytes, settings: Any) -> None:
    signed(paper)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 60
    authority._loaded.cache_clear()
    with pytest.raises(KeysLocked):
        signed(paper)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert judged(signed(paper)).bottom_line
    authority._loaded.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_sign_first_at_once_all_find_one_authority(paper: bytes) -> None:
    start = threading.Barrier(8)
    done: list[bytes] = []

    def sign() -> None:
        try:
            start.wait()
            done.append(signed(paper))
        finally:
            connection.close()

    threads = [threading.Thread(target=sign) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(AuthorityKey.objects.values_list("role", flat=True)) == ["root", "seal", "stamp"]
    assert all(judged(one).bottom_line for one in done)
    assert len(done) == 8


# --- A person tries it out ---


def test_the_first_passphrase_is_the_persons_from_then_on(paper: bytes) -> None:
    assert judged(signed(paper, "local_person", SECRET)).bottom_line
    assert judged(signed(paper, "local_person", Secret("kunci percobaan"))).bottom_line
    for wrong in (Secret("kunci percobaam"), Secret(""), None):
        with pytest.raises(WrongPassphrase) as caught:
            signed(paper, "local_person", wrong)
        assert caught.value.stops_batch


def _guess(paper: bytes, text: str) -> type[Exception] | None:
    try:
        signed(paper, "local_person", Secret(text))
    except SigningTrouble as trouble:
        return type(trouble)
    return None


def _wait_is_over() -> None:
    AuthorityKey.objects.filter(role="person").update(closed_until=Now() - timedelta(seconds=1))


def test_after_five_wrong_passphrases_not_even_the_right_one_is_tried_for_a_while_that_grows(paper: bytes) -> None:
    signed(paper, "local_person", SECRET)
    right = SECRET.reveal()
    assert [_guess(paper, "salah sekali") for _ in range(6)] == [WrongPassphrase] * 5 + [TooManyGuesses]
    assert _guess(paper, right) == TooManyGuesses
    assert TooManyGuesses.stops_batch
    row = AuthorityKey.objects.get(role="person")
    assert row.wrong_guesses == 5  # what is not tried is not counted
    for minutes in (2, 4, 8, 16, 32, 60, 60):
        _wait_is_over()
        assert _guess(paper, "salah sekali") == WrongPassphrase
        row.refresh_from_db()
        assert row.closed_until is not None
        assert abs(row.closed_until - timezone.now() - timedelta(minutes=minutes)) < timedelta(seconds=20)
    with pytest.raises(TooManyGuesses, match="60"):
        signed(paper, "local_person", SECRET)
    _wait_is_over()
    assert _guess(paper, right) is None
    row.refresh_from_db()
    assert (row.wrong_guesses, row.closed_until) == (0, None)  # and five are free again


def test_one_persons_wrong_guesses_close_nobody_elses_key(paper: bytes) -> None:
    signed(paper, "local_person", SECRET)
    other = Signatory("Lain", BKPSDM.organisation, owner="9")
    signed(paper, "local_person", Secret("lain sama sekali"), other)
    assert _guess(paper, "salah sekali") == WrongPassphrase
    for _ in range(5):
        _guess(paper, "salah sekali")
    assert judged(signed(paper, "local_person", Secret("lain sama sekali"), other)).bottom_line


@pytest.mark.django_db(transaction=True)
def test_of_eight_guesses_at_once_five_are_tried(paper: bytes) -> None:
    signed(paper, "local_person", SECRET)
    start = threading.Barrier(8)
    answers: list[type[Exception] | None] = []

    def guess(number: int) -> None:
        try:
            start.wait()
            answers.append(_guess(paper, f"tebakan nomor {number}"))
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(one) for one in answers) == sorted([str(WrongPassphrase)] * 5 + [str(TooManyGuesses)] * 3)


def test_a_passphrase_that_is_too_short_makes_no_key(paper: bytes) -> None:
    with pytest.raises(PassphraseTooShort):
        signed(paper, "local_person", Secret("pendek"))
    assert not AuthorityKey.objects.exists()


def test_two_people_of_one_name_have_two_keys(paper: bytes) -> None:
    twin = Signatory(BKPSDM.name, BKPSDM.organisation, owner="8")
    signed(paper, "local_person", SECRET)
    signed(paper, "local_person", Secret("lain sama sekali"), twin)
    assert AuthorityKey.objects.filter(role="person").count() == 2


# --- Which signer, and what the database refuses ---


def test_the_sample_stands_in_until_bsre_is_configured(settings: Any) -> None:
    assert (signers.for_people().name, signers.for_agencies().name) == ("local_person", "local")
    settings.BSRE_V1_URL = "https://bsre.example"
    assert signers.for_people().name == "bsre_v1"
    settings.BSRE_V2_URL = "https://bsre.example"
    assert (signers.for_people().name, signers.for_agencies().name) == ("bsre_v2", "local")
    settings.BSRE_SEAL_ID = "segel"
    assert signers.for_agencies().name == "seal"


def test_only_who_is_attended_needs_a_person() -> None:
    assert {name for name, signer in SIGNERS.items() if not signer.is_attended} == {"local", "seal"}
    assert all(re.fullmatch(r"[a-z0-9_]+", name) for name in SIGNERS)


@pytest.mark.parametrize(
    "row",
    [
        AuthorityKey(role="root", owner="x", certificate=b"c", sealed_key=b"k"),
        AuthorityKey(role="seal", owner="", certificate=b"c", sealed_key=b"k"),
        AuthorityKey(role="other", owner="x", certificate=b"c", sealed_key=b"k"),
        SealActivation(is_only=False, sealed_code=b"c", expires_at="2026-01-01T00:00Z"),
    ],
)
def test_the_database_refuses_keys_of_nobody_and_two_activations(row: AuthorityKey | SealActivation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
