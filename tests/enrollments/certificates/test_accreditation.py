"""No organiser gives an STTP without an accreditation for the family that is valid on the day (domain reference §2.7)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.notices.models import Notice
from courses.publishing.queries import accreditation_problems
from courses.structure.models import CourseVersion
from courses.taxonomy.actions import end_accreditation, record_accreditation
from courses.taxonomy.models import Accreditation, CertificateKind, ProgramFamily
from enrollments.certificates.actions import certify_completion, certify_withheld
from enrollments.certificates.models import Certificate
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)


@pytest.fixture
def people() -> Cast:
    return cast()


def family(code: str = "PKP") -> ProgramFamily:
    return ProgramFamily.objects.get_or_create(code=code, defaults={"name": code})[0]


def accredited(people: Cast, **days: Any) -> Accreditation:
    values = {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 31), **days}
    return record_accreditation(
        people.bkpsdm, family(), body="LAN", decree="12/K.1/2025", grade="A", by=people.admin, **values
    )


def sttp(people: Cast) -> CourseVersion:
    return make.version(organiser=people.bkpsdm, certificate_kind=CertificateKind.GRADUATION, family=family())


def completed(people: Cast, version: CourseVersion) -> Enrollment:
    return make.enrollment(
        learner=people.learner,
        cohort=make.cohort(version=version),
        status=Enrollment.Status.COMPLETED,
        completed_at=NOW,
    )


def test_with_a_valid_accreditation_the_sttp_is_numbered(people: Cast) -> None:
    accredited(people)
    certificate = certify_completion(completed(people, sttp(people)), on=DAY)
    assert certificate is not None
    assert certificate.kind == CertificateKind.GRADUATION


@pytest.mark.parametrize(
    "days",
    [
        {"valid_from": date(2025, 1, 1), "valid_until": date(2026, 11, 15)},
        {"valid_from": date(2026, 11, 17), "valid_until": date(2027, 1, 1)},
    ],
)
def test_over_or_not_begun_it_is_withheld_and_the_officers_are_told_once(people: Cast, days: dict[str, date]) -> None:
    accredited(people, **days)
    version = sttp(people)
    for _ in range(2):
        place = make.enrollment(
            cohort=make.cohort(version=version), status=Enrollment.Status.COMPLETED, completed_at=NOW
        )
        assert certify_completion(place, on=DAY) is None
    assert not Certificate.objects.exists()
    assert Notice.objects.filter(kind="certificate.withheld", person=people.officer).count() == 1


def test_what_was_withheld_is_numbered_once_the_accreditation_is_recorded(people: Cast) -> None:
    place = completed(people, sttp(people))
    assert certify_completion(place, on=DAY) is None
    assert certify_withheld(NOW) == 0
    accredited(people)
    assert certify_withheld(NOW) == 1
    assert certify_withheld(NOW) == 0
    assert Certificate.objects.get().issued_on == DAY


def test_another_familys_accreditation_and_another_organisers_do_not_count(people: Cast) -> None:
    row = accredited(people)
    Accreditation.objects.filter(pk=row.pk).update(family=family("PKA"))
    assert certify_completion(completed(people, sttp(people)), on=DAY) is None
    Accreditation.objects.filter(pk=row.pk).update(family=family(), organiser=people.city)
    assert certify_completion(completed(people, sttp(people)), on=DAY) is None


def test_publishing_an_sttp_course_names_what_is_missing(people: Cast) -> None:
    version = sttp(people)
    assert [problem.field for problem in accreditation_problems(version)] == ["certificate_kind"]
    version.family = None
    assert [problem.field for problem in accreditation_problems(version)] == ["family"]


def test_an_accreditation_that_is_ended_counts_to_its_last_day(people: Cast) -> None:
    row = accredited(people)
    end_accreditation(row, on=date(2026, 11, 15), by=people.admin)
    assert certify_completion(completed(people, sttp(people)), on=DAY) is None
    assert certify_completion(completed(people, sttp(people)), on=date(2026, 11, 15)) is not None


def test_a_certificate_needs_none(people: Cast) -> None:
    assert certify_completion(completed(people, make.version(organiser=people.bkpsdm)), on=DAY) is not None
