"""What the database refuses, whoever writes: books that do not balance, changed rows, a closed year that moves."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from accounts.people.models import User
from courses.taxonomy.models import LearningPath
from enrollments.credits.actions import close_year, credit_completion, credit_outside
from enrollments.credits.ledger import Account, Booking, Move, write
from enrollments.credits.models import ClosedYear, Credit, CreditDay, LedgerEntry, LedgerPosting
from enrollments.credits.queries import year_of_credit
from enrollments.credits.recount import faults, recount
from tests import make

D = Decimal
DAY = date(2025, 3, 12)


def entry(credit: Credit, **fields: Any) -> LedgerEntry:
    values = {"kind": "correction", "key": "x", "book": credit.agency, "about": credit, "reason": "Salah hitung"}
    return LedgerEntry.objects.create(**(values | fields))


def posting(of: LedgerEntry, account: str, **fields: Any) -> LedgerPosting:
    values = {
        "entry": of,
        "account": account,
        "learner": of.about.learner if of.about else None,
        "year": 2025,
        "on": DAY,
    }
    return LedgerPosting.objects.create(**(values | fields))


@pytest.fixture
def credit() -> Credit:
    return make.credit(make.person(), 4, on=DAY)


def refused(what: str, act: Callable[[], Any]) -> None:
    def to_the_end() -> None:
        act()
        with connection.cursor() as cursor:  # what is deferred is looked at now, as it would be at the end
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match=what), transaction.atomic():
        to_the_end()


@pytest.mark.django_db
def test_an_entry_whose_debits_and_credits_differ_is_refused(credit: Credit) -> None:
    def half() -> None:
        posting(entry(credit), "counted", credit=D(1))

    def crooked() -> None:
        of = entry(credit)
        posting(of, "counted", credit=D("1.00"))
        posting(of, "activity", debit=D("0.99"))

    def added_later() -> None:
        posting(credit.entries.get(), "counted", credit=D(1))

    for act in (half, crooked, added_later):
        refused("debits and credits", act)
    refused("moves nothing", lambda: entry(credit))


@pytest.mark.django_db
def test_no_row_of_the_books_is_ever_changed_or_deleted(credit: Credit) -> None:
    close_year(credit.agency, 2025, by=None)
    rows: list[type[Model]] = [Credit, CreditDay, LedgerEntry, LedgerPosting, ClosedYear]
    for model in rows:
        table, pk = model._meta.db_table, model._default_manager.first().pk  # type: ignore[union-attr]
        for sql in (f"UPDATE {table} SET id = id WHERE id = {pk}", f"DELETE FROM {table} WHERE id = {pk}"):
            refused("Cannot update or delete", lambda sql=sql: connection.cursor().execute(sql))  # type: ignore[misc]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("posting_is_a_debit_or_a_credit", {"credit": D(0)}),
        ("posting_is_a_debit_or_a_credit", {"credit": D(1), "debit": D(1)}),
        ("posting_is_a_debit_or_a_credit", {"credit": D(-1)}),
        ("posting_lies_in_its_year", {"credit": D(1), "year": 2024}),
    ],
)
def test_a_posting_is_one_amount_on_one_side_in_one_year(credit: Credit, what: str, fields: dict[str, Any]) -> None:
    refused(what, lambda: posting(entry(credit), "counted", **fields))


@pytest.mark.django_db
def test_a_credit_is_as_much_as_its_days_and_is_of_one_thing(credit: Credit) -> None:
    refused("do not add up", lambda: CreditDay.objects.create(credit=credit, on=date(2025, 3, 13), gross_jp=1, jp=1))
    values = {"learner": credit.learner, "agency": credit.agency, "quantity": 1, "gross_jp": 1, "on": DAY, "year": 2025}
    refused("credit_is_of_a_place_or", lambda: Credit.objects.create(**values, jp=1))
    refused("credit_counts_what_was_done", lambda: Credit.objects.create(**values, jp=2, reference="r", title="T"))
    refused("correction_has_its_reason", lambda: entry(credit, reason=""))
    refused("entry_is_about_a_credit", lambda: entry(credit, about=None))
    refused("unique", lambda: entry(credit, key=credit.entries.get().key))


@pytest.mark.django_db
def test_a_closed_year_takes_nothing_by_whatever_door(credit: Credit) -> None:
    close_year(credit.agency, 2025, by=None)
    assert year_of_credit(credit.learner, 2025).earned == 4

    def post() -> None:
        new = LedgerEntry(kind="correction", key="late", book=credit.agency, about=credit, reason="Terlambat")
        write([Booking(new, credit.learner_id, DAY, (Move(Account.ACTIVITY, Account.COUNTED, D(1)),))])

    refused("the year 2025 is closed", post)
    assert (faults(), list(recount())) == ([], [])


def e_learning(learner: User, number: int, on: date = DAY) -> Any:
    path = LearningPath.objects.get(code="NKL03")
    place = make.enrollment(
        learner=learner, cohort=make.cohort(version=make.version(path=path, jp=2, title=f"Kursus {number}")), status="completed"
    )  # fmt: skip
    return lambda: credit_completion(place, on=on)


def at_once(acts: list[Callable[[], Any]]) -> None:
    gate = Barrier(len(acts))

    def go(act: Callable[[], Any]) -> None:
        try:
            with transaction.atomic():
                gate.wait(20)
                act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(go, acts))


@pytest.mark.django_db(transaction=True)
def test_two_courses_completed_at_once_do_not_both_take_the_room_of_the_day() -> None:
    learner = make.person()
    at_once([e_learning(learner, number) for number in range(6)])
    assert year_of_credit(learner, 2025).earned == 3
    assert sorted(Credit.objects.values_list("jp", flat=True)) == [0, 0, 0, 0, 1, 2]
    assert (faults(), list(recount())) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_the_same_claim_confirmed_twice_at_once_is_credited_once() -> None:
    learner, path = make.person(), LearningPath.objects.get(code="KL06")

    def claim() -> Credit:
        return credit_outside(
            learner, reference="klaim 7", title="Seminar", path=path, scope="national", quantity=D(1), dates=[DAY]
        )

    at_once([claim] * 4)
    assert Credit.objects.get().jp == 4
    assert year_of_credit(learner, 2025).earned == 4


@pytest.mark.django_db(transaction=True)
def test_who_closes_a_year_waits_for_who_still_posts_and_misses_nothing() -> None:
    learner = make.person()
    assert learner.agency
    complete, book = e_learning(learner, 1), learner.agency
    posted, closing = Event(), Event()

    def post() -> None:
        try:
            with transaction.atomic():
                complete()
                posted.set()
                assert closing.wait(20)
                with connection.cursor() as cursor:  # until the other one waits for us
                    while True:
                        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                        if cursor.fetchone()[0]:
                            break
        finally:
            connection.close()

    def close() -> None:
        try:
            assert posted.wait(20)
            closing.set()
            close_year(book, 2025, by=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(post), pool.submit(close)]:
            done.result()
    assert ClosedYear.objects.get().jp == 2
    assert LedgerPosting.objects.filter(account="closed").balance() == 2
    assert faults() == []
