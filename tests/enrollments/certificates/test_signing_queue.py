"""Papers are signed before anybody has them: by the seal without a person, or by an official for a whole batch at once."""

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.audit.models import AuditEntry
from accounts.jobs.models import IdempotencyKey
from accounts.notices.models import Notice
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.secret import Secret
from courses.taxonomy.models import CertificateKind
from enrollments.certificates.actions import issue_certificate, try_again
from enrollments.certificates.actions.batch import send_back, sign_batch
from enrollments.certificates.models import Certificate
from enrollments.designs.actions import draft_design, edit_design, publish_design
from enrollments.enrolling.models import Enrollment
from enrollments.signing.checking import check
from tests import bsre_server as server
from tests import make
from tests.bsre_server import BsreServer, bsre_server
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)
State = Certificate.State
PASSPHRASE = Secret("sandi-uji-coba")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def bsre(settings: Any) -> Iterator[BsreServer]:
    with bsre_server() as state:
        settings.BSRE_V1_URL = settings.BSRE_V2_URL = state.url
        settings.BSRE_USER, settings.BSRE_PASSWORD = server.USER, Secret(server.PASSWORD)
        settings.BSRE_SEAL_ID = server.SEAL_ID
        settings.BSRE_SECONDS = 10
        yield state


def signed_by(people: Cast, signer: str, official: User | None = None) -> None:
    draft = draft_design(people.bkpsdm, CertificateKind.CERTIFICATE, by=people.officer)
    values = {"signer": signer, "signatory": official or people.head}
    publish_design(edit_design(draft, values, by=people.officer), by=people.officer)


def waiting(people: Cast, count: int = 1) -> list[Certificate]:
    """So many, drawn and laid where they belong."""
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    rows = [make.certificate(make.enrollment(cohort=cohort, status=Enrollment.Status.COMPLETED)) for _ in range(count)]
    for row in rows:
        assert issue_certificate(row.pk, NOW)
        row.refresh_from_db()
    return rows


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def states(rows: list[Certificate]) -> list[str]:
    return list(
        Certificate.objects.filter(pk__in=[row.pk for row in rows]).order_by("id").values_list("state", flat=True)
    )


def test_without_a_person_the_paper_is_sealed_delivered_and_whole(people: Cast, media: Path) -> None:
    (row,) = waiting(people)
    assert row.state == State.DELIVERED
    pdf = row.file.read()
    assert sha256(pdf).hexdigest() == row.sha256
    assert row.size == len(pdf) <= 150_000
    found = check(pdf, is_ours=True)
    assert (found.is_valid, found.trust, found.is_stamped) == (True, "sample", True)
    assert [path.name for path in media.rglob("*.pdf")] == [Path(str(row.file)).name]


def test_signed_it_is_still_tagged_and_archivable(people: Cast) -> None:
    (row,) = waiting(people)
    reader = PdfReader(io.BytesIO(row.file.read()))
    assert "/StructTreeRoot" in reader.root_object
    about = reader.xmp_metadata
    assert about is not None
    assert 'pdfaid:part="3"' in about.stream.get_data().decode()


def test_what_an_official_signs_waits_for_them_and_they_are_told_once(people: Cast) -> None:
    signed_by(people, "local_person")
    rows = waiting(people, 3)
    assert states(rows) == [State.AWAITING_SIGNATURE] * 3
    assert Notice.objects.filter(kind="certificate.to_sign", person=people.head).count() == 1
    assert not Notice.objects.filter(kind="certificate.ready").exists()
    client = Client()
    assert client.get(reverse("verify", args=[rows[0].public_id])).status_code == 404


def test_one_passphrase_signs_the_batch_and_each_learner_is_told_once(people: Cast) -> None:
    signed_by(people, "local_person")
    rows = waiting(people, 3)
    done = sign_batch(people.head, PASSPHRASE, now=NOW, seconds=60)
    assert (done.signed, done.failed, done.stopped) == (3, [], "")
    for row in rows:
        assert issue_certificate(row.pk, NOW)
    assert states(rows) == [State.DELIVERED] * 3
    assert Notice.objects.filter(kind="certificate.ready").count() == 3
    assert AuditEntry.objects.filter(action="certificate.signed", actor=people.head).count() == 3
    assert sign_batch(people.head, PASSPHRASE, now=NOW).signed == 0


