"""Doors that are open to anybody close for a while on who knocks too often, with a sentence that says so. Promises S12 and S20."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from asn_lms.lib import throttle
from tests import make
from tests.cast import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_same_minute() -> Iterator[None]:
    """All knocking of a test, however slow the machine and whatever the clock says."""
    with time_machine.travel(datetime(2026, 11, 16, 3, 0, 30, tzinfo=UTC), tick=False):
        yield


def knock(path: str, body: dict[str, str] | None, times: int) -> list[int]:
    client = Client()
    return [(client.post(path, body) if body is not None else client.get(path)).status_code for _time in range(times)]


def test_guessing_certificates_is_slowed_down() -> None:
    answers = knock("/verify/00000000000000000000000000000000/", None, 65)
    assert answers[0] == 404
    assert answers[-1] == 429


def test_a_slowed_down_visitor_is_told_when_to_come_back() -> None:
    client = Client()
    answer = [client.get("/verify/x/") for _time in range(65)][-1]
    assert answer["Retry-After"] == "60"
    assert "<h1" in answer.content.decode()


def test_guessing_a_password_is_slowed_down() -> None:
    person = make.person(password=True)
    body = {"login": str(person.nip), "password": "salah-lagi-salah"}
    client = Client()
    for _time in range(6):
        answer = client.post("/accounts/login/", body)
    right = client.post("/accounts/login/", {**body, "password": make.PASSWORD})
    assert "_auth_user_id" not in client.session
    assert right.status_code in {200, 429}
    assert "<h1" in answer.content.decode()


def test_asking_for_new_passwords_is_slowed_down() -> None:
    assert knock("/accounts/password/reset/", {"email": make.person().email}, 22)[-1] == 429


def test_guessing_activation_codes_is_slowed_down() -> None:
    body = {"nip": str(make.person().nip), "code": "ABCD-EFGH", "password": "hujan-pagi-di-medan"}
    answers = knock("/accounts/activate/", body, 62)
    assert answers[0] in {200, 422}
    assert answers[-1] == 429


def test_searching_without_end_is_slowed_down_for_who_does_it_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Courses, people, units: whatever is searched, by page or by REST."""
    monkeypatch.setattr(throttle, "SEARCHES_PER_MINUTE", 3)
    monkeypatch.setattr(throttle, "time", lambda: 1_000_000.0)  # one minute, however slow the machine
    who = cast()
    client, other = Client(), Client()
    client.force_login(who.officer)
    other.force_login(who.admin)
    assert [client.get("/catalogue/?q=arsip").status_code for _time in range(3)] == [200, 200, 200]
    slowed = client.get("/catalogue/?q=arsip")
    assert (slowed.status_code, slowed["Retry-After"]) == (429, "60")
    assert client.post("/office/people/", {"q": "Budi"}).status_code == 429
    assert client.get("/office/agencies/?q=dinas").status_code == 429
    by_rest = client.get("/api/v1/courses?q=arsip")
    assert (by_rest.status_code, by_rest["Content-Type"]) == (429, "application/problem+json")
    assert client.get("/catalogue/").status_code == 200
    assert other.get("/catalogue/?q=arsip").status_code == 200
