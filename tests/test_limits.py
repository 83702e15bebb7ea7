"""Doors that are open to anybody close for a while on who knocks too often, with a sentence that says so. Promises S12 and S20."""

import pytest
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db


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
