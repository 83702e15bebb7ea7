"""Certificates on screen: the learner's own, the public check, and the REST door."""

import json
import re
import secrets
from contextlib import nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.roles.models import RoleGrant
from enrollments.certificates.actions import issue_certificate, reissue, revoke
from enrollments.certificates.models import Certificate, public_id
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def certificate(who: Cast, *, drawn: bool = True, **fields: Any) -> Certificate:
    cohort = fields.pop("cohort", None) or make.cohort(version=make.version(organiser=who.bkpsdm, jp=Decimal("2.5")))
    place = make.enrollment(learner=who.learner, cohort=cohort, status=Enrollment.Status.COMPLETED, score=Decimal(87))
    row: Certificate = make.certificate(place)
    if drawn:
        issue_certificate(row.pk, NOW)
        row.refresh_from_db()
    return row


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def check(row: Certificate, **query: str) -> str:
    return reverse("verify", args=[row.public_id]) + ("?format=json" if query else "")


def test_the_learner_downloads_their_paper_and_sees_the_one_that_is_still_drawn() -> None:
    who = cast()
    row, waiting = certificate(who), certificate(who, drawn=False)
    client = signed_in(who.learner)
    page = client.get(reverse("certificates")).content.decode()
    assert row.number in page
    assert waiting.number in page
    assert "Sedang disiapkan" in page
    answer: Any = client.get(reverse("certificate-pdf", args=[row.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert row.number.replace("/", "-") in answer["Content-Disposition"]
    assert client.get(reverse("certificate-pdf", args=[waiting.pk])).status_code == 404


def test_officers_of_the_organiser_have_the_paper_and_nobody_else() -> None:
    who = cast()
    row = certificate(who)
    seen = {
        name: signed_in(who[name]).get(reverse("certificate-pdf", args=[row.pk])).status_code
        for name in ("learner", "officer", "admin", "head", "reviewer", "other_head", "other_learner")
    }
    assert seen == {
        "learner": 200,
        "officer": 200,
        "admin": 200,
        "head": 404,
        "reviewer": 404,
        "other_head": 404,
        "other_learner": 404,
    }


def test_an_officer_finds_the_paper_on_the_page_of_the_place() -> None:
    who = cast()
    row = certificate(who)
    client = signed_in(who.officer)
    assert (
        reverse("office-certificate", args=[row.pk])
        in client.get(reverse("office-place", args=[row.enrollment_id])).content.decode()
    )
    assert (
        reverse("certificate-pdf", args=[row.pk])
        in client.get(reverse("office-certificate", args=[row.pk])).content.decode()
    )


@pytest.mark.parametrize("count", [3, 30])
def test_a_page_of_many_certificates_costs_no_more_queries(count: int, django_assert_max_num_queries: Any) -> None:
    who = cast()
    for _ in range(count):
        certificate(who, drawn=False)
    client = signed_in(who.learner)
    client.get(reverse("certificates"))
    with django_assert_max_num_queries(12):
        client.get(reverse("certificates"))


def test_anybody_who_holds_the_paper_can_check_it_without_signing_in() -> None:
    who = cast()
    who.learner.birth_place, who.learner.birth_on = "Binjai", date(1990, 3, 12)
    who.learner.save()
    row = certificate(who)
    answer = Client().get(check(row))
    page = answer.content.decode()
    assert "Sertifikat ini sah" in page
    for printed in (row.number, row.name, row.course_title, "2,5 (dua koma lima) JP", "16 November 2026", "87,00"):
        assert printed in page
    assert row.nip not in page.replace(" ", "")
    assert row.nip[-3:] in page
    assert "Binjai" not in page
    assert "1990" not in page
    assert "noindex" in answer["X-Robots-Tag"]


def test_the_check_speaks_json_with_every_printed_field_but_birth() -> None:
    row = certificate(cast())
    answer = Client().get(check(row, format="json")).json()
    assert answer["state"] == "valid"
    assert answer["number"] == row.number
    assert answer["nip"] == f"•••••••• •••••• • {row.nip[-3:]}"
    assert answer["jp"] == "2.50"
    assert answer["jp_in_words"] == "dua koma lima"
    assert not [name for name in answer if "birth" in name]


def test_whoever_has_the_file_can_have_it_compared_without_it_being_kept(tmp_path: Path) -> None:
    row = certificate(cast())
    paper = row.file.read()
    before = {path for path in tmp_path.rglob("*") if path.is_file()}

    def compared(content: bytes) -> str:
        upload = SimpleUploadedFile("sertifikat saya.pdf", content, "application/pdf")
        return Client().post(check(row), {"pdf": upload}).content.decode()

    assert "Inilah berkas yang kami terbitkan" in compared(paper)
    assert "Ini bukan berkas yang kami terbitkan" in compared(paper + b" ")
    assert "Berkas ini kosong" in compared(b"")
    assert "lebih besar dari 5 MB" in compared(b"x" * (5 * 1024 * 1024 + 1))
    assert "Pilih dahulu berkas PDF" in Client().post(check(row)).content.decode()
    signed = compared(paper)
    assert "Utuh, mencakup seluruh berkas" in signed
    assert "CONTOH" in signed
    flipped = bytearray(paper)
    flipped[len(paper) // 3] ^= 1
    assert "Rusak" in compared(bytes(flipped))
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_check_speaks_the_language_that_was_chosen() -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    page = client.get(check(certificate(cast()))).content.decode()
    assert "This certificate is valid" in page
    assert "2,5 (dua koma lima) JP" in page  # as the paper has it


def test_a_revoked_certificate_says_so_and_names_its_successor() -> None:
    who = cast()
    row = certificate(who)
    successor = reissue(row, reason="Nama salah ketik.", by=who.officer)
    page = Client().get(check(row)).content.decode()
    assert "sudah diganti" in page
    assert "Nama salah ketik." in page
    assert Client().get(check(row, format="json")).json()["replaced_by"] == successor.number
    revoke(successor, reason="Terbit dua kali.", by=who.officer)
    assert Certificate.objects.live().count() == 0


def test_an_unknown_number_and_one_not_printed_yet_answer_alike_and_kindly() -> None:
    unprinted = certificate(cast(), drawn=False)
    answers = [Client().get(reverse("verify", args=[one])) for one in ("0" * 32, "x", unprinted.public_id)]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert all("Tidak ada sertifikat di alamat ini" in answer.content.decode() for answer in answers)


@pytest.fixture
def _one_minute(settings: Any, monkeypatch: Any) -> None:
    """Limits hold, and the minute that they count in does not end."""
    settings.RATE_LIMITS = True
    monkeypatch.setattr("asn_lms.lib.throttle.time", lambda: 1_800_000_000.0)
    cache.clear()


@pytest.mark.usefixtures("_one_minute")
def test_who_tries_numbers_is_slowed_down() -> None:
    codes = [Client().get(reverse("verify", args=[f"{n:032x}"])).status_code for n in range(61)]
    assert codes[:60] == [404] * 60
    assert codes[60] == 429


def test_only_officers_of_the_organiser_let_a_paper_be_drawn_again() -> None:
    who = cast()
    row = certificate(who, drawn=False)
    Certificate.objects.filter(pk=row.pk).update(is_stuck=True)
    url = reverse("certificate-again", args=[row.pk])
    assert signed_in(who.other_head).post(url).status_code == 404
    signed_in(who.learner).post(url)
    assert Certificate.objects.get(pk=row.pk).is_stuck
    signed_in(who.officer).post(url)
    assert not Certificate.objects.get(pk=row.pk).is_stuck


def test_the_rest_door_lists_own_certificates_by_cursor_and_hands_out_the_paper() -> None:
    who = cast()
    rows = [certificate(who) for _ in range(3)]
    client = signed_in(who.learner)
    first = client.get("/api/v1/certificates?limit=2").json()
    assert [one["id"] for one in first["items"]] == [rows[2].pk, rows[1].pk]
    second = client.get(f"/api/v1/certificates?limit=2&cursor={first['next_cursor']}").json()
    assert [one["id"] for one in second["items"]] == [rows[0].pk]
    assert second["next_cursor"] is None
    assert client.get(f"/api/v1/certificates/{rows[0].pk}/pdf")["Content-Type"] == "application/pdf"
    other = signed_in(who.other_learner)
    assert other.get("/api/v1/certificates").json()["items"] == []
    assert other.get(f"/api/v1/certificates/{rows[0].pk}/pdf").status_code == 404
    assert client.get("/api/v1/certificates?limit=201").status_code == 422


def test_a_head_of_the_organiser_without_the_officers_role_has_no_paper_of_others() -> None:
    who = cast()
    head = make.person(agency=who.bkpsdm, role=RoleGrant.Role.HEAD)
    assert signed_in(head).get(reverse("certificate-pdf", args=[certificate(who).pk])).status_code == 404


def test_who_cannot_scan_types_the_code_or_the_whole_address() -> None:
    row = certificate(cast())
    there = reverse("verify", args=[row.public_id])
    client = Client()
    assert "Periksa keaslian sertifikat" in client.get("/accounts/login/").content.decode()
    assert reverse("verify-form") in client.get("/guide/").content.decode()
    for typed in (
        row.public_id,
        f" {row.public_id[:16].upper()} {row.public_id[16:]} ",
        f"https://lms.contoh.go.id{there}",
    ):
        answer = client.get(reverse("verify-form"), {"code": typed})
        assert (answer.status_code, answer.headers.get("Location")) == (302, there), typed


@pytest.mark.parametrize("typed", ["", "12", "B.0001/III/2026", "<script>", "z" * 32])
def test_what_is_no_code_is_answered_with_a_sentence_and_stands_there_still(typed: str) -> None:
    answer = Client().get(reverse("verify-form"), {"code": typed})
    assert answer.status_code == 200
    assert "data-errors" in answer.content.decode()
    assert "<script>" not in answer.content.decode().split("<main")[1]


def test_a_file_without_a_code_is_found_by_its_bytes() -> None:
    row = certificate(cast())
    upload = SimpleUploadedFile("apa saja.pdf", row.file.read(), "application/pdf")
    page = Client().post(reverse("verify-form"), {"pdf": upload}).content.decode()
    assert row.number in page
    assert check(row) in page


def test_the_file_of_another_certificate_is_not_taken_for_this_one() -> None:
    who = cast()
    row, other = certificate(who), certificate(who)
    upload = SimpleUploadedFile("lain.pdf", other.file.read(), "application/pdf")
    page = Client().post(check(row), {"pdf": upload}).content.decode()
    assert "berkas sertifikat lain" in page
    assert other.number in page


@pytest.mark.usefixtures("_one_minute")
def test_who_sends_file_after_file_is_slowed_down() -> None:
    row = certificate(cast())
    answers = [
        Client().post(check(row), {"pdf": SimpleUploadedFile("x.pdf", b"x", "application/pdf")}).status_code
        for _ in range(11)
    ]
    assert answers == [200] * 10 + [429]


def test_the_command_verifies_a_file_and_refuses_a_changed_and_a_revoked_one(tmp_path: Path) -> None:
    who = cast()
    row = certificate(who)
    paper = tmp_path / "sertifikat.pdf"
    paper.write_bytes(row.file.read())
    said = run_command(paper)
    assert (said["ok"], said["signature"], said["number"], said["status"]) == (True, "valid", row.number, "valid")
    changed = tmp_path / "diubah.pdf"
    content = bytearray(paper.read_bytes())
    content[500] ^= 1
    changed.write_bytes(content)
    said = run_command(changed, code=1)
    assert (said["ok"], said["is_ours"], said["signature"]) == (False, False, "invalid")
    revoke(row, reason="Terbit dua kali.", by=who.officer)
    said = run_command(paper, code=1)
    assert (said["signature"], said["status"]) == ("valid", "revoked")


def run_command(file: Path, *, code: int = 0) -> dict[str, Any]:
    out = StringIO()
    ends = pytest.raises(SystemExit) if code else nullcontext()
    with ends:
        call_command("verify_certificate", str(file), "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_the_public_id_is_128_bits_of_the_systems_own_chance() -> None:
    """Promise S12: nothing of it says who, when or how many."""
    with patch("secrets.token_bytes", wraps=secrets.token_bytes) as drawn:
        ids = {public_id() for _ in range(1_000)}
    assert [call.args for call in drawn.call_args_list] == [(16,)] * 1_000
    assert len(ids) == 1_000
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)
