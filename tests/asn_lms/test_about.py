from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

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


def test_the_frame_is_in_the_readers_language(client: Client) -> None:
    assert '<html lang="id"' in client.get(reverse("guide")).content.decode()
    english = client.get(reverse("guide"), headers={"accept-language": "en"}).content.decode()
    assert '<html lang="en"' in english
    assert "Skip to content" in english


def test_a_page_that_does_not_exist_says_so_in_the_frame(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert 'id="isi"' in answer.content.decode()
