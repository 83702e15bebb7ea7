"""A unit's certificates in one file: whole, named safely, only within the grant, with little memory."""

import io
import tracemalloc
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.audit.models import AuditEntry
from accounts.jobs.actions import cancel_job, claim_job, retry_job, sweep_jobs, tidy_jobs
from accounts.jobs.models import Job
from accounts.notices.models import Notice
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.archives.actions import ask_for_archive
from enrollments.archives.archive import INDEX, write_archive
from enrollments.archives.queries import ALL, REVOKED, Wanted
from enrollments.archives.rules import ISSUED
from enrollments.archives.tasks import pack
from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.cohorts.models import Cohort
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 " + b"x" * 2000


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def people() -> Cast:
    return cast()


def paper(person: User, cohort: Cohort, number: str = "", *, pdf: bytes = PDF, **fields: Any) -> Certificate:
    """A certificate that stands, without the seconds that a real drawing takes."""
    series, _made = CertificateSeries.objects.get_or_create(
        organiser=cohort.organiser, year=2026, kind="sertifikat", defaults={"template": f"T{cohort.pk}/{{urut}}"}
    )
    series.last += 1
    series.save()
    values = {
        "state": "delivered",
        "year": 2026,
        "name": person.full_name,
        "nip": person.nip or "",
        "course_title": "Pelatihan",
        "jp": Decimal("2.5"),
        **fields,
    }
    row = Certificate(
        enrollment=make.enrollment(learner=person, cohort=cohort, status="completed"),
        series=series,
        sequence=series.last,
        number=number or f"B.{series.last}/{series.pk}/2026",
        issued_on=date(2026, 3, 2),
        frozen_at=timezone.now(),
        drawn_at=timezone.now(),
        confirm_until=timezone.now(),
        **values,
    )
    row.file.save("paper.pdf", ContentFile(pdf), save=False)
    row.save()
    return row


def packed(job: Job) -> zipfile.ZipFile:
    found = claim_job(job.pk)
    assert found is not None
    write_archive(found)
    job.refresh_from_db()
    assert job.state == "done", job.error
    return zipfile.ZipFile(io.BytesIO(job.file.read()))


def index(archive: zipfile.ZipFile) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(archive.read(INDEX))).get_sheet_by_index(0).to_python()


def test_a_head_gets_the_papers_of_the_people_of_the_unit_and_nobody_elses(people: Cast) -> None:
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    mine, _other = paper(people.learner, cohort), paper(people.other_learner, cohort)
    archive = packed(ask_for_archive(Wanted(people.a.pk), by=people.head))
    names = archive.namelist()
    assert names == [
        f"dinas-a/{mine.nip}_rina-peserta_{mine.number.replace('.', '').replace('/', '-').lower()}.pdf",
        INDEX,
    ]
    assert archive.read(names[0]) == PDF
    assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
    assert archive.testzip() is None
    with pytest.raises(NotYours):
        ask_for_archive(Wanted(people.b.pk), by=people.head)
    with pytest.raises(NotYours):
        ask_for_archive(Wanted(people.a.pk, whose=ISSUED), by=people.head)
    with pytest.raises(NotYours):
        ask_for_archive(Wanted(people.a.pk), by=people.learner)


def test_who_loses_the_grant_before_the_worker_comes_gets_nothing(people: Cast) -> None:
    paper(people.learner, make.cohort(version=make.version(organiser=people.bkpsdm)))
    job = ask_for_archive(Wanted(people.a.pk), by=people.head)
    RoleGrant.objects.filter(person=people.head).update(until_on=date(2021, 1, 1))
    pack(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file.name) == ("failed", "")


def test_an_officer_gets_what_the_unit_issued_by_cohort_year_kind_and_state(people: Cast) -> None:
    version = make.version(organiser=people.bkpsdm)
    first, second = make.cohort(version=version), make.cohort(version=version)
    one, two = paper(people.learner, first), paper(people.other_learner, second)
    gone = paper(make.person(agency=people.a), first, state="revoked", revoked_at=timezone.now())
    paper(people.learner, make.cohort())  # another government's

    def numbers(**wanted: Any) -> set[Any]:
        job = ask_for_archive(Wanted(people.bkpsdm.pk, whose=ISSUED, **wanted), by=people.officer)
        return {line[7] for line in index(packed(job))[1:]}

    assert numbers() == {one.number, two.number}
    assert numbers(cohort=first.pk) == {one.number}
    assert numbers(cohort=first.pk, state=ALL) == {one.number, gone.number}
    assert numbers(state=REVOKED) == {gone.number}
    assert numbers(course=version.course_id, year=2026, kind="sertifikat") == {one.number, two.number}
    for nothing in ({"year": 2025}, {"kind": "sttp"}):
        with pytest.raises(Refusal, match="Tidak ada"):
            numbers(**nothing)


