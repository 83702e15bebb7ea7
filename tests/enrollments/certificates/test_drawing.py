"""The paper: drawn once from data that never changes after, whatever is retried, killed or clicked twice."""

import io
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.db import connection, transaction
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from accounts.agencies.models import Agency
from accounts.notices.models import Notice
from accounts.people.models import Rank, User
from accounts.portraits.actions import give_portrait, take_portrait_back
from accounts.portraits.models import Portrait
from accounts.portraits.picture import SIZE
from accounts.roles.models import RoleGrant
from courses.taxonomy.models import CertificateKind
from enrollments.certificates import printing
from enrollments.certificates.actions import (
    confirm,
    issue_certificate,
    issue_waiting,
    issuing,
    reserve_certificate,
    try_again,
)
from enrollments.certificates.models import Certificate
from enrollments.cohorts.models import Cohort
from enrollments.designs import pdf
from enrollments.designs.actions import draft_design, edit_design, publish_design
from enrollments.designs.models import DesignVersion
from enrollments.designs.predicate import predicate
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.served import wait_until

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def bkpsdm() -> Agency:
    city = make.agency("Pemerintah Kota Medan", kind=Agency.Kind.INSTANSI)
    return make.agency("Badan Kepegawaian dan Pengembangan SDM", parent=city, short_name="BKPSDM", kind=Agency.Kind.OPD)


def reserved(learner: User | None = None, cohort: Cohort | None = None, **fields: Any) -> Certificate:
    who = learner or make.person("Rina Hasibuan", title_after="S.Kom.")
    place = make.enrollment(
        learner=who,
        cohort=cohort or make.cohort(),
        status=Enrollment.Status.COMPLETED,
        **{"score": Decimal(87), **fields},
    )
    certificate: Certificate = make.certificate(place)
    return certificate


def drawn(certificate: Certificate) -> Certificate:
    assert issue_certificate(certificate.pk, NOW)
    certificate.refresh_from_db()
    return certificate


