"""The short form of `make drill-chaos`, and that who checks it would see each broken promise."""

import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from accounts.absences.actions import record_absence
from accounts.people.actions import Service, transfer
from asn_lms.embedded import ROOT
from enrollments.attempts.actions import take_input
from enrollments.enrolling.actions import enroll, withdraw
from enrollments.standings.actions import fold as fold_standings
from enrollments.tallies.actions import fold as fold_tallies
from tests import make, services
from tests.drills.acting import Book
from tests.drills.sums import UNDONE, broke, broken, rows
from tests.drills.unguarded import unguard

DATABASE = f"test_chaos_{services.WORKER}".rstrip("_")
MOVED = date(2026, 2, 2)


def test_whatever_a_crowd_does_while_parts_are_killed_every_sum_is_true() -> None:
    services.copy(DATABASE, of=services.template())
    database = services.url_of(DATABASE)
    own = {
        "DATA_DIR": str(services.DATA_DIR / "chaos"),
        "DATABASE_URL": database,
        "WEB_DATABASE_URL": database.replace("//asn_lms@", "//asn_lms_web@"),
        "REDIS_URL": services.redis_url(7 - services.NUMBER % 8),
    }
    wanted = "--clients 6 --people 24 --acts 250 --kills 3 --seed 5 --minutes 8 --given"
    drill = subprocess.run(
        [sys.executable, "-m", "tests.drills.chaos", *wanted.split()],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        text=True,
    )
    said = drill.stdout
    assert drill.returncode == 0, said + drill.stderr[-3000:]
    for act in ("join", "read", "enrol", "move", "absence", "regroup"):
        assert f"\n{act}_kept " in f"\n{said}"
    assert "\nkills 3 kills" in said
    assert said.endswith("every sum is true\n")


@pytest.fixture
def book(db: None) -> Book:
    """Four people of one course: one completed it, one left, two are learning; two of them were moved or away."""
    city = make.agency("Kota", kind="instansi")
    cohort = make.cohort(version=make.version(lessons=1, jp=Decimal("2.25"), organiser=make.agency(parent=city)))
    unit = make.agency(parent=city)
    people = [make.person(agency=unit) for _ in range(4)]
    places = [enroll(one, cohort, by=None) for one in people]
    take_input(places[0], places[0].version.lessons.get(), {"done": "1"}, by=people[0])
    withdraw(places[1], "Dinas luar.", by=people[1])
    transfer(people[2], Service(cohort.organiser, "Analis", None, "pns"), from_on=MOVED, by=None)
    record_absence(people[3], "sakit", from_on=MOVED, until_on=date(2026, 12, 1), by=None)
    fold_standings()
    fold_tallies()
    book = Book(
        places={place.pk: (place.learner_id, cohort.course.code) for place in places},
        left={places[1].pk},
    )
    book.moves[people[2].pk][MOVED] = cohort.organiser_id
    book.absences[people[3].pk] = 1
    return book


def test_what_was_done_well_is_not_called_broken(book: Book) -> None:
    assert rows(UNDONE) == [(0,)]
    assert list(broken(book)) == []


ACTIVE = "(SELECT min(id) FROM enrollments_enrollment WHERE status = 'active')"
DAMAGE = {
    "check_tallies": "UPDATE enrollments_unitcount SET value = value + 1 WHERE measure = 'active'",
    "check_ledger": "UPDATE enrollments_ledgerposting SET credit = 2.5 WHERE account = 'counted'",
    "places: 1 acknowledged and not there": f"UPDATE enrollments_enrollment SET learner_id = (SELECT max(id) FROM accounts_user) WHERE id = {ACTIVE}",
    "places: 1 there and not acknowledged": f"UPDATE enrollments_enrollment SET id = id + 1000 WHERE id = {ACTIVE}",
    "places given back: 1 acknowledged": "UPDATE enrollments_enrollment SET status = 'active' WHERE status = 'withdrawn'",
    "names confirmed: 1 there": "UPDATE enrollments_certificate SET was_confirmed_by_learner = true",
    "certificates revoked: 1 there": "UPDATE enrollments_certificate SET state = 'revoked'",
    "absences of a person: 1 acknowledged": "DELETE FROM accounts_absence",
    "moves: 1 acknowledged": "DELETE FROM accounts_placement WHERE until_on IS NULL",
    "was moved to": "UPDATE accounts_user SET agency_id = (SELECT min(id) FROM accounts_agency)",
    "seats taken and people who hold a seat differ": "UPDATE enrollments_cohort SET seats_taken = seats_taken - 1",
    "somebody learns a course in two places": "UPDATE enrollments_enrollment SET learner_id = (SELECT max(id) FROM accounts_user) WHERE status = 'active'",
    "a completion without its one credit": "UPDATE enrollments_credit SET enrollment_id = enrollment_id + 1",
    "a completion without a certificate": "UPDATE enrollments_certificate SET enrollment_id = enrollment_id + 1",
    "numbers with a gap or twice": "UPDATE enrollments_certificateseries SET last = last + 1",
    "two sides of an entry differ": "UPDATE enrollments_ledgerposting SET debit = debit + 1 WHERE account = 'activity'",
    "the heads' sums and the rows differ: ('completed'": "UPDATE enrollments_tally SET value = 2 WHERE measure = 'completed'",
    "the heads' sums and the rows differ: ('people'": "UPDATE enrollments_unitcount SET value = value - 1 WHERE measure = 'pns'",
    "a unit hangs nowhere": "UPDATE accounts_agency SET numchild = 0 WHERE depth = 1",
}


@pytest.mark.parametrize("sentence", DAMAGE)
def test_a_broken_promise_in_the_rows_is_seen(book: Book, sentence: str) -> None:
    unguard()
    with connection.cursor() as cursor:
        cursor.execute(DAMAGE[sentence])
        assert cursor.rowcount
    assert any(sentence in found for found in broken(book))


HEAD = "2026-11-30 23:54:50,112 ERROR asn_lms.errors reference 692F99A2: POST /api/v1/enrollments"
TRACEBACK = """Traceback (most recent call last):
  File "base.py", line 303, in _commit
    return self.connection.commit()
{what}
HINT:  See server log for query details.
"""


@pytest.mark.parametrize(
    ("what", "is_ours"),
    [
        ("django.db.utils.OperationalError: server closed the connection unexpectedly", False),
        ("redis.exceptions.ConnectionError: Error 111 connecting to valkey", False),
        ("django.db.utils.OperationalError: deadlock detected", True),
        ("django.db.utils.IntegrityError: duplicate key value violates unique constraint", True),
        ("KeyError: 'OperationalError'", True),
    ],
)
def test_what_broke_a_page_is_seen_unless_a_kill_explains_it(tmp_path: Path, what: str, is_ours: bool) -> None:
    led_on = "The above exception was the direct cause of the following exception:"
    first = TRACEBACK.format(what="AttributeError: 'SessionStore' object has no attribute '_session_cache'")
    (tmp_path / "web.log").write_text(f"{HEAD}\n{first}\n{led_on}\n\n{TRACEBACK.format(what=what)}")
    assert list(broke(tmp_path)) == ([f"web.log, 1 times: {what}"] if is_ours else [])
