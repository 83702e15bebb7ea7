from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["guide", "accessibility"])
def test_anybody_can_read_about_the_site(client: Client, name: str) -> None:
    answer = client.get(reverse(name))
    assert answer.status_code == 200


def test_the_frame_says_whom_to_ask_and_links_only_to_pages_that_exist(client: Client) -> None:
    html = client.get(reverse("guide")).content.decode()
    assert 'href="#"' not in html
    assert "mailto:" in html
    assert f'href="{reverse("accessibility")}"' in html


def test_pages_speak_indonesian_until_somebody_chooses_english(client: Client) -> None:
    """An office computer that was installed in English has chosen nothing."""
    installed_in_english = client.get(reverse("guide"), headers={"accept-language": "en"})
    assert '<html lang="id"' in installed_in_english.content.decode()
    assert installed_in_english["Content-Language"] == "id"
    chosen = client.post(reverse("language"), {"language": "en", "next": reverse("guide")})
    assert chosen["Location"] == reverse("guide")
    english = client.get(reverse("guide"))
    assert '<html lang="en"' in english.content.decode()
    assert english["Content-Language"] == "en"
    assert "Skip to content" in english.content.decode()


def test_a_choice_of_language_follows_the_person_to_a_device_on_which_nothing_was_chosen() -> None:
    person, first, other = make.person(), Client(), Client()
    for device in (first, other):
        device.force_login(person)
    first.post(reverse("language"), {"language": "en"})
    assert '<html lang="en"' in other.get(reverse("guide")).content.decode()
    other.cookies["django_language"] = "id"
    assert '<html lang="id"' in other.get(reverse("guide")).content.decode()
    other.cookies["django_language"] = "xx"
    assert '<html lang="en"' in other.get(reverse("guide")).content.decode()


def test_a_page_that_does_not_exist_says_so_in_the_frame(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert 'id="isi"' in answer.content.decode()
