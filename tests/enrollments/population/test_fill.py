"""An invented population is exact in number, lawful in every table, and the same for the same seed."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DataError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.agencies.models import Agency
from accounts.people.models import PersonNumber, Placement, User
from accounts.people.nip import parse_nip
from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.credits.models import Credit, LedgerPosting
from enrollments.enrolling.models import Enrollment
from enrollments.management.population import copying
from enrollments.management.population.people import nip
from enrollments.management.population.tree import shares
from enrollments.progress.models import LessonProgress

PEOPLE, PLACES = 301, 1100


def fill(**options: Any) -> dict[str, Any]:
    out = StringIO()
    values = {"people": PEOPLE, "enrollments": PLACES, "until": date(2026, 11, 30), **options}
    call_command("fill", "--json", stdout=out, **values)
    return dict(json.loads(out.getvalue()))


def answer(command: str) -> dict[str, Any]:
    out = StringIO()
    call_command(command, "--json", stdout=out)
    return dict(json.loads(out.getvalue()))


def guards() -> set[str]:
    """Indexes, keys and triggers of the whole database, as PostgreSQL writes them; of a condition it writes the same in two ways."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT split_part(indexdef, ' WHERE ', 1) FROM pg_indexes WHERE schemaname = 'public'
               UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) || convalidated::text FROM pg_constraint
               UNION ALL SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"""
        )
        return {row for (row,) in cursor.fetchall()}


@pytest.mark.django_db
def test_it_is_as_large_as_asked_and_every_book_agrees() -> None:
    before = guards()
    told = fill()
    assert guards() == before
    assert (told["user"], told["enrollment"]) == (User.objects.count(), Enrollment.objects.count()) == (PEOPLE, PLACES)
    assert PersonNumber.objects.count() == PEOPLE
    assert Placement.objects.filter(until_on=None).count() == PEOPLE
    assert all(not problems for problems in Agency.objects.find_problems())
    completed = Enrollment.objects.filter(status="completed")
    assert 0.4 * PLACES < completed.count() == Credit.objects.count() == Certificate.objects.count()
    assert LessonProgress.objects.count() > 2 * PLACES
    assert LedgerPosting.objects.filter(account="capped").exists()
    assert answer("check_tallies")["ok"]
    assert answer("check_ledger")["ok"]


@pytest.mark.django_db
def test_small_batches_written_while_the_next_are_made_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "LINES_AT_ONCE", 7)
    told = fill()
    assert (told["user"], told["enrollment"]) == (User.objects.count(), Enrollment.objects.count()) == (PEOPLE, PLACES)
    assert answer("check_tallies")["ok"]
    assert answer("check_ledger")["ok"]


@pytest.mark.django_db
def test_a_batch_that_the_database_refuses_is_told_with_the_next_statement() -> None:
    def write() -> None:
        with transaction.atomic(), copying.beside():
            rows = copying.Table(Enrollment, "learner_id", at=timezone.now())
            rows.add("no number")
            rows.close()

    with pytest.raises(DataError, match="invalid input syntax"):
        write()


@pytest.mark.django_db
def test_numbers_are_valid_and_series_have_no_gap() -> None:
    fill()
    for person in User.objects.all():
        read = parse_nip(str(person.nip), person.employment, today=date(2026, 11, 30))
        assert (read.birth_on, read.sex) == (person.birth_on, person.sex)
    for series in CertificateSeries.objects.annotate(highest=Max("certificates__sequence")):
        assert series.highest == series.last == series.certificates.count()


@pytest.mark.django_db
def test_everything_that_happened_lies_in_the_past() -> None:
    fill()
    last = date(2026, 11, 30)
    assert not Enrollment.objects.filter(completed_at__date__gt=last).exists()
    assert not Credit.objects.filter(on__gt=last).exists()
    assert not Enrollment.objects.filter(enrolled_at__date__gt=last, status="completed").exists()


@pytest.mark.django_db
def test_where_somebody_is_already_nobody_is_invented() -> None:
    fill()
    with pytest.raises(SystemExit) as end:
        fill()
    assert end.value.code == 1
    assert User.objects.count() == PEOPLE


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_people_and_another_one_others() -> None:
    def made(seed: int) -> list[Any]:
        with transaction.atomic():
            fill(people=60, enrollments=100, seed=seed)
            rows = Enrollment.objects.order_by("learner__nip", "cohort__course__code", "cohort__starts_on")
            found = list(
                rows.values_list("learner__nip", "learner__name", "agency__path", "enrolled_at", "completed_at")
            )
            transaction.set_rollback(True)
        return found

    assert made(1) == made(1) != made(2)


@given(people=st.integers(1, 10_000), parts=st.integers(1, 900))
def test_shares_add_up_and_nobody_gets_none(people: int, parts: int) -> None:
    if parts > people:
        return
    found = shares(people, parts, 0.83)
    assert (len(found), sum(found)) == (parts, people)
    assert min(found) >= 1
    assert found == sorted(found, reverse=True)


def test_no_number_is_given_twice() -> None:
    """Those that could meet lie 9,000 apart: the same day of birth."""
    numbers = range(17, 6_500_000, 9_000)
    for is_pppk in (False, True):
        assert len({nip(number, is_pppk=is_pppk)[0] for number in numbers}) == len(numbers)
