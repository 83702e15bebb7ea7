"""What a credential says: all that is printed but the birth, no full number, the same each time; and who has none."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.people.models import User
from accounts.roles.models import RoleGrant
from enrollments.badges.actions import give_badges
from enrollments.badges.queries import address, signed_credential
from enrollments.certificates.actions import reserve_certificate
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.enrollments.badges.issued import credential_of, drawn, issued, organiser, take_back

pytestmark = pytest.mark.django_db


def test_it_says_what_the_paper_says() -> None:
    row = issued()
    said = credential_of(row)
    subject = said["credentialSubject"]
    assert said["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert said["id"] == address("verify-credential", row.public_id)
    assert said["evidence"][0]["id"] == address("verify", row.public_id)
    assert said["validFrom"] == "2026-11-16T00:00:00+07:00"
    assert said["asn:issuedOn"] == "2026-11-16"
    assert said["issuer"]["name"] == "Badan Kepegawaian dan Pengembangan SDM"
    assert said["issuer"]["parentOrg"]["name"] == "Pemerintah Kota Medan"
    assert subject["identifier"][0]["identityHash"] == row.name
    assert subject["licenseNumber"] == row.number
    assert subject["achievement"]["name"] == row.course_title
    assert subject["achievement"]["inLanguage"] == "id"
    assert subject["creditsEarned"] == subject["achievement"]["creditsAvailable"] == 12.5
    assert row.predicate in json.dumps(subject["result"])
    names = {one["id"]: one["name"] for one in subject["achievement"]["resultDescription"]}
    values = {names[one["resultDescription"]]: one["value"] for one in subject["result"]}
    assert values["Jam pelajaran (JP, 45 menit)"] == "12.5"
    assert values["Nilai akhir (0–100)"] == "87.00"
    assert {one["title"] for one in row.subjects} <= values.keys()


def test_it_says_no_full_number_no_birth_and_no_address() -> None:
    learner = make.person("Rina Hasibuan", birth_place="Tebing Tinggi", birth_on=date(1990, 1, 31))
    by = organiser()
    make.person("Sri Lubis", title_before="Dra.", nip="197002021995032004", agency=by, role=RoleGrant.Role.HEAD)
    row = issued(by, learner)
    text = json.dumps(credential_of(row), ensure_ascii=False)
    assert "Dra. Sri Lubis" in text
    assert learner.nip
    for secret in (learner.nip, "197002021995032004", "Tebing Tinggi", "1990-01-31", "19900131", learner.email):
        assert secret not in text
    assert f"• {learner.nip[-3:]}" in text
    assert "• 004" in text


def test_the_same_certificate_is_the_same_credential_even_when_the_person_changes() -> None:
    row = issued()
    before = credential_of(row)
    User.objects.filter(pk=row.enrollment.learner_id).update(name="Nama Lain", post="Jabatan Lain")
    assert credential_of(row) == before


def test_an_example_says_that_it_certifies_nothing() -> None:
    real, example = issued(), issued(learner=make.person("Rina Contoh", is_demo=True))
    assert "asn:isExample" not in credential_of(real)
    said = credential_of(example)
    assert said["asn:isExample"] is True
    assert said["name"].startswith("CONTOH · TIDAK SAH · DEMO")
    assert "tidak berlaku" in said["description"]


def test_a_certificate_that_is_not_issued_has_none() -> None:
    by = organiser()
    cohort = make.cohort(version=make.version(organiser=by, jp=Decimal(2)))
    place = make.enrollment(cohort=cohort, status=Enrollment.Status.COMPLETED)
    row = reserve_certificate(place, on=date(2026, 11, 16))
    assert give_badges() == 0
    assert signed_credential(row.public_id) is None


def test_a_certificate_taken_back_has_none_any_more() -> None:
    row = issued()
    take_back(row)
    assert signed_credential(row.public_id) is None


def test_one_drawn_before_there_were_badges_has_one_after_the_sweep() -> None:
    row = drawn()
    assert signed_credential(row.public_id) is None
    assert give_badges() == 1
    assert signed_credential(row.public_id)
    assert give_badges() == 0


def test_nothing_of_it_lies_in_the_future() -> None:
    created = credential_of(issued())["proof"]["created"]
    assert created <= f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}" or created.startswith("2026-11-16")
