"""People who ask the served site for pages over loopback, and how fast they are answered."""

import gzip
import http.client
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

PEOPLE_AT_ONCE = 4
MOST_REQUESTS = 400  # for each page
MOST_SECONDS = 12.0  # for each page


@dataclass
class Browser:
    """One person's connection: kept open, with their cookies."""

    site: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=180)

    def ask(
        self, path: str, body: dict[str, str] | None = None, *, packed: bool = False
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer; `packed`: as it comes over the line, compressed."""
        said = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        said |= {"Accept-Encoding": "gzip"} if packed else {}
        sent = None
        if body is not None:
            token = self.cookies.get("csrftoken", "")
            sent = urlencode({"csrfmiddlewaretoken": token, "idempotency_key": str(uuid4()), **body})
            said |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.site}
        method = "GET" if body is None else "POST"
        try:
            self.line.request(method, path, sent, said)
            answer = self.line.getresponse()
        except ConnectionError:
            # A line that rested longer than the server waits was closed: it is opened anew, as browsers do. A form is not sent twice.
            if body is not None:
                raise
            self.line.close()
            self.line.request(method, path, sent, said)
            answer = self.line.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, dict(answer.headers), content


@dataclass
class Stranger(Browser):
    """Somebody who comes anew each time: of their cookies only the token that forms need is kept."""

    def ask(
        self, path: str, body: dict[str, str] | None = None, *, packed: bool = False
    ) -> tuple[int, dict[str, str], bytes]:
        self.cookies = {name: value for name, value in self.cookies.items() if name == "csrftoken"}
        return super().ask(path, body, packed=packed)


def signed_in(site: str, person: Any) -> Browser:
    """A browser of somebody who has read the privacy notice, with the token that forms need."""
    from django.conf import settings
    from django.test import Client

    from accounts.signin.actions import acknowledge
    from accounts.signin.queries import current_notice, owes_reading

    notice = current_notice()
    if notice is not None and owes_reading(person):
        acknowledge(person, notice)
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    browser = Browser(site, {name: client.cookies[name].value})
    browser.ask("/me/preferences/")
    return browser


@dataclass
class Measured:
    """Requests a second, milliseconds within which half and 95 % of them were answered, and how many they were."""

    per_second: float
    p50: float
    p95: float
    requests: int


Visit = tuple[Browser, str]


def measure(
    visits: list[Visit],
    body: dict[str, str] | None = None,
    expect: int = 200,
    *,
    seconds: float = MOST_SECONDS,
    requests: int = MOST_REQUESTS,
) -> Measured:
    """Each asks for their own address, all at once, until there were enough requests or enough seconds. `{n}` in what is sent
    becomes another number each time.
    """

    def go(visit: Visit) -> list[float]:
        browser, path = visit
        times: list[float] = []
        while len(times) < requests // len(visits) and time.monotonic() < until:
            changed = {name: value.replace("{n}", str(len(times))) for name, value in body.items()} if body else body
            asked = time.monotonic()
            status, _, _ = browser.ask(path, changed)
            assert status == expect, (path, status)
            times.append(time.monotonic() - asked)
        return times

    for browser, path in visits:
        browser.ask(path)  # the first one warms what is kept
    began = time.monotonic()
    until = began + seconds
    with ThreadPoolExecutor(len(visits)) as pool:
        times = [seconds for own in pool.map(go, visits) for seconds in own]
    took = time.monotonic() - began
    cuts = quantiles(times, n=20)
    return Measured(len(times) / took, cuts[9] * 1000, cuts[18] * 1000, len(times))


def first_load(browser: Browser, path: str) -> dict[str, int]:
    """Bytes over the line, compressed, of a page and of the styles and scripts that it asks for, scripts' imports included."""
    _, _, page = browser.ask(path)
    found = {"html": len(gzip.compress(page)), "css": 0, "js": 0}
    text = page.decode()
    asked = [
        *re.findall(r'<link rel="stylesheet" href="([^"]+)"', text),
        *re.findall(r'<script[^>]* src="([^"]+)"', text),
    ]
    seen = set()
    while asked:
        address = asked.pop()
        if address in seen:
            continue
        seen.add(address)
        status, headers, content = browser.ask(address, packed=True)
        assert status == 200, address
        found[address.rpartition(".")[2]] += len(content)
        if address.endswith(".js"):
            script = gzip.decompress(content) if headers.get("Content-Encoding") == "gzip" else content
            names = re.findall(rb'(?:from|import)\s*\(?["\'](\.{0,2}/[^"\']+)["\']', script)
            asked += [urljoin(address, name.decode()) for name in names]
    return found
