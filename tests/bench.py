"""How fast and how heavy the product is on this machine: `python -m tests.bench` (`make bench`). One line
`name value unit` for each figure, and all of them in bench.json; it judges nothing.

Starts the product on an empty folder, asks it over loopback, then looks at its processes and files. Who asks runs on the same cores as what
answers, so the figures are lower than those of a server of its own. At most 2,000 requests and a minute of asking.
"""

import gzip
import http.client
import io
import json
import os
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

import django

from asn_lms import embedded
from tests.product import accounts, product

PEOPLE_AT_ONCE = 4
MOST_REQUESTS = 400  # for each page
MOST_SECONDS = 12.0  # for each page
SECONDS_OF_DRAWING = 5.0
KIBIBYTE = 1024


@dataclass
class Browser:
    """One person's connection: kept open, with their cookies."""

    site: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=60)

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
        self.line.request("GET" if body is None else "POST", path, sent, said)
        answer = self.line.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, dict(answer.headers), content


def signed_in(site: str, person: Any) -> Browser:
    """A browser of somebody who has read the privacy notice, with the token that forms need."""
    from django.conf import settings
    from django.test import Client

    from accounts.signin.actions import acknowledge
    from accounts.signin.queries import unread_notice

    notice = unread_notice(person)
    if notice is not None:
        acknowledge(person, notice)
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    browser = Browser(site, {name: client.cookies[name].value})
    browser.ask("/me/preferences/")
    return browser


@dataclass
class Measured:
    """Requests a second, and milliseconds within which half and 95 % of them were answered."""

    per_second: float
    p50: float
    p95: float


Visit = tuple[Browser, str]


def measure(visits: list[Visit], body: dict[str, str] | None = None, expect: int = 200) -> Measured:
    """Each asks for their own address, all at once, until there were enough requests or enough seconds."""

    def go(visit: Visit) -> list[float]:
        browser, path = visit
        times: list[float] = []
        while len(times) < MOST_REQUESTS // len(visits) and time.monotonic() < until:
            changed = {name: f"{value} {len(times)}" for name, value in body.items()} if body else body
            asked = time.monotonic()
            status, _, _ = browser.ask(path, changed)
            assert status == expect, (path, status)
            times.append(time.monotonic() - asked)
        return times

    for browser, path in visits:
        browser.ask(path)  # the first one warms what is kept
    began = time.monotonic()
    until = began + MOST_SECONDS
    with ThreadPoolExecutor(len(visits)) as pool:
        times = [seconds for own in pool.map(go, visits) for seconds in own]
    took = time.monotonic() - began
    cuts = quantiles(times, n=20)
    return Measured(len(times) / took, cuts[9] * 1000, cuts[18] * 1000)


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


def memory(data_dir: Path, role: str) -> tuple[int, int]:
    """MiB in RAM of a role's processes, what they share counted in each; and how many they are."""
    group = int((data_dir / "run" / f"{role}.pid").read_text())
    kilobytes = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(entry.name)) == group:
                found = re.search(r"VmRSS:\s+(\d+)", (entry / "status").read_text())
                kilobytes += [int(found[1])] if found else []
        except (OSError, ProcessLookupError):
            continue
    return sum(kilobytes) // KIBIBYTE, len(kilobytes)


def lessons(site: str) -> list[Visit]:
    """Some learners, each before a lesson of theirs that takes an open answer, begun."""
    from enrollments.attempts.actions import begin
    from enrollments.enrolling.models import Enrollment

    found: dict[int, Visit] = {}
    rows = Enrollment.objects.filter(status=Enrollment.Status.ACTIVE, version__lessons__kind="reflection")
    for place in rows.select_related("learner").order_by("pk")[: PEOPLE_AT_ONCE * 10]:
        lesson = place.version.lessons.filter(kind="reflection")[0]
        if len(found) < PEOPLE_AT_ONCE and place.learner_id not in found:
            begin(place, lesson, by=place.learner)
            found[place.learner_id] = signed_in(site, place.learner), f"/learn/{place.pk}/{lesson.uid}/"
    return list(found.values())


def heads(site: str) -> list[Visit]:
    """The same report, asked for from several windows of one head."""
    from accounts.people.models import User

    head = User.objects.get(nip=accounts()["head"]["login"])
    return [(signed_in(site, head), "/reports/") for _ in range(PEOPLE_AT_ONCE)]


