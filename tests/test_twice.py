"""A double click, a retry, a form sent from two tabs: one effect, and the same answer. Promise R6.

Every door that takes a form, by real connections that really commit, in a copy of the database (tests/twin.py).
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.jobs.actions import tidy_jobs
from accounts.jobs.models import IdempotencyKey
from accounts.people.models import User
from accounts.signin.actions import acknowledge
from accounts.signin.queries import current_notice
from tests import make
from tests.doors import Door, forms
from tests.test_access import told
from tests.twin import Twin, twin
from tests.walk import Visit, Walker, quiet
from tests.world import World, world

# Marked, so that it runs before the tests that empty the database; its own rows are in the twin.
pytestmark = pytest.mark.django_db
KEYS = "accounts_idempotencykey"
# Who looked, and where somebody is signed in: as for asking.
ASIDE = {KEYS, "django_session", "usersessions_usersession"}
_CHANGING = re.compile(
    r'nonce="[^"]*"|name="(?:csrfmiddlewaretoken|idempotency_key)" value="[^"]*"|"X-CSRFToken":"[^"]*"'
)


class Desk:
    """The twin, the world in it, and who sends."""

    def __init__(self, made: Twin) -> None:
        self.twin = made
        self.made: World = made.do(world)
        made.keep()
        self.walker = made.do(lambda: Walker(self.made))

    def send(self, door: Door, *, key: str = "", **also: str) -> Visit:
        """The door's proper body, really sent."""
        body = {**door.body(self.made.own), **also}
        return self.walker.ask(door, door.who_sends, "own", door.thing(self.made.own), "POST", body, key=key, keep=True)

    def both(self, door: Door, *, key: str = "") -> list[Visit]:
        """Sent by two connections at the same moment."""
        send = partial(self.send, door, key=key)
        return self.twin.at_once(send, send)

    def effect_of_one(self, door: Door, *, key: str = "") -> dict[str, int]:
        """Rows that a single sending makes or takes away, by table; taken back again."""

        def work() -> dict[str, int]:
            before = count_rows()
            with transaction.atomic():
                self.send(door, key=key)
                after = count_rows()
                transaction.set_rollback(True)
            return difference(before, after)

        return self.twin.do(work)

    def rows(self) -> dict[str, int]:
        return self.twin.do(count_rows)


def count_rows() -> dict[str, int]:
    """How many rows each table has."""
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)} - ASIDE)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables))
        return dict(cursor.fetchall())


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    with django_db_blocker.unblock(), quiet(), twin() as made:
        yield Desk(made)
        cache.clear()


def in_order() -> list[Door]:
    """Every door that takes a form, those that leave things as they find them first."""
    return sorted(forms(), key=lambda door: door.spoils)


def difference(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {table: after[table] - before[table] for table in after if after[table] != before[table]}


def alike(one: Visit, other: Visit) -> bool:
    return (
        one.status == other.status
        and one.headers.get("Location") == other.headers.get("Location")
        and _CHANGING.sub("·", one.text) == _CHANGING.sub("·", other.text)
    )


def test_whatever_is_sent_twice_at_once_and_three_times_more_happens_once(desk: Desk) -> None:
    wrong = []
    for door in in_order():
        if door.spoils:
            desk.twin.fresh()
        wrong += [f"{door.name}: {fault}" for fault in sent_again_and_again(desk, door, str(uuid4()))]
    assert not wrong, told(wrong, most=60)


def sent_again_and_again(desk: Desk, door: Door, key: str) -> Iterator[str]:
    """What is wrong with a door's answers."""
    before = desk.rows()
    once = desk.effect_of_one(door, key=key)
    both = desk.both(door, key=key)
    after_both = difference(before, desk.rows())
    three = desk.twin.do(lambda: [desk.send(door, key=key) for _time in range(3)])
    if both[0].status != door.post:
        yield f"answered {both[0].status}, not {door.post}"
    if not door.is_kept and door.may_double:
        return  # a new mail each time; how many, the rate limits say
    if after_both != once:
        yield f"two at once wrote {after_both}, one alone {once}"
    if difference(before, desk.rows()) != once:
        yield f"five wrote {difference(before, desk.rows())}, one alone {once}"
    if not door.is_kept:
        return
    if not all(alike(both[0], other) for other in (both[1], *three)):
        yield f"other answers: {[(one.status, one.headers.get('Location')) for one in (*both, *three)]}"
    other = desk.twin.do(partial(desk.send, door, key=key, also="something else"))
    if other.status != 409:
        yield f"the same key with another body was answered {other.status}, not 409"
    if difference(before, desk.rows()) != once:
        yield "the same key with another body changed something"


def test_without_a_key_the_database_itself_holds_what_must_be_one(desk: Desk) -> None:
    """An old client, a form without the field: where two would be wrong, a lock or a constraint refuses the second."""
    wrong = []
    for door in in_order():
        if door.may_double:
            continue
        if door.spoils:
            desk.twin.fresh()
        before = desk.rows()
        once = desk.effect_of_one(door)
        both = desk.both(door)
        after = difference(before, desk.rows())
        if any(visit.status >= 500 for visit in both):
            wrong.append(f"{door.name}: answered {[visit.status for visit in both]}")
        if _without_history(after) != _without_history(once):
            wrong.append(f"{door.name}: two wrote {after}, one alone {once}")
    assert not wrong, told(wrong, most=60)


def _without_history(rows: dict[str, int]) -> dict[str, int]:
    """That somebody did it twice may well be written down twice."""
    return {table: count for table, count in rows.items() if table != "accounts_auditentry"}


def test_answers_are_remembered_for_seven_days_and_no_longer() -> None:
    person = make.person()
    IdempotencyKey.objects.create(person=person, path="/x/", key="k", body_hash="h")
    tidy_jobs(timezone.now() + timedelta(days=6, hours=23))
    assert IdempotencyKey.objects.filter(person=person).exists()
    tidy_jobs(timezone.now() + timedelta(days=7, minutes=1))
    assert not IdempotencyKey.objects.filter(person=person).exists()


def test_who_was_refused_for_an_old_token_is_not_refused_from_memory() -> None:
    """The page was open too long; with a fresh token the same form, with the same key, goes through."""
    person, client = make.person(), Client(enforce_csrf_checks=True)
    client.force_login(person)
    acknowledge_newest(person)
    body = {"wants_mail": "on", "language": "id", "idempotency_key": "satu"}
    assert client.post("/me/preferences/", body).status_code == 403
    client.get("/me/preferences/")
    token = client.cookies["csrftoken"].value
    assert client.post("/me/preferences/", {**body, "csrfmiddlewaretoken": token}).status_code == 302


def acknowledge_newest(person: User) -> None:
    notice = current_notice()
    if notice is not None:
        acknowledge(person, notice)