def text_of(certificate: Certificate) -> list[str]:
    pages = PdfReader(io.BytesIO(certificate.file.read())).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def test_the_paper_prints_person_training_and_signatory() -> None:
    organiser = bkpsdm()
    make.person("Tigor Manullang", title_before="Drs.", agency=organiser, role=RoleGrant.Role.HEAD)
    unit = make.agency("Dinas Komunikasi", parent=Agency.objects.get_parent(organiser))
    learner = make.person(
        "Rina Hasibuan",
        title_after="S.Kom.",
        agency=unit,
        nip="199003122015032901",
        birth_place="Medan",
        birth_on=date(1990, 3, 12),
        rank=Rank.objects.get(code__iexact="III/c") if Rank.objects.filter(code__iexact="III/c").exists() else None,
        post="Pranata Komputer Ahli Muda",
    )
    cohort = make.cohort(
        version=make.version(organiser=organiser, title="Komunikasi Efektif", jp=Decimal(4)),
        number=3,
        place="Medan",
        starts_on=date(2026, 11, 2),
        ends_on=date(2026, 11, 14),
    )
    front, back = text_of(drawn(reserved(learner, cohort)))
    for words in (
        "PEMERINTAH KOTA MEDAN BADAN KEPEGAWAIAN DAN PENGEMBANGAN SDM",
        "Nomor B.0001/BKPSDM/800.2/XI/2026",
        "Rina Hasibuan, S.Kom.",
        "19900312 201503 2 901",
        "Medan, 12 Maret 1990",
        "Pranata Komputer Ahli Muda",
        "Pemerintah Kota Medan, Dinas Komunikasi",
        "LULUS dengan kualifikasi Memuaskan pada pelatihan Komunikasi Efektif Angkatan III Tahun 2026",
        "di Medan pada tanggal 2 sampai dengan 14 November 2026",
        "selama 4 (empat) jam pelajaran",
        "Medan, 16 November 2026 Kepala BKPSDM,",
        "Drs. Tigor Manullang",
    ):
        assert words in front
    assert "1 Modul 1 4" in back
    assert "Nilai akhir: 87,00" in back


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="pdftoppm is not here: apt install poppler-utils")
def test_a_phone_reads_the_address_of_the_public_page_from_the_paper(settings: Any, tmp_path: Path) -> None:
    certificate = drawn(reserved())
    name = str(tmp_path / "paper")
    subprocess.run(["pdftoppm", "-png", "-r", "72", "-f", "1", "-l", "1", certificate.file.path, name], check=True)
    (page,) = tmp_path.glob("paper*.png")
    with Image.open(page) as picture:
        (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == settings.SITE_URL + reverse("verify", args=[certificate.public_id])


def test_an_acting_head_signs_as_acting() -> None:
    organiser = bkpsdm()
    person = make.person("Sari", agency=organiser)
    RoleGrant.objects.create(
        person=person, role=RoleGrant.Role.HEAD, agency=organiser, basis=RoleGrant.Basis.PLT, from_on=date(2026, 1, 1)
    )
    certificate = drawn(reserved(cohort=make.cohort(version=make.version(organiser=organiser))))
    assert certificate.signatory_post == "Plt. Kepala BKPSDM"


def test_who_headed_the_organiser_only_before_does_not_sign() -> None:
    organiser = bkpsdm()
    head = make.person("Dulu", agency=organiser, role=RoleGrant.Role.HEAD)
    head.grants.update(until_on=date(2026, 11, 15))
    certificate = drawn(reserved(cohort=make.cohort(version=make.version(organiser=organiser))))
    assert (certificate.signatory_name, certificate.signatory_post) == ("", "Kepala BKPSDM")


def test_the_paper_is_tagged_archival_small_and_before_it_is_signed_always_the_same_bytes() -> None:
    certificate = drawn(reserved())
    paper = certificate.file.read()
    root: Any = PdfReader(io.BytesIO(paper)).trailer["/Root"]
    about = root["/Metadata"].get_data().decode()
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "id"
    assert 'pdfaid:part="3"' in about
    assert 'pdfuaid:part="1"' in about
    assert len(paper) == certificate.size <= 150 * 1024
    assert printing.drawn(certificate) == printing.drawn(certificate)
    assert paper.startswith(printing.drawn(certificate))


def test_what_a_killed_worker_left_on_the_disk_is_gone_once_the_paper_is_delivered(media: Path) -> None:
    certificate = reserved()
    folder = media / "certificates" / str(certificate.year) / certificate.public_id
    folder.mkdir(parents=True)
    # Signed and stored, but dead before its row was committed; and dead while writing.
    for name in ("sertifikat-0123456789abcdef.pdf", ".0123456789abcdef.part"):
        (folder / name).write_bytes(b"%PDF-")
    neighbour = drawn(reserved())
    assert len(list(folder.iterdir())) == 2
    assert drawn(certificate).is_ready
    assert list(folder.iterdir()) == [media / str(certificate.file)]
    assert (media / str(neighbour.file)).exists()


def test_a_signed_paper_whose_worker_died_before_telling_keeps_its_file_alone(media: Path) -> None:
    certificate = reserved()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(issuing, "deliver", lambda *_args: None)  # died between the two commits
        drawn(certificate)
    assert certificate.state == Certificate.State.SIGNED
    signed = media / str(certificate.file)
    (signed.parent / "sertifikat-0123456789abcdef.pdf").write_bytes(b"%PDF-")
    drawn(certificate)
    assert certificate.state == Certificate.State.DELIVERED
    assert list(signed.parent.iterdir()) == [signed]


def test_the_paper_is_set_in_our_own_typeface_embedded() -> None:
    reader = PdfReader(io.BytesIO(drawn(reserved()).file.read()))
    page: Any = reader.pages[0]
    names = {font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()}
    assert names
    assert all("+Inter" in name for name in names)


def test_words_of_a_name_are_never_read_as_commands() -> None:
    certificate = reserved(make.person('#panic("x") *tebal* $x$ <b>'))
    assert '#panic("x") *tebal* $x$ <b>' in text_of(drawn(certificate))[0]


def test_a_name_with_a_letter_that_no_typeface_has_still_gets_its_paper() -> None:
    assert "Wang" in text_of(drawn(reserved(make.person("安 Wang 😀"))))[0]


def test_fifty_subjects_and_the_longest_names_stay_on_two_pages() -> None:
    certificate = drawn(reserved())
    certificate.subjects = [{"title": f"Mata pelatihan {n}", "jp": "1.00"} for n in range(50)]
    certificate.name = "Prof. Dr. Ir. Hj. " + "Simanjuntak " * 20
    certificate.post = certificate.agency_name = "Unit pelaksana teknis " * 9
    assert len(PdfReader(io.BytesIO(printing.drawn(certificate))).pages) == 2


def test_invented_people_get_a_paper_that_says_so() -> None:
    assert "CONTOH · TIDAK SAH · DEMO" in text_of(drawn(reserved(make.person(is_demo=True))))[0]
    assert "DEMO" not in text_of(drawn(reserved()))[0]


def test_the_learner_is_told_once_however_often_it_is_drawn() -> None:
    certificate = drawn(reserved())
    assert not issue_certificate(certificate.pk, NOW)
    notice = Notice.objects.get(kind="certificate.ready")
    assert notice.person == certificate.enrollment.learner
    assert certificate.number in notice.body


def test_what_a_person_becomes_later_changes_no_paper() -> None:
    certificate = reserved()
    claimed = issuing._claim(certificate.pk, NOW, None)
    assert claimed
    User.objects.filter(pk=certificate.enrollment.learner_id).update(name="Nama Baru")
    Certificate.objects.update(lease_until=LONG_AGO)
    assert "Rina Hasibuan, S.Kom." in text_of(drawn(certificate))[0]


def test_a_certificate_in_the_hands_of_one_worker_is_not_taken_by_another() -> None:
    certificate = reserved()
    assert issuing._claim(certificate.pk, NOW, None)
    assert not issue_certificate(certificate.pk, NOW)


def test_the_work_of_a_dead_worker_is_taken_up_with_the_same_number() -> None:
    certificate = reserved()
    issuing._claim(certificate.pk, NOW, None)
    Certificate.objects.update(lease_until=LONG_AGO)
    assert issue_waiting(NOW, None) == 1
    assert Certificate.objects.get().number == certificate.number


def test_a_paper_that_breaks_its_worker_five_times_is_put_aside_and_the_officer_told(monkeypatch: Any) -> None:
    organiser = bkpsdm()
    officer = make.person(agency=organiser, role=RoleGrant.Role.OFFICER)
    bad = reserved(cohort=make.cohort(version=make.version(organiser=organiser)))
    good = reserved()
    whole = printing.drawn

    def breaking(certificate: Certificate) -> bytes:
        if certificate.pk == bad.pk:
            raise ValueError("broken")
        return whole(certificate)

    monkeypatch.setattr(issuing, "drawn", breaking)
    for _ in range(7):
        issue_certificate(bad.pk, NOW)
        Certificate.objects.filter(pk=bad.pk).update(lease_until=LONG_AGO)
    bad.refresh_from_db()
    assert (bad.is_stuck, bad.tries, bad.error) == (True, 5, "ValueError: broken")
    assert Notice.objects.get(kind="certificate.stuck").person == officer
    assert drawn(good).is_ready
    monkeypatch.setattr(issuing, "drawn", whole)
    try_again(bad, by=officer)
    assert drawn(bad).is_ready


def test_a_full_disk_costs_no_try_and_leaves_no_torn_file(monkeypatch: Any, media: Path) -> None:
    certificate = reserved()

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", full)
        for _ in range(9):
            issue_certificate(certificate.pk, NOW)
            Certificate.objects.update(lease_until=LONG_AGO)
    assert not [path for path in media.rglob("*") if path.is_file()]
    assert drawn(certificate).is_ready


def test_nothing_is_taken_back_from_a_revoked_certificate() -> None:
    certificate = reserved()
    slow = issuing._claim(certificate.pk, NOW, None)
    assert slow
    Certificate.objects.update(state=Certificate.State.REVOKED, drawn_at=NOW, revoked_at=NOW)
    assert not issuing.stand(slow, b"%PDF", NOW + timedelta(minutes=1))
    assert Certificate.objects.get().state == Certificate.State.REVOKED
    assert not Notice.objects.filter(kind="certificate.ready").exists()


@pytest.mark.parametrize(
    ("score", "word"),
    [
        ("100", "Sangat Memuaskan"),
        ("90.01", "Sangat Memuaskan"),
        ("90", "Memuaskan"),
        ("80.01", "Memuaskan"),
        ("80", "Baik"),
        ("70.01", "Baik"),
        ("70", ""),
        (None, ""),
    ],
)
def test_a_score_is_put_into_its_band_without_rounding(score: str | None, word: str) -> None:
    assert predicate(Decimal(score) if score else None) == word


def test_days_are_written_without_saying_anything_twice() -> None:
    assert pdf.period(date(2026, 11, 2), date(2026, 11, 2)) == "pada tanggal 2 November 2026"
    assert pdf.period(date(2026, 10, 28), date(2026, 11, 3)) == "pada tanggal 28 Oktober sampai dengan 3 November 2026"
    assert (
        pdf.period(date(2026, 12, 28), date(2027, 1, 3)) == "pada tanggal 28 Desember 2026 sampai dengan 3 Januari 2027"
    )


def with_photographs(organiser: Agency, officer: User) -> None:
    draft = draft_design(organiser, CertificateKind.CERTIFICATE, by=officer)
    publish_design(edit_design(draft, {"photo": DesignVersion.Photo.PORTRAIT}, by=officer), by=officer)


def photographs_in(certificate: Certificate) -> list[tuple[int, int]]:
    """Sizes of the pictures of pixels on the front."""
    with certificate.file.open("rb") as file:
        front = PdfReader(io.BytesIO(file.read())).pages[0]
        return [one.image.size for one in front.images if one.image is not None]


def test_a_design_that_prints_photographs_prints_the_learners_own() -> None:
    cohort = make.cohort(version=make.version(organiser=bkpsdm()))
    with_photographs(cohort.organiser, make.person(role=RoleGrant.Role.OFFICER, over=cohort.organiser))
    learner = make.person("Rina Hasibuan")
    give_portrait(learner, make.picture())
    paper = drawn(reserved(learner, cohort))
    assert photographs_in(paper) == [SIZE]
    assert paper.size < 150_000
    # Without one there is a frame to paste it into, and the paper is not kept waiting.
    assert photographs_in(drawn(reserved(cohort=cohort))) == []


def test_the_photograph_on_a_paper_stays_the_one_that_was_confirmed() -> None:
    cohort = make.cohort(version=make.version(organiser=bkpsdm()))
    with_photographs(cohort.organiser, make.person(role=RoleGrant.Role.OFFICER, over=cohort.organiser))
    learner = make.person("Rina Hasibuan")
    first = give_portrait(learner, make.picture(colour="red"))
    paper = drawn(reserved(learner, cohort))
    made = printing.drawn(paper)
    give_portrait(learner, make.picture(colour="blue"))
    take_portrait_back(learner)
    paper.refresh_from_db()
    assert paper.portrait == first
    assert printing.drawn(paper) == made
    assert [one.pk for one in Portrait.objects.filter(person=learner)] == [first.pk]


@pytest.mark.django_db(transaction=True)
def test_a_photograph_taken_back_while_its_paper_is_being_confirmed_stays_on_it() -> None:
    cohort = make.cohort(version=make.version(organiser=bkpsdm()))
    with_photographs(cohort.organiser, make.person(role=RoleGrant.Role.OFFICER, over=cohort.organiser))
    learner = make.person("Rina Hasibuan")
    first = give_portrait(learner, make.picture())
    place = make.enrollment(learner=learner, cohort=cohort, status=Enrollment.Status.COMPLETED)
    certificate = reserve_certificate(place, on=NOW.date())

    def take_back() -> bool:
        try:
            return take_portrait_back(learner)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            confirm(certificate, by=learner)
            taking = pool.submit(take_back)
            wait_until(is_somebody_waiting, "the removal to wait for the paper")
        assert taking.result(20)
    assert Certificate.objects.get(pk=certificate.pk).portrait == first
    assert not Portrait.objects.current().exists()


def is_somebody_waiting() -> bool:
    """Whether another connection waits for a lock that this one holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])