def papers_per_second() -> float:
    """Certificates drawn by one process that is warm."""
    from enrollments.certificates.models import Certificate
    from enrollments.certificates.printing import drawn

    papers = list(Certificate.objects.filter(state=Certificate.State.DELIVERED)[:500])
    drawn(papers[0])
    began, count = time.monotonic(), 0
    while count < len(papers) and time.monotonic() - began < SECONDS_OF_DRAWING:
        drawn(papers[count])
        count += 1
    return count / (time.monotonic() - began)


def seconds_of_recount() -> float:
    from django.core.management import call_command

    began = time.monotonic()
    call_command("check_tallies", "--json", stdout=io.StringIO())
    return time.monotonic() - began


LEDGER_OPERATIONS = 1_000_000
LEDGER_PEOPLE = 100_000


def measure_the_ledger(report: "Report") -> None:
    """A million operations of 100,000 people, drift and recount: some minutes, so only when asked for (`BENCH_LEDGER=1`, or a share of it: 0.1)."""
    from accounts.people.models import User
    from tests.ledger_bench import measure_ledger

    officer = User.objects.select_related("agency").get(nip=accounts()["officer"]["login"])
    assert officer.agency
    scale = float(os.environ.get("BENCH_LEDGER", "1"))
    found = measure_ledger(officer.agency, int(LEDGER_OPERATIONS * scale), int(LEDGER_PEOPLE * scale), officer=officer)
    report.add("ledger_operations", found.operations, "operations")
    report.add("ledger_rate", found.operations / found.seconds, "operations/s")
    report.add("ledger_drift", found.drift + found.faults, "people")
    report.add("ledger_year_queries", found.queries_of_a_year, "queries")
    report.add("ledger_recount_people", found.people, "people")
    report.add("ledger_recount", found.recount_seconds, "s")


@dataclass
class Report:
    """The figures as they come: a line each, and in the end a file."""

    figures: dict[str, dict[str, float | str]] = field(default_factory=dict)

    def add(self, name: str, value: float, unit: str) -> None:
        self.figures[name] = {"value": round(value, 1), "unit": unit}
        print(f"{name} {value:.1f} {unit}", flush=True)

    def add_page(self, name: str, measured: Measured) -> None:
        self.add(f"{name}_rate", measured.per_second, "requests/s")
        self.add(f"{name}_p50", measured.p50, "ms")
        self.add(f"{name}_p95", measured.p95, "ms")

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(self.figures, indent=2) + "\n")


def main() -> None:
    data_dir = embedded.default_data_dir() / "bench"
    shutil.rmtree(data_dir, ignore_errors=True)
    for name in ("DATABASE_URL", "REDIS_URL", "WEB_DATABASE_URL", "SITE_URL", "DEMO"):
        os.environ.pop(name, None)
    os.environ |= {"DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "asn_lms.settings", "RATE_LIMITS": "off"}
    report = Report()
    began = time.monotonic()
    with product():
        report.add("first_start_with_demo", time.monotonic() - began, "s")
    began = time.monotonic()
    with product() as site:
        report.add("second_start", time.monotonic() - began, "s")
        django.setup()
        learners = lessons(site)
        report.add_page("home", measure([(browser, "/") for browser, _ in learners]))
        report.add_page("lesson", measure(learners))
        answer = {"draft": "Pekan ini saya menulis tiga tugas."}
        report.add_page("answer", measure(learners, answer, expect=302))
        report.add_page("report", measure(heads(site)))
        sizes = first_load(*learners[0])
        for part, size in sizes.items():
            report.add(f"first_load_{part}", size / KIBIBYTE, "KiB")
        report.add("first_load", sum(sizes.values()) / KIBIBYTE, "KiB")
        report.add("certificates_drawn", papers_per_second(), "1/s")
        report.add("check_tallies", seconds_of_recount(), "s")
        for role in ("web", "worker"):
            mebibytes, processes = memory(data_dir, role)
            report.add(f"memory_{role}", mebibytes, "MiB")
            report.add(f"processes_{role}", processes, "processes")
        if os.environ.get("BENCH_LEDGER"):
            measure_the_ledger(report)
    report.write(Path("bench.json"))


if __name__ == "__main__":
    main()
