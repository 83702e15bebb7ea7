"""Evidence is what it says by its content, small and without what a camera wrote, and shown to few."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from asn_lms.lib.refusals import Refusal
from enrollments.claims.actions import add_evidence
from enrollments.claims.actions.evidence import MOST_FILES
from enrollments.claims.models import Evidence
from tests import make
from tests.cast import Cast, cast
from tests.enrollments.claims.fixture import draft, pdf, photo, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_a_photo_of_a_phone_is_kept_small_upright_and_without_its_exif(people: Cast) -> None:
    kept = draft(people.learner, files=[photo(2400, 1800)]).evidence.get()
    with Image.open(kept.file) as picture:
        assert (picture.format, picture.size) == ("WEBP", (1200, 1600))
        assert not picture.getexif()
    assert (kept.content_type, kept.name) == ("image/webp", "IMG_20260302_101500.webp")


def hostile() -> list[tuple[str, bytes]]:
    return [
        ("kosong.pdf", b""),
        ("sertifikat.pdf", b"<html><script>alert(1)</script></html>"),
        ("foto.jpg", b"MZ\x90\x00" + bytes(500)),
        ("foto.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("foto.gif", b"GIF89a" + bytes(50)),
        ("rusak.pdf", b"%PDF-1.4 bukan"),
        ("rusak.jpg", b"\xff\xd8\xff\xe0" + bytes(200)),
        ("arsip.pdf", b"PK\x03\x04" + bytes(100)),
        ("besar.pdf", b"%PDF-1.4\n" + bytes(10 * 1024 * 1024)),
    ]


@pytest.mark.parametrize(("name", "content"), hostile())
def test_what_is_no_pdf_or_picture_by_its_content_is_refused_in_a_sentence_and_nothing_is_kept(
    people: Cast, name: str, content: bytes
) -> None:
    claim = draft(people.learner, files=[])
    with pytest.raises(Refusal) as refusal:
        add_evidence(claim, [pdf(), SimpleUploadedFile(name, content)], by=people.learner)
    assert refusal.value.field == "evidence"
    assert Evidence.objects.count() == 0


def test_a_picture_that_unpacks_to_too_many_pixels_is_refused(people: Cast) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(Refusal):
        add_evidence(draft(people.learner, files=[]), [SimpleUploadedFile("a.png", out.getvalue())], by=people.learner)


def test_the_same_file_twice_is_kept_once_and_there_is_an_end_of_files(people: Cast) -> None:
    claim = draft(people.learner, files=[pdf("a"), pdf("a")])
    add_evidence(claim, [pdf("a")], by=people.learner)
    assert claim.evidence.count() == 1
    add_evidence(claim, [pdf(str(number)) for number in range(MOST_FILES - 1)], by=people.learner)
    with pytest.raises(Refusal, match=str(MOST_FILES)):
        add_evidence(claim, [pdf("satu lagi")], by=people.learner)


def status(client: Client, person: Any, claim: Any) -> int:
    client.force_login(person)
    return int(client.get(reverse("evidence", args=[claim.evidence.get().uid])).status_code)


def test_a_file_is_reached_by_its_learner_and_their_officers_only(client: Client, people: Cast) -> None:
    far = make.person(role="officer", agency=make.agency())
    waiting, begun = sent(people.learner), draft(people.learner, facts=None, title="Belum")
    everybody = (people.learner, people.officer, people.admin, people.head, people.other_learner, people.trainer, far)
    assert [status(client, one, waiting) for one in everybody] == [200, 200, 200, 404, 404, 404, 404]
    assert [status(client, one, begun) for one in everybody] == [200, 404, 404, 404, 404, 404, 404]
    client.logout()
    assert client.get(reverse("evidence", args=[waiting.evidence.get().uid])).status_code == 302


@pytest.mark.parametrize(("file", "policy"), [(photo, "sandbox"), (pdf, "default-src 'none'")])
def test_a_file_is_shown_so_that_nothing_in_it_runs(client: Client, people: Cast, file: Any, policy: str) -> None:
    claim = draft(people.learner, files=[file()])
    client.force_login(people.learner)
    answer = client.get(reverse("evidence", args=[claim.evidence.get().uid]))
    assert policy in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"] in {"image/webp", "application/pdf"}
    kept = client.get(reverse("evidence", args=[claim.evidence.get().uid]), {"download": ""})
    assert kept["Content-Disposition"].startswith("attachment")
