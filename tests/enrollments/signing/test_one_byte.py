"""One changed byte outside the signature's own bytes, wherever it is: poppler, pyHanko's validator and our page all see it."""

import asyncio
import io
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tests.enrollments.signing.conftest import drawn
from tests.enrollments.signing.test_checking import own_bytes, pen

pytestmark = pytest.mark.django_db


@lru_cache(maxsize=1)
def signed() -> bytes:
    """By an authority of these tests, so that it is the same paper for every example."""
    from enrollments.signing import pades

    return pades.sign(pen(), drawn(), reason="Uji", place="Medan", url="https://contoh")


changes = st.tuples(st.integers(0, 10**9), st.integers(1, 255))


def changed(where: int, by: int) -> bytes:
    """The paper with one byte changed; `where` counts the bytes outside the signature's own digits and their brackets."""
    paper, own = bytearray(signed()), own_bytes(signed())
    place = where % (len(paper) - len(own) - 2)
    place += (len(own) + 2) * (place >= own.start - 1)
    paper[place] ^= by
    return bytes(paper)


def pyhanko_takes(paper: bytes) -> bool:
    try:
        [signature] = PdfFileReader(io.BytesIO(paper)).embedded_signatures
        status = asyncio.run(async_validate_pdf_signature(signature, ValidationContext(trust_roots=[])))
    except Exception:  # a reader that gives up has not taken it
        return False
    return bool(status.intact and status.valid and status.coverage is SignatureCoverageLevel.ENTIRE_FILE)


def pdfsig_takes(paper: bytes, file: Path) -> bool:
    file.write_bytes(paper)
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, check=False).stdout
    return b"Signature is Valid." in said and b"Total document signed" in said


def page_takes(paper: bytes) -> bool:
    client = Client(HTTP_ACCEPT_LANGUAGE="id")
    sent: Any = SimpleUploadedFile("sertifikat.pdf", paper, "application/pdf")
    examined = client.post(reverse("verify-form"), {"pdf": sent}).context["examined"]
    return bool(examined.signature.is_whole and examined.signature.is_intact)


def test_the_paper_as_it_was_signed_is_taken_by_all_three(tmp_path: Path) -> None:
    assert pyhanko_takes(signed())
    assert page_takes(signed())
    if shutil.which("pdfsig"):
        assert pdfsig_takes(signed(), tmp_path / "paper.pdf")


@given(change=changes)
@settings(max_examples=60, deadline=None)
def test_one_changed_byte_is_seen_by_pyhankos_validator(change: tuple[int, int]) -> None:
    assert not pyhanko_takes(changed(*change))


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="pdfsig is not here: apt install poppler-utils")
@given(change=changes)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_changed_byte_is_seen_by_pdfsig(tmp_path: Path, change: tuple[int, int]) -> None:
    assert not pdfsig_takes(changed(*change), tmp_path / "paper.pdf")


@given(change=changes)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_one_changed_byte_is_seen_by_our_page(change: tuple[int, int]) -> None:
    assert not page_takes(changed(*change))