def test_a_wrong_passphrase_stops_at_the_first_and_everything_stays(people: Cast) -> None:
    signed_by(people, "local_person")
    waiting(people)
    sign_batch(people.head, PASSPHRASE, now=NOW)
    rows = waiting(people, 2)
    done = sign_batch(people.head, Secret("sandi-yang-salah"), now=NOW)
    assert done.signed == 0
    assert "salah" in done.stopped
    assert states(rows) == [State.AWAITING_SIGNATURE] * 2
    tries = Certificate.objects.filter(pk__in=[row.pk for row in rows]).order_by("id").values_list("tries", flat=True)
    assert list(tries) == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_sign_at_once_sign_each_paper_once(people: Cast, media: Path) -> None:
    signed_by(people, "local_person")
    rows = waiting(people, 8)
    sign_batch(people.head, PASSPHRASE, now=NOW, seconds=0)  # the key is made
    signed: list[int] = []

    def sign() -> None:
        signed.append(sign_batch(people.head, PASSPHRASE, now=NOW, seconds=60).signed)
        connection.close()

    windows = [threading.Thread(target=sign) for _ in range(2)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert sum(signed) == 7
    assert states(rows) == [State.SIGNED] * 8
    assert len(list(media.rglob("*.pdf"))) == 8


def test_the_official_does_it_all_in_the_browser(people: Cast) -> None:
    signed_by(people, "local_person")
    rows = waiting(people, 2)
    client = signed_in(people.head)
    page = client.get(reverse("signing")).content.decode()
    assert "2 sertifikat menunggu tanda tangan Anda" in page
    assert rows[0].name in page
    sample = client.get(reverse("signing-sample", args=[rows[0].pk]))
    assert sample.content.startswith(b"%PDF")
    missing = client.post(reverse("signing-sign"), {"secret": ""})
    assert missing.status_code == 422
    assert "Ketik sandi Anda dahulu" in missing.content.decode()
    answer = client.post(
        reverse("signing-sign"), {"secret": PASSPHRASE.reveal()}, headers={"Accept": "application/json"}
    )
    assert answer.json()["signed"] == 2
    assert states(rows) == [State.SIGNED] * 2


def test_the_secret_stays_nowhere_even_with_a_key_against_double_clicks(people: Cast) -> None:
    signed_by(people, "local_person")
    waiting(people)
    body = {"secret": PASSPHRASE.reveal(), "idempotency_key": "k1"}
    assert signed_in(people.head).post(reverse("signing-sign"), body).status_code == 302
    assert not IdempotencyKey.objects.filter(path__startswith="/signing/").exists()


def test_what_an_official_does_not_sign_goes_back_to_the_officers_with_the_reason(people: Cast) -> None:
    signed_by(people, "local_person")
    (row,) = waiting(people)
    send_back(row, reason="Gelar belum benar.", by=people.head)
    assert sign_batch(people.head, PASSPHRASE, now=NOW).signed == 0
    assert (
        "Gelar belum benar."
        in signed_in(people.officer).get(reverse("office-certificate", args=[row.pk])).content.decode()
    )
    try_again(row, by=people.officer)
    assert sign_batch(people.head, PASSPHRASE, now=NOW).signed == 1


def test_nobody_signs_or_sees_what_lies_before_another(people: Cast) -> None:
    signed_by(people, "local_person")
    (row,) = waiting(people)
    for stranger in (people.officer, people.other_head, people.learner):
        client = signed_in(stranger)
        assert client.get(reverse("signing-sample", args=[row.pk])).status_code == 404
        assert client.post(reverse("signing-refuse", args=[row.pk]), {"reason": "x"}).status_code == 404
        client.post(reverse("signing-sign"), {"secret": PASSPHRASE.reveal()})
    assert states([row]) == [State.AWAITING_SIGNATURE]


def test_bsre_signs_for_an_official_who_gave_their_number(people: Cast, bsre: BsreServer) -> None:
    signed_by(people, "bsre_v2")
    (row,) = waiting(people)
    client = signed_in(people.head)
    assert "NIK" in client.get(reverse("signing")).content.decode()
    bad = client.post(reverse("signing-identity"), {"nik": "123"})
    assert "16 angka" in bad.content.decode()
    client.post(reverse("signing-identity"), {"nik": server.NIK})
    answer = client.post(reverse("signing-sign"), {"secret": server.PASSPHRASE}, headers={"Accept": "application/json"})
    assert answer.json()["signed"] == 1
    assert states([row]) == [State.SIGNED]


def test_a_seal_that_is_away_costs_no_try_and_is_asked_again(people: Cast, bsre: BsreServer) -> None:
    signed_by(people, "seal")
    place = make.enrollment(
        cohort=make.cohort(version=make.version(organiser=people.bkpsdm)), status=Enrollment.Status.COMPLETED
    )
    row = make.certificate(place)
    bsre.fault = "500 empty"
    for _ in range(7):
        issue_certificate(row.pk, NOW)
        Certificate.objects.filter(pk=row.pk).update(lease_until=None)
    row.refresh_from_db()
    assert (row.state, row.is_stuck, row.tries) == (State.DRAWN, False, 0)
    assert row.error


def test_the_database_refuses_another_byte_after_signing(people: Cast) -> None:
    (row,) = waiting(people)
    for change in ({"sha256": "0" * 64}, {"file": "lain.pdf"}, {"size": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Certificate.objects.filter(pk=row.pk).update(**change)


def test_without_anybody_named_the_officers_see_that_nobody_signs(people: Cast) -> None:
    draft = draft_design(people.bkpsdm, CertificateKind.CERTIFICATE, by=people.officer)
    publish_design(edit_design(draft, {"signer": "local_person"}, by=people.officer), by=people.officer)
    RoleGrant.objects.filter(role=RoleGrant.Role.HEAD).delete()
    (row,) = waiting(people)
    assert (row.state, row.is_stuck) == (State.AWAITING_SIGNATURE, True)
    assert "Belum ada" in row.error
