"""When something is refused or breaks: a page of ours in the reader's language, with a way back, that tells nothing it should not."""

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import clear_url_caches, path, reverse

from asn_lms import urls as site
from tests import make
from tests.cast import cast
from tests.test_headers import inline_in

pytestmark = pytest.mark.django_db
SECRET = "199001012015031002 hanya-di-dalam"


def _broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two addresses behind which something breaks."""
    pages = [path("broken/", _broken), path("api/broken/", _broken)]
    monkeypatch.setattr(site, "urlpatterns", [*site.urlpatterns, *pages])
    clear_url_caches()
    yield
    clear_url_caches()


@pytest.fixture(autouse=True)
def _one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """All asking of a test is in the same minute, however slow the machine and whatever the clock says."""
    monkeypatch.setattr("asn_lms.lib.throttle.time", lambda: 1_800_000_000.0)


def _never_was(client: Client) -> Any:
    return client.get("/tidak-ada/")


def _not_theirs(client: Client) -> Any:
    client.force_login(cast().learner)
    return client.get("/office/people/")


def _unreadable(client: Client) -> Any:
    client.force_login(cast().officer)
    return client.get("/office/agencies/?q=a%00b")


def _too_often(client: Client) -> Any:
    return [client.get("/verify/x/") for _time in range(62)][-1]


def _no_token(client: Client) -> Any:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    return strict.post("/accounts/login/", {"login": "x"})


def _a_door_of_forms(client: Client) -> Any:
    return client.get(reverse("theme"))


def _breaks(client: Client) -> Any:
    client.raise_request_exception = False
    return client.get("/broken/")


CASES = [
    (_never_was, 404, "Halaman tidak ditemukan", "Page not found"),
    (_not_theirs, 403, "Anda tidak punya akses", "You do not have access"),
    (_unreadable, 400, "tidak terbaca", "We could not read that"),
    (_a_door_of_forms, 405, "tidak ada yang bisa dilihat", "Nothing to see at this address"),
    (_too_often, 429, "Terlalu sering", "Too many tries"),
    (_no_token, 403, "terlalu lama", "open too long"),
    (_breaks, 500, "Ada gangguan", "Something broke"),
]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("go", "status", "said", "said_in_english"), CASES)
def test_a_refusal_is_a_page_of_ours_with_a_way_on(
    go: Callable[[Client], Any], status: int, said: str, said_in_english: str, language: str, broken: None
) -> None:
    client = Client()
    client.cookies["django_language"] = language
    answer = go(client)
    assert answer.status_code == status
    is_ours(answer.content.decode(), language, said_in_english if language == "en" else said, status)


def test_under_a_strange_name_the_page_is_ours_in_indonesian(client: Client) -> None:
    """No choice of a language comes along: cookies belong to a name."""
    answer = client.get("/guide/", headers={"host": "lain.example"})
    assert answer.status_code == 400
    is_ours(answer.content.decode(), "id", "tidak terbaca", 400)


def is_ours(html: str, language: str, said: str, status: int) -> None:
    assert f'<html lang="{language}"' in html
    title = re.search(r"<h1>(.*?)</h1>", html, re.S)
    assert title
    assert said.casefold() in title[1].casefold()
    assert "css/ui.css" in html
    main = html.split("<main", 1)[1]
    assert re.search(r'<a class="btn"[^>]* href="/', main), "no way on"
    assert str(status) in main
    assert not inline_in(html)
    for word in ("Traceback", "RuntimeError", "Exception", SECRET, "asn_lms", "File &quot;"):
        assert word not in html, word


def test_the_reference_on_the_page_stands_in_the_log_with_what_broke(
    broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    """The helpdesk is told it by the reader, and finds the cause by it."""
    client = Client(raise_request_exception=False)
    with caplog.at_level(logging.ERROR):
        html = client.get("/broken/").content.decode()
    found = re.search(r"rujukan ([0-9A-F]{8})", html)
    assert found
    (line,) = [one for one in caplog.records if found[1] in one.getMessage()]
    assert "/broken/" in line.getMessage()
    assert line.exc_info
    assert isinstance(line.exc_info[1], RuntimeError)
    again = client.get("/broken/").content.decode()
    assert found[1] not in again


def test_a_broken_page_asks_the_database_nothing(broken: None) -> None:
    """The database may be what broke."""
    client = Client(raise_request_exception=False)
    with CaptureQueriesContext(connection) as caught:
        assert client.get("/broken/").status_code == 500
    assert len(caught) == 0


def test_programs_get_their_errors_as_problems(broken: None) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/api/broken/")
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert (said["status"], len(said["reference"])) == (500, 8)
    assert SECRET not in answer.content.decode()
    client.force_login(make.person())
    for address, status in [("/api/v1/courses/TIDAK-ADA", 404), ("/api/v1/reports/people", 403)]:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_a_form_that_stood_open_too_long_says_what_to_do_and_leads_back_to_it() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.person())
    answer = client.post("/me/tokens/", {"name": "Dasbor"}, headers={"referer": "http://testserver/me/tokens/?x=1"})
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "Yang Anda ketik tidak hilang" in html
    assert 'href="/me/tokens/?x=1"' in html
    # What a form keeps on the device is not thrown away (static/js/app.js).
    assert "data-refused" in html
    elsewhere = client.post("/me/tokens/", {}, headers={"referer": "https://lain.example/x"}).content.decode()
    assert "lain.example" not in elsewhere
