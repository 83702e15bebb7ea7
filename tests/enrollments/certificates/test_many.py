"""Many certificates at once get the numbers that they would have got one by one."""

from datetime import date

import pytest

from enrollments.certificates.actions import reserve_certificate, reserve_certificates
from enrollments.enrolling.models import Enrollment
from tests import make

pytestmark = pytest.mark.django_db


def test_many_at_once_go_on_where_the_series_stands_without_gap() -> None:
    cohort = make.cohort()
    places = [make.enrollment(cohort=cohort, status=Enrollment.Status.COMPLETED) for _number in range(4)]
    first = reserve_certificate(places[0], on=date(2026, 3, 2))
    many = reserve_certificates([(place, date(2026, 3, 3)) for place in places[1:3]])
    last = reserve_certificate(places[3], on=date(2026, 3, 4))
    assert [row.sequence for row in (first, *many, last)] == [1, 2, 3, 4]
    assert len({row.number for row in (first, *many, last)}) == 4
