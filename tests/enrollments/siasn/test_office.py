"""The officer's hands: trying again, settling, the file, the mapping; and a person's own IP-ASN."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.audit.models import AuditEntry
from accounts.jobs.models import Job
from asn_lms.lib.refusals import NotYours, Refusal
from courses.structure.models import CourseVersion
from enrollments.certificates.models import Certificate
from enrollments.siasn.actions import hand_over_file, settle_by_hand, try_again, try_all_again
from enrollments.siasn.fields import COURSE_FIELDS, STRUCTURAL_FIELDS
from enrollments.siasn.mapping import edit_points, map_agency, map_course, map_type
from enrollments.siasn.models import (
    AgencyMapping,
    CourseMapping,
    IndexPoint,
    OfficialIndex,
    Posting,
    SiasnPerson,
    TypeMapping,
)
from enrollments.siasn.people import FRESH, ask_for_index, read_due, read_index
from enrollments.siasn.queries import mapping_page, outbox
from enrollments.siasn.sending import send_posting
from enrollments.siasn.sheet import ask_for_file
from enrollments.siasn.standing import index_page
from enrollments.siasn.tasks import export
from tests import make
from tests.cast import Cast, cast
from tests.enrollments.siasn import rows
from tests.siasn_server import INSTANSI, SiasnServer

pytestmark = pytest.mark.django_db
State, Reason = Posting.State, Posting.Reason


@pytest.fixture
def people() -> Cast:
    return cast()


def stopped(people: Cast, reason: str = Reason.REJECTED, **fields: Any) -> Posting:
    posting = rows.posting(rows.cohort(people.city, organiser=people.bkpsdm), people.learner)
    Posting.objects.filter(pk=posting.pk).update(state=State.FAILED, reason=reason, **fields)
    posting.refresh_from_db()
    return posting


def written(people: Cast) -> tuple[Job, CalamineWorkbook]:
    job = ask_for_file(by=people.officer)
    export(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return job, CalamineWorkbook.from_filelike(io.BytesIO(job.file.read()))


# ── Trying again and settling ────────────────────────────────────────────────────────────────────────────────────────


def test_what_needs_a_hand_stands_first_with_its_reason_and_what_to_do(people: Cast, client: Client) -> None:
    stopped(people, message="Jumlah jam tidak sesuai")
    rows.posting(rows.cohort(people.city), people.other_learner)
    client.force_login(people.officer)
    page = client.get("/office/siasn/").content.decode()
    assert "SIASN menolak datanya" in page
    assert "Jumlah jam tidak sesuai" in page
    assert "Perbaiki yang disebut SIASN" in page
    assert "4,5 JP tercatat, SIASN menerima 4" in page
    assert "Lina Peserta" not in page


def test_trying_again_goes_on_from_what_siasn_is_known_to_hold(people: Cast) -> None:
    posting = stopped(people, Reason.NO_PAPER, record_id="r-1", tries=8)
    try_again(posting, by=people.officer)
    posting.refresh_from_db()
    assert (posting.state, posting.tries, posting.record_id) == (State.SENT, 0, "r-1")
    with pytest.raises(Refusal):
        try_again(posting, by=people.officer)


def test_all_that_stopped_for_one_reason_is_tried_again_at_once(people: Cast) -> None:
    cohort = rows.cohort(people.city)
    for _one in range(3):
        rows.posting(cohort)
    Posting.objects.update(state=State.FAILED, reason=Reason.AWAY)
    other = stopped(people)
    assert try_all_again(Reason.AWAY, by=people.officer) == 3
    other.refresh_from_db()
    assert other.state == State.FAILED
    assert Posting.objects.filter(state=State.PENDING).count() == 3


def test_a_revoked_certificate_is_not_sent_again_but_settled(people: Cast) -> None:
    posting = stopped(people, Reason.REVOKED, record_id="r-1")
    with pytest.raises(Refusal):
        try_again(posting, by=people.officer)
    assert try_all_again(Reason.REVOKED, by=people.officer) == 0
    settle_by_hand(posting, by=people.officer)
    posting.refresh_from_db()
    assert (posting.state, posting.handed_by) == (State.HANDED, people.officer)


def test_who_is_no_officer_of_the_organiser_changes_nothing(people: Cast) -> None:
    posting = stopped(people)
    stranger = make.person(role="officer", over=people.b)
    for act in (try_again, settle_by_hand):
        with pytest.raises(NotYours):
            act(posting, by=stranger)
    assert try_all_again(Reason.REJECTED, by=stranger) == 0
    assert outbox(stranger).lines == []


def test_a_click_twice_is_one_try(people: Cast, client: Client) -> None:
    posting = stopped(people)
    client.force_login(people.officer)
    body = {"idempotency_key": "k-1"}
    answers = [client.post(f"/office/siasn/{posting.pk}/again/", body) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert AuditEntry.objects.filter(action="siasn.tried_again").count() == 1


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_file_has_siasns_fields_in_its_order_and_numbers_stay_text(people: Cast) -> None:
    cohort = rows.cohort(people.city, organiser=people.bkpsdm)
    posting = rows.posting(cohort, people.learner, course_title="=HYPERLINK(1)")
    structural = rows.cohort(people.city, code="1", jp=Decimal(830))
    CourseMapping.objects.create(course=structural.course, structural_id="LS-7")
    rows.posting(structural, people.head)
    _job, book = written(people)
    head, row = book.get_sheet_by_name("kursus").to_python()
    assert tuple(head[: len(COURSE_FIELDS)]) == COURSE_FIELDS
    told = dict(zip(head, row, strict=True))
    assert told["nip"] == people.learner.nip
    assert told["namaKursus"] == "=HYPERLINK(1)"
    assert (told["jumlahJam"], told["JP tercatat di sini"]) == (4, 4.5)
    assert (told["nomorSertipikat"], told["tanggalKursus"], told["instansiId"]) == (
        posting.certificate.number,
        "27-02-2026",
        INSTANSI,
    )
    head, row = book.get_sheet_by_name("diklat").to_python()
    assert tuple(head[: len(STRUCTURAL_FIELDS)]) == STRUCTURAL_FIELDS
    assert dict(zip(head, row, strict=True))["latihanStrukturalId"] == "LS-7"


def test_what_lacks_its_mapping_stands_on_a_sheet_of_its_own(people: Cast) -> None:
    rows.posting(rows.cohort(people.city), people.learner)
    TypeMapping.objects.all().delete()
    job, book = written(people)
    assert [len(book.get_sheet_by_name(name).to_python()) for name in ("kursus", "diklat", "Data kurang")] == [1, 1, 2]
    assert job.result == {"count": 0, "waiting": 1}


def test_what_was_handed_over_as_a_file_is_not_sent_as_well(people: Cast, connected: SiasnServer) -> None:
    posting = rows.posting(rows.cohort(people.city), people.learner, server=connected)
    job, _book = written(people)
    assert hand_over_file(job, by=people.officer) == 1
    assert send_posting(posting.pk, timezone.now() + timedelta(seconds=1)) is None
    assert connected.calls == []
    posting.refresh_from_db()
    try_again(posting, by=people.officer)  # asked for, it is
    send_posting(posting.pk, timezone.now() + timedelta(seconds=1))
    assert len(connected.records) == 1


def test_what_a_worker_holds_or_may_have_sent_is_not_called_handed_over(people: Cast) -> None:
    cohort = rows.cohort(people.city)
    held, unsure, free = (rows.posting(cohort) for _one in range(3))
    job, _book = written(people)
    Posting.objects.filter(pk=held.pk).update(lease_until=timezone.now() + timedelta(minutes=1))
    Posting.objects.filter(pk=unsure.pk).update(begun_at=timezone.now())
    assert hand_over_file(job, by=people.officer) == 1
    assert list(Posting.objects.filter(state=State.HANDED)) == [free]


def test_an_empty_file_is_not_written(people: Cast) -> None:
    with pytest.raises(Refusal):
        ask_for_file(by=people.officer)


# ── The mapping ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_missing_is_listed_with_how_many_wait_for_it_and_goes_once_it_is_recorded(people: Cast) -> None:
    cohort = rows.cohort(people.city, organiser=people.bkpsdm)
    version = make.version(organiser=people.bkpsdm)  # without a kind of training
    rows.posting(cohort, people.learner)
    rows.posting(make.cohort(version=version), people.other_learner)
    TypeMapping.objects.all().delete()
    AgencyMapping.objects.all().delete()
    found = mapping_page(people.officer)
    assert [(one.what, one.count) for one in found.missing] == [("agency", 2), ("course", 1), ("type", 1)]
    assert outbox(people.officer).show == "mapping"
    map_agency(people.city, INSTANSI, "Surat", by=people.officer)
    map_type(people.city, rows.kind(), certificate_kind="T", document_ref="881", basis="Daftar", by=people.officer)
    map_course(version.course, training_type=rows.kind(), structural_id="", weight=0, basis="", by=people.officer)
    assert mapping_page(people.officer).missing == []
    assert outbox(people.officer).counts["waiting"] == 2


def test_structural_training_is_not_recorded_without_its_id(people: Cast, client: Client) -> None:
    course = make.version(organiser=people.bkpsdm).course
    client.force_login(people.officer)
    page = client.post(
        f"/office/siasn/courses/{course.code}/", {"training_type": rows.kind("1").pk, "basis": "Surat 7"}
    )
    assert page.status_code == 200
    assert "Diklat struktural memerlukan id" in page.content.decode()
    assert "Surat 7" in page.content.decode()


def test_only_who_works_for_the_whole_government_records_its_id(people: Cast, client: Client) -> None:
    narrow = make.person(agency=people.a, role="officer")
    with pytest.raises(NotYours):
        map_agency(people.city, INSTANSI, "Surat", by=narrow)
    client.force_login(narrow)
    assert client.get(f"/office/siasn/mapping/{people.city.pk}/").status_code == 404


# ── IP-ASN ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def technical(people: Cast, jp: int) -> CourseVersion:
    return make.version(organiser=people.bkpsdm, jp=Decimal(jp), training_type=rows.kind("3"))


def test_the_course_page_says_what_it_would_add_and_that_it_is_an_estimate(people: Cast, client: Client) -> None:
    long, short = technical(people, 24), technical(people, 4)
    client.force_login(people.learner)  # a pelaksana
    assert (
        "IP-ASN: <b>+22,5</b> pada dimensi kompetensi (perkiraan)."
        in client.get(f"/courses/{long.course.code}/").content.decode()
    )
    assert "pelatihan dihitung mulai 20 JP (perkiraan)" in client.get(f"/courses/{short.course.code}/").content.decode()


def test_a_certificate_that_was_revoked_fills_no_column(people: Cast) -> None:
    cohort = make.cohort(version=technical(people, 24))
    paper = rows.certificate(cohort, people.learner, issued_on=date.today())
    assert index_page(people.learner).columns[0].is_had
    Certificate.objects.filter(pk=paper.pk).update(state=Certificate.State.REVOKED, revoked_at=timezone.now())
    assert not index_page(people.learner).columns[0].is_had


def test_the_official_value_is_asked_for_by_a_worker_and_shown_with_its_day(
    people: Cast, connected: SiasnServer, client: Client
) -> None:
    nip = str(people.learner.nip)
    connected.knows(nip)
    value = {
        "kualifikasi": 15,
        "kompetensi": "32.5",
        "kinerja": 25,
        "disiplin": 5,
        "subtotal": 77.5,
        "created_at": "2026-02-10 08:00:00",
    }
    connected.indexes[nip] = value
    client.force_login(people.learner)
    assert "Nilai resmi SIASN" not in client.get("/ip-asn/").content.decode()
    assert connected.calls == []
    client.post("/ip-asn/ask/")
    assert connected.calls == []  # never in the request
    assert read_index(SiasnPerson.objects.get().pk, timezone.now() + timedelta(seconds=1)) is True
    page = client.get("/ip-asn/").content.decode()
    assert "IP-ASN Anda: 77,50" in page
    assert "Sedang. Nilai resmi SIASN per 10 Februari 2026" in page


def test_who_never_asked_is_not_asked_about_and_who_did_is_asked_about_again_after_a_month(
    people: Cast, connected: SiasnServer
) -> None:
    now = timezone.now()
    SiasnPerson.objects.create(person=people.head, orang_id="x")
    ask_for_index(people.learner, now)
    connected.knows(str(people.learner.nip))
    assert [read_due(now + wait) for wait in (timedelta(0), timedelta(days=1), FRESH + timedelta(days=1))] == [1, 0, 1]
    assert connected.asked("nilaiipasn") == 2
    assert not OfficialIndex.objects.exists()


def test_without_a_connection_nobody_is_promised_a_value(people: Cast) -> None:
    with pytest.raises(Refusal):
        ask_for_index(people.learner, timezone.now())


def test_new_points_from_a_day_on_leave_the_old_ones_to_be_read(people: Cast) -> None:
    row = IndexPoint.objects.get(posts="staff", column="technical")
    values = {"points": Decimal(20), "valid_from": date(2027, 1, 1)}
    edit_points(
        row, by=people.admin, months=12, min_jp=Decimal(20), types=["3"], legal_basis="Peraturan baru", **values
    )
    old, new = IndexPoint.objects.filter(posts="staff", column="technical").order_by("valid_from")
    assert (old.points, old.valid_until) == (Decimal("22.5"), date(2026, 12, 31))
    assert (new.points, new.valid_from) == (Decimal(20), date(2027, 1, 1))
    with pytest.raises(NotYours):
        edit_points(row, by=people.officer, points=Decimal(1))
