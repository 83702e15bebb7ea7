"""On several machines: two web servers, two workers, PgBouncer in transaction mode and a read replica do the main job, while one of
each is killed.
"""

import http.client
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from http.cookies import SimpleCookie
from io import StringIO
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.people.models import User
from tests import make, services
from tests.cast import Cast, cast
from tests.fleet import PGBOUNCER, Fleet
from tests.replica import primary_socket
from tests.served import wait_until

pytestmark = [
    pytest.mark.skipif(not shutil.which(PGBOUNCER), reason="pgbouncer is not here: apt install pgbouncer"),
    pytest.mark.skipif(not primary_socket(), reason="a replica is made of the embedded PostgreSQL only"),
]
TITLE = "Melayani dari Banyak Mesin"
JP = Decimal(6)


@pytest.fixture(scope="module")
def fleet(django_db_setup: None, django_db_blocker: Any) -> Iterator[Fleet]:
    built = Fleet(services.DATA_DIR / "fleet", django_db_blocker)
    try:
        built.start()
        yield built
    finally:
        built.stop()


class Visitor:
    """A browser behind a balancer: each request goes to the next web server, and to the other when that one does not answer."""

    def __init__(self, fleet: Fleet) -> None:
        self.ports = cycle(fleet.ports.values())
        self.cookies: dict[str, str] = {"csrftoken": "t" * 32}

    def ask(self, method: str, path: str, body: Any = None, *, by_rest: bool = False) -> tuple[int, bytes]:
        for _try in range(2):
            try:
                return self._ask(next(self.ports), method, path, body, by_rest=by_rest)
            except (OSError, http.client.HTTPException):
                continue
        raise AssertionError(f"No web server answered {method} {path}")

    def _ask(self, port: int, method: str, path: str, body: Any, *, by_rest: bool) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers["X-CSRFToken"] = self.cookies["csrftoken"]
        headers["Content-Type"] = "application/json" if by_rest else "application/x-www-form-urlencoded"
        sent = None if body is None else json.dumps(body) if by_rest else urlencode(body)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            line.request(method, path, sent, headers)
            answer = line.getresponse()
            for header in answer.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: one.value for name, one in SimpleCookie(header).items()}
            return answer.status, answer.read()
        finally:
            line.close()

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        status, said = self.ask(method, f"/api/v1/{path}", body, by_rest=True)
        assert 200 <= status < 300, f"{method} {path} → {status} {said[:300]!r}"
        return json.loads(said)

    def sign_in(self, person: User) -> None:
        self.ask("GET", "/accounts/login/")
        status, _said = self.ask("POST", "/accounts/login/", {"login": person.nip, "password": make.PASSWORD})
        assert status == 302

    def is_signed_in_as(self, fleet: Fleet, person: User) -> None:
        """For who has a second factor to give."""
        with fleet.rows():
            client = Client()
            client.force_login(person)
        self.cookies["sessionid"] = client.cookies["sessionid"].value


@pytest.fixture
def city(fleet: Fleet) -> Cast:
    with fleet.rows():
        people = cast()
        people.learner.set_password(make.PASSWORD)
        people.learner.save(update_fields=["password"])
        return people


def test_the_main_job_is_done_while_a_web_server_and_a_worker_are_killed(fleet: Fleet, city: Cast) -> None:
    with fleet.rows():
        cohort = make.cohort(
            self_paced=True, version=make.version(organiser=city.bkpsdm, title=TITLE, lessons=2, jp=JP)
        )
    learner, head, other = Visitor(fleet), Visitor(fleet), Visitor(fleet)
    learner.sign_in(city.learner)
    head.is_signed_in_as(fleet, city.head)
    other.is_signed_in_as(fleet, city.other_head)

    place = learner.rest("POST", "enrollments", {"cohort": cohort.pk})["id"]
    lessons = [one["uid"] for one in learner.rest("GET", f"enrollments/{place}")["lessons"]]
    learner.rest("POST", f"enrollments/{place}/lessons/{lessons[0]}/input", {"done": "1"})
    fleet.kill("web 2")
    fleet.kill("worker 1")
    answer = learner.rest("POST", f"enrollments/{place}/lessons/{lessons[1]}/input", {"done": "1"})
    assert answer["finished"] is True
    [paper] = learner.rest("GET", "certificates")["items"]
    assert learner.ask("POST", f"/certificates/{paper['id']}/name/confirm/", {})[0] == 302
    wait_until(
        lambda: learner.rest("GET", "certificates")["items"][0]["state"] == "delivered",
        "the other worker to draw the certificate",
        seconds=120,
    )
    status, pdf = learner.ask("GET", f"/api/v1/certificates/{paper['id']}/pdf")
    assert (status, pdf[:5]) == (200, b"%PDF-")

    fleet.launch("web 2")
    fleet.launch("worker 1")

    def read(by: Visitor) -> Any:
        return by.rest("GET", "reports/completion")

    wait_until(lambda: read(head)["places"]["completed"] == 1, "the report to show it")
    assert Decimal(read(head)["staff"]["mean"]) == JP / 2  # of two people
    assert read(other)["places"]["completed"] == 0
    status, page = head.ask("GET", "/reports/")
    assert status == 200
    assert "di belakang" not in page.decode()
    wait_until(
        lambda: json.loads(head.ask("GET", "/healthz")[1])["status"] == "ok", "clock, broker and replica to be well"
    )
    with fleet.rows():
        for command in ("check_tallies", "check_ledger"):
            said = StringIO()
            call_command(command, "--json", stdout=said)
            json.loads(said.getvalue())


def test_heads_read_the_replica_and_are_told_when_it_is_behind_while_learners_see_what_they_did(
    fleet: Fleet, city: Cast
) -> None:
    with fleet.rows():
        cohort = make.cohort(self_paced=True, version=make.version(organiser=city.bkpsdm))
    learner, head = Visitor(fleet), Visitor(fleet)
    learner.is_signed_in_as(fleet, city.learner)
    head.is_signed_in_as(fleet, city.head)
    fleet.replica.catch_up()
    fleet.replica.tell("SELECT pg_wal_replay_pause()")
    try:
        place = learner.rest("POST", "enrollments", {"cohort": cohort.pk})["id"]
        assert learner.rest("GET", f"enrollments/{place}")["id"] == place
        wait_until(lambda: b"detik di belakang" in head.ask("GET", "/reports/")[1], "a page that is a second behind")
        assert head.rest("GET", "reports/completion")["places"]["enrolled"] == 0
    finally:
        fleet.replica.tell("SELECT pg_wal_replay_resume()")
    fleet.replica.catch_up()
    assert head.rest("GET", "reports/completion")["places"]["enrolled"] == 1
    fleet.replica.kill()
    assert head.rest("GET", "reports/completion")["places"]["enrolled"] == 1