def test_no_name_leads_out_of_the_archive_and_none_stands_twice(people: Cast) -> None:
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    evil: dict[str, Any] = {"name": "../../etc/passwd\x1b", "nip": "../1"}
    paper(people.learner, cohort, "A/1", **evil)
    paper(make.person(agency=people.a), cohort, "A-1", **evil)
    paper(make.person(agency=people.a), cohort, "=cmd|'/c calc'!A1", name="=1+1", nip="199001012015031001")
    archive = packed(ask_for_archive(Wanted(people.a.pk), by=people.head))
    names = archive.namelist()
    assert len({name.lower() for name in names}) == len(names) == 4
    assert not [name for name in names if ".." in name or name.startswith("/") or "\\" in name]
    line = index(archive)[3]
    # Text cells, the long number too: calamine would give a number, or a formula's result, as another type.
    assert (line[1], line[2], line[7]) == ("199001012015031001", "=1+1", "=cmd|'/c calc'!A1")
    with zipfile.ZipFile(io.BytesIO(archive.read(INDEX))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_lost_paper_is_named_in_the_sheet_and_keeps_back_no_other(people: Cast) -> None:
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    lost = paper(people.learner, cohort)
    paper(make.person(agency=people.a), cohort)
    default_storage.delete(lost.file.name or "")
    job = ask_for_archive(Wanted(people.a.pk), by=people.head)
    archive = packed(job)
    assert len(archive.namelist()) == 2
    assert job.result == {"count": 1, "missing": 1}
    assert "tidak ada" in index(archive)[1][0]


def test_a_worker_that_died_is_followed_by_another_and_the_person_is_told_once(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    for _ in range(5):
        paper(make.person(agency=people.a), cohort)
    job = ask_for_archive(Wanted(people.a.pk), by=people.head)
    died = claim_job(job.pk)
    assert died is not None
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())
    assert sweep_jobs() == 1
    assert len(packed(job).namelist()) == 6
    pack(job.pk)  # its message comes once more
    told = Notice.objects.get(kind="archive.ready")
    assert (told.person, told.link) == (people.head, job.get_absolute_url())


def test_stopped_it_writes_no_file_and_failed_it_may_be_tried_again(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enrollments.archives.archive.SAID_EACH", 1)
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    paper(people.learner, cohort)
    stopped = ask_for_archive(Wanted(people.a.pk), by=people.head)
    cancel_job(stopped, by=people.head)
    pack(stopped.pk)
    stopped.refresh_from_db()
    assert (stopped.state, stopped.file.name) == ("cancelled", "")
    failed = ask_for_archive(Wanted(people.a.pk), by=people.head)
    Job.objects.filter(pk=failed.pk).update(state="failed", finished_at=timezone.now())
    retry_job(failed, by=people.head)
    assert len(packed(failed).namelist()) == 2


def test_the_file_is_its_owners_alone_and_goes_after_a_week(people: Cast, client: Client) -> None:
    paper(people.learner, make.cohort(version=make.version(organiser=people.bkpsdm)))
    job = ask_for_archive(Wanted(people.a.pk), by=people.head)
    packed(job)
    path = f"/jobs/{job.uid}/file/"
    client.force_login(people.officer)
    assert client.get(path).status_code == 404
    client.force_login(people.head)
    assert b"".join(client.get(path)).startswith(b"PK")
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=8))
    tidy_jobs()
    assert client.get(path).status_code == 404


def test_memory_does_not_grow_with_the_papers(people: Cast) -> None:
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    for _ in range(60):
        paper(make.person(agency=people.a), cohort, pdf=PDF * 50)  # 6 MB in all
    job = claim_job(ask_for_archive(Wanted(people.a.pk), by=people.head).pk)
    assert job is not None
    tracemalloc.start()
    write_archive(job)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * 1024 * 1024
    assert job.file.size > 5 * 1024 * 1024


def test_too_many_are_refused_with_a_way_on(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enrollments.archives.actions.MOST", 1)
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    paper(people.learner, cohort)
    paper(make.person(agency=people.a), cohort)
    with pytest.raises(Refusal, match="Pilih tahun"):
        ask_for_archive(Wanted(people.a.pk), by=people.head)


def test_the_page_asks_shows_the_way_and_writes_the_audit(people: Cast, client: Client) -> None:
    paper(people.learner, cohort := make.cohort(version=make.version(organiser=people.bkpsdm)))
    client.force_login(people.head)
    said = client.get("/office/certificates/archive/").content.decode()
    assert "Yang diterbitkan unit" not in said  # a head issues nothing
    assert "Dinas B" not in said
    answer = client.post("/office/certificates/archive/", {"agency": people.a.pk, "state": "ready"})
    assert answer["Location"] == "/office/certificates/archive/#berkas"
    entry = AuditEntry.objects.get(action="certificate.archived")
    assert (entry.actor, entry.details["count"]) == (people.head, 1)
    client.force_login(people.officer)
    path = f"/office/certificates/archive/?cohort={cohort.pk}"
    assert str(cohort) in client.get(path).content.decode()
    assert client.post(path, {"state": "ready"}).status_code == 302
    assert client.post(path, {"state": "revoked"}).status_code == 200
    client.force_login(people.head)
    assert client.get(path).status_code == 404
