"""The number is promised with the completion: no gap, no double, one live certificate per place."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.audit.models import AuditEntry
from enrollments.certificates.actions import reserve_certificate
from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.enrolling.models import Enrollment
from tests import make

NOVEMBER = date(2026, 11, 16)


def completed(**cohort: Any) -> Enrollment:
    return make.enrollment(cohort=make.cohort(**cohort), status=Enrollment.Status.COMPLETED)


@pytest.mark.django_db
def test_a_number_is_written_with_unit_roman_month_and_year() -> None:
    organiser = make.agency("Badan Kepegawaian", short_name="BKPSDM")
    assert reserve_certificate(completed(organiser=organiser), on=NOVEMBER).number == "B.0001/BKPSDM/800.2/XI/2026"


@pytest.mark.django_db
def test_numbers_follow_each_other_and_begin_again_with_the_year() -> None:
    organiser = make.agency(short_name="BKPSDM")
    days = [date(2026, 3, 3), date(2026, 12, 31), date(2027, 1, 1)]
    numbers = [reserve_certificate(completed(organiser=organiser), on=day).number for day in days]
    assert numbers == ["B.0001/BKPSDM/800.2/III/2026", "B.0002/BKPSDM/800.2/XII/2026", "B.0001/BKPSDM/800.2/I/2027"]


@pytest.mark.django_db
def test_two_organisers_of_the_same_name_never_share_a_number() -> None:
    units = [make.agency(short_name="Sekretariat", code=f"5.03.{n}") for n in (1, 2)]
    numbers = [reserve_certificate(completed(organiser=unit), on=NOVEMBER).number for unit in units]
    assert numbers == ["B.0001/SEKRETARIAT/800.2/XI/2026", "B.0001/5.03.2/800.2/XI/2026"]


@pytest.mark.django_db
def test_asked_again_a_completed_place_answers_with_the_number_it_has() -> None:
    enrollment = completed()
    first = reserve_certificate(enrollment, on=NOVEMBER)
    assert reserve_certificate(enrollment, on=date(2026, 12, 1)) == first
    assert CertificateSeries.objects.get().last == 1
    assert AuditEntry.objects.filter(action="certificate.numbered").count() == 1


@pytest.mark.django_db
def test_a_completion_that_is_taken_back_takes_its_number_back() -> None:
    organiser = make.agency(short_name="BKPSDM")
    with transaction.atomic():
        reserve_certificate(completed(organiser=organiser), on=NOVEMBER)
        transaction.set_rollback(True)
    assert reserve_certificate(completed(organiser=organiser), on=NOVEMBER).sequence == 1


@pytest.mark.django_db
def test_a_unit_with_braces_in_its_name_is_printed_as_it_is() -> None:
    organiser = make.agency(short_name="UPT {seq}")
    assert reserve_certificate(completed(organiser=organiser), on=NOVEMBER).number == "B.0001/UPT{SEQ}/800.2/XI/2026"


@pytest.mark.django_db(transaction=True)
def test_twenty_who_finish_at_once_get_twenty_numbers_in_a_row() -> None:
    cohort = make.cohort()
    places = [make.enrollment(cohort=cohort, status=Enrollment.Status.COMPLETED) for _ in range(20)]
    start = threading.Barrier(10)

    def finish(mine: list[Enrollment]) -> None:
        start.wait()
        for place in mine:
            reserve_certificate(place, on=NOVEMBER)
        connection.close()

    threads = [threading.Thread(target=finish, args=(places[n::10],)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Certificate.objects.values_list("sequence", flat=True)) == list(range(1, 21))
