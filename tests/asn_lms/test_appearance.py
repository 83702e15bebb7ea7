from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_dark_is_chosen_without_signing_in_and_one_comes_back_to_the_page(client: Client) -> None:
    answer = client.post(reverse("theme"), {"theme": "dark", "next": "/catalogue/?q=data"})
    assert answer.status_code == 302
    assert answer["Location"] == "/catalogue/?q=data"
    assert answer.cookies["theme"].value == "dark"


def test_the_button_turns_round_what_was_chosen(client: Client) -> None:
    assert client.post(reverse("theme")).cookies["theme"].value == "dark"
    assert client.post(reverse("theme")).cookies["theme"].value == "light"


def test_following_the_device_forgets_the_choice(client: Client) -> None:
    client.post(reverse("theme"), {"theme": "dark"})
    answer = client.post(reverse("theme"), {"theme": "device"})
    assert answer.cookies["theme"].value == ""
    assert answer.cookies["theme"]["max-age"] == 0


@pytest.mark.parametrize("away", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_nobody_is_sent_elsewhere(client: Client, away: str) -> None:
    assert client.post(reverse("theme"), {"next": away})["Location"] == "/"


def test_a_link_cannot_change_the_theme(client: Client) -> None:
    assert client.get(reverse("theme")).status_code == 405
