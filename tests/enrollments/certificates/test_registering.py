"""Certificates of families that LAN registers bear its code: none is drawn without it, and it never changes after."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from pypdf import PdfReader

from accounts.notices.models import Notice
from asn_lms.lib.refusals import NotYours, Refusal
from courses.taxonomy.models import CertificateKind, ProgramFamily
from enrollments.certificates.actions import confirm, issue_certificate, reissue, reserve_certificate
from enrollments.certificates.actions.registering import register_codes
from enrollments.certificates.codes import pasted
from enrollments.certificates.models import Certificate
from enrollments.cohorts.models import Cohort
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)
DAY = date(2026, 11, 16)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def cohort(people: Cast) -> Cohort:
    family, _made = ProgramFamily.objects.update_or_create(
        code="PKP", defaults={"name": "PKP", "is_registered_with_lan": True}
    )
    version = make.version(
        organiser=people.bkpsdm, family=family, certificate_kind=CertificateKind.GRADUATION, title="PKP"
    )
    return make.cohort(version=version)


def paper(cohort: Cohort, **fields: Any) -> Certificate:
    return reserve_certificate(make.enrollment(cohort=cohort, status="completed", **fields), on=DAY)


def confirmed(cohort: Cohort) -> Certificate:
    row = paper(cohort)
    return confirm(row, by=row.enrollment.learner)


def fresh(row: Certificate) -> Certificate:
    return Certificate.objects.get(pk=row.pk)


def test_without_the_code_nothing_is_drawn_and_with_it_it_is_printed(people: Cast, cohort: Cohort) -> None:
    row = confirmed(cohort)
    assert row.lacks_code
    assert not issue_certificate(row.pk, NOW)
    assert not issue_certificate(None, NOW)
    told = Notice.objects.get(kind="certificate.code_missing", person=people.officer)
    assert told.link == f"/office/certificates/cohorts/{cohort.pk}/codes/"
    assert register_codes(cohort, {row.pk: " 00012/PKP/LAN/2026 "}, by=people.officer) == 1
    assert issue_certificate(row.pk, NOW)
    row = fresh(row)
    assert (row.state, row.registration_code) == ("delivered", "00012/PKP/LAN/2026")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(row.file.read())).pages)
    assert "00012/PKP/LAN/2026" in text


def test_the_database_itself_draws_none_without_and_changes_none_that_was_given(people: Cast, cohort: Cohort) -> None:
    row = confirmed(cohort)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=row.pk).update(state="drawn", drawn_at=NOW)
    register_codes(cohort, {row.pk: "A-1"}, by=people.officer)
    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.filter(pk=row.pk).update(registration_code="A-2")
    with pytest.raises(Refusal):
        register_codes(cohort, {row.pk: "A-2"}, by=people.officer)
    plain = make.certificate(make.enrollment(status="completed"))
    with pytest.raises(DatabaseError), transaction.atomic():  # frozen, and of no family that is registered
        Certificate.objects.filter(pk=plain.pk).update(registration_code="A-3")


def test_while_the_name_is_asked_a_code_may_still_be_corrected(people: Cast, cohort: Cohort) -> None:
    row = paper(cohort)
    register_codes(cohort, {row.pk: "A-1"}, by=people.officer)
    assert register_codes(cohort, {row.pk: "A-2"}, by=people.officer) == 1
    assert register_codes(cohort, {row.pk: "A-2"}, by=people.officer) == 0
    confirm(row, by=row.enrollment.learner)
    assert issue_certificate(row.pk, NOW)


def test_a_code_goes_over_to_the_one_that_is_issued_anew(people: Cast, cohort: Cohort) -> None:
    row = confirmed(cohort)
    register_codes(cohort, {row.pk: "A-1"}, by=people.officer)
    issue_certificate(row.pk, NOW)
    assert reissue(fresh(row), reason="Nama keliru.", by=people.officer).registration_code == "A-1"


def test_statements_and_other_families_need_none(people: Cast, cohort: Cohort) -> None:
    statement = reserve_certificate(
        make.enrollment(cohort=cohort, started_at=NOW), on=DAY, kind=CertificateKind.STATEMENT
    )
    assert not statement.needs_registration
    assert not make.certificate(make.enrollment(status="completed")).needs_registration


def test_only_officers_of_the_organiser_enter_codes_and_only_of_that_cohort(people: Cast, cohort: Cohort) -> None:
    row = paper(cohort)
    for person in (people.head, people.trainer, row.enrollment.learner):
        with pytest.raises(NotYours):
            register_codes(cohort, {row.pk: "A-1"}, by=person)
    other = make.cohort(version=cohort.version)
    with pytest.raises(Refusal):
        register_codes(other, {row.pk: "A-1"}, by=people.officer)
    assert fresh(row).registration_code == ""


@pytest.mark.parametrize(
    "line",
    [
        "199001012015031001\tA 1/LAN",
        "19900101 201503 1 001\tA 1/LAN",
        "199001012015031001; A 1/LAN",
        "'199001012015031001,A 1/LAN",
        "199001012015031001 A 1/LAN",
    ],
)
def test_a_list_is_read_as_people_paste_it(line: str) -> None:
    assert pasted(f"NIP\tKode\n\n{line}\n") == [("199001012015031001", "A 1/LAN")]


def test_the_page_takes_fields_a_pasted_list_and_a_file_and_loses_nothing_when_a_line_is_wrong(
    people: Cast, cohort: Cohort, client: Client
) -> None:
    rows = [paper(cohort) for _ in range(3)]
    nips = [row.enrollment.learner.nip for row in rows]
    client.force_login(people.officer)
    path = f"/office/certificates/cohorts/{cohort.pk}/codes/"
    wrong = {f"code-{rows[0].pk}": "A-1", "text": f"{nips[1]}\tA-2\n199901012020011001\tA-9\n{nips[2]}"}
    said = client.post(path, wrong).content.decode()
    assert "199901012020011001: tidak ada peserta" in said
    assert f"{nips[2]}: kodenya belum ada" in said
    assert 'value="A-1"' in said
    assert "A-9" in said
    assert not Certificate.objects.exclude(registration_code="").exists()
    file = SimpleUploadedFile("kode.csv", f"nip;kode\n{nips[2]};A-3\n".encode())
    right = {f"code-{rows[0].pk}": "A-1", "text": f"{nips[1]}\tA-2", "file": file}
    assert client.post(path, right).status_code == 302
    assert [fresh(row).registration_code for row in rows] == ["A-1", "A-2", "A-3"]
