"""What every answer carries, whatever it is: promises S1 and S18."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from asn_lms import urls as site
from asn_lms.lib.headers import HeadersMiddleware
from tests.test_access import told
from tests.walk import Visit, Walk

pytestmark = pytest.mark.django_db
NEVER = {"unsafe-inline", "unsafe-eval", "unsafe-hashes", "strict-dynamic", "*", "http:", "https:"}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
TEMPLATES = [
    *Path(settings.BASE_DIR, "templates").rglob("*.html"),
    *Path(settings.BASE_DIR, "courses/lesson_kinds").rglob("*.html"),
]


def directives(policy: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}


def faults(headers: dict[str, str]) -> list[str]:
    """What is wrong with the headers of an answer."""
    found = [f"{name}: {headers.get(name)}" for name, value in ALWAYS.items() if headers.get(name) != value]
    if "Permissions-Policy" not in headers:
        found.append("no Permissions-Policy")
    policy = directives(headers.get("Content-Security-Policy", ""))
    if policy.get("default-src") != ["'none'"]:
        found.append(f"default-src is {policy.get('default-src')}")
    loose = {word.strip("'") for words in policy.values() for word in words} & NEVER
    return [*found, *(["CSP allows " + " ".join(sorted(loose))] if loose else [])]


def test_every_answer_carries_the_headers_that_protect_it(walk: Walk) -> None:
    """Pages, files, JSON, redirects, 403, 404 and 405: by everybody, everywhere."""
    wrong = {f"{visit.door.name} {visit.status}: {fault}" for visit in walk.visits for fault in faults(visit.headers)}
    assert not wrong, told(wrong)


def test_scripts_need_the_nonce_of_their_page(walk: Walk) -> None:
    pages = [visit for visit in walk.got() if visit.is_page and visit.status == 200 and "<script" in visit.text]
    for visit in pages:
        nonces = {
            word for word in directives(visit.headers["Content-Security-Policy"])["script-src"] if "nonce-" in word
        }
        assert len(nonces) == 1, visit
    assert len({v.headers["Content-Security-Policy"] for v in pages}) == len(pages), "a nonce was used twice"


def test_what_belongs_to_a_person_is_kept_in_no_cache(walk: Walk) -> None:
    """Course files are the one exception: private, for the browser of who holds the signed link. What names nobody may be kept."""
    names_nobody = {"badge-keys", "badge-status", "badge-terms"}
    wrong = []
    for visit in walk.visits:
        said = visit.headers.get("Cache-Control", "")
        if visit.door.name == "media" and visit.status < 400:
            assert said.startswith("private"), visit
        elif visit.door.name in names_nobody and visit.status == 200:
            assert said.startswith("public"), visit
        elif visit.door.name != "healthz" and "no-store" not in said and "no-cache" not in said:
            wrong.append(f"{visit.door.name} {visit.status}: {said}")
    assert not wrong, told(wrong)


def _broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def test_a_page_that_breaks_and_one_that_never_was_carry_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "urlpatterns", [*site.urlpatterns, path("broken-on-purpose/", _broken)])
    with override_settings(ROOT_URLCONF="asn_lms.urls"):
        from django.urls import clear_url_caches

        clear_url_caches()
        client = Client(raise_request_exception=False)
        for address, status in [
            ("/broken-on-purpose/", 500),
            ("/tidak-ada/", 404),
            ("/catalogue", 301),
            ("/jobs/", 302),
        ]:
            answer = client.get(address)
            assert answer.status_code == status, address
            assert not faults(dict(answer.headers)), address
            assert "no-store" in answer.headers.get("Cache-Control", ""), address
    clear_url_caches()


def test_over_https_browsers_are_told_to_stay_there() -> None:
    """With an https SITE_URL; `check --deploy` looks at the same settings."""
    secure = {"SECURE_HSTS_SECONDS": 31536000, "SECURE_HSTS_INCLUDE_SUBDOMAINS": True, "SECURE_SSL_REDIRECT": True}
    with override_settings(**secure):
        answer = Client().get("/guide/", secure=True)
        assert "max-age=31536000" in answer["Strict-Transport-Security"]
        redirected = Client().get("/guide/")
        assert redirected.status_code == 301
        assert redirected["Location"].startswith("https://")
        assert not faults(dict(redirected.headers))


def test_a_site_url_with_https_turns_it_all_on() -> None:
    text = Path(settings.BASE_DIR, "asn_lms/settings.py").read_text()
    block = text.split("\nif IS_HTTPS:\n", 1)[1].split("\nCSRF_FAILURE_VIEW")[0]
    for word in ("__Host-session", "__Host-csrf", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"):
        assert word in block


def test_what_sets_a_header_itself_is_not_overruled() -> None:
    answer = HeadersMiddleware(lambda request: HttpResponse(headers={"Cache-Control": "private, max-age=60"}))(
        RequestFactory().get("/files/x/y")
    )
    assert answer["Cache-Control"] == "private, max-age=60"


class Inline(HTMLParser):
    """Finds what a strict CSP would refuse, or what a hostile text broke out into."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name, value in attrs:
            if name.startswith("on"):
                self.found.append(f"<{tag} {name}>")
            elif name == "style":
                self.found.append(f"<{tag} style>")
            elif name in {"href", "src", "action", "formaction", "hx-get", "hx-post"} and _runs(value or ""):
                self.found.append(f"<{tag} {name}={value}>")
        if tag == "script" and given.get("src") is None and given.get("type") not in {"application/json", "text/plain"}:
            self.found.append("<script> without src")
        if tag == "script" and not (given.get("src") or "/").startswith(("/", "{%")):
            self.found.append(f"<script src={given.get('src')}>")
        if tag in {"style", "base", "embed", "hz"}:
            self.found.append(f"<{tag}>")
        if tag in {"iframe", "object"} and (given.get("src") or given.get("data") or "/").startswith("//"):
            self.found.append(f"<{tag}> from elsewhere")


def _runs(address: str) -> bool:
    return re.sub(r"[\s\x00-\x20]", "", address).lower().startswith(("javascript:", "vbscript:", "data:text"))


def inline_in(html: str) -> list[str]:
    parser = Inline()
    parser.feed(html)
    parser.close()
    return parser.found


def test_no_template_brings_style_or_script_inline() -> None:
    wrong = []
    for file in TEMPLATES:
        if "mail" in file.relative_to(settings.BASE_DIR).parts:
            continue  # mails cannot link a style sheet
        text = re.sub(r"\{#.*?#\}", "", re.sub(r"\{%.*?%\}", "", file.read_text()))
        wrong += [f"{file.relative_to(settings.BASE_DIR)}: {one}" for one in inline_in(text)]
    assert not wrong, told(wrong)


def pages_once(walk: Walk) -> list[Visit]:
    """Each page that differs, once."""
    found: dict[int, Visit] = {}
    for visit in walk.visits:
        if visit.is_page and visit.status in {200, 401, 403, 409, 422} and visit.body:
            found.setdefault(hash(visit.blanked), visit)
    return list(found.values())


def test_no_page_that_was_drawn_brings_style_or_script_inline(walk: Walk) -> None:
    """Although every name, title and text in the world that was walked tries to."""
    wrong = {f"{visit.door.name}: {one}" for visit in pages_once(walk) for one in inline_in(visit.text)}
    assert not wrong, told(wrong)
