"""A certificate is taken back with its reason, alone or with the JP that were not earned."""

from datetime import date
from decimal import Decimal

import pytest

from enrollments.certificates.actions import reissue, revoke
from enrollments.certificates.models import Certificate
from enrollments.credits.actions import credit_completion
from enrollments.credits.queries import year_of_credit
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 16)


@pytest.fixture
def people() -> Cast:
    return cast()


def earned(people: Cast) -> Certificate:
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm, jp=Decimal(2)))
    place = make.enrollment(learner=people.learner, cohort=cohort, status=Enrollment.Status.COMPLETED)
    credit_completion(place, on=DAY)
    certificate: Certificate = make.certificate(place, on=DAY)
    return certificate


def jp_of(people: Cast) -> Decimal:
    return year_of_credit(people.learner, 2026).earned


def test_revoked_for_a_mistake_of_ours_the_jp_stay(people: Cast) -> None:
    revoke(earned(people), reason="Terbit dua kali.", by=people.officer)
    assert jp_of(people) == 2


def test_revoked_because_it_was_not_earned_the_jp_go_with_it(people: Cast) -> None:
    revoke(earned(people), reason="Tidak hadir.", takes_jp=True, by=people.officer)
    assert jp_of(people) == 0


def test_issued_anew_it_counts_once(people: Cast) -> None:
    reissue(earned(people), reason="Gelar salah.", by=people.officer)
    assert jp_of(people) == 2
