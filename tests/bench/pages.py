"""The cost of every page: how fast it is at two loads, what it asks of the database, and what it weighs on the wire.

Two yardsticks stand beside it, measured in the same run: a view that says hello on the same server (`tests/bench/hello.py`), and the
page's own statements by the driver alone, without Django.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from asn_lms.serve import ROOT, command
from tests.bench.browsing import Browser, Stranger, Visit, measure, signed_in
from tests.bench.processes import KIBIBYTE, Watch, children, resident, resting
from tests.bench.report import Report
from tests.bench.statements import Asked, asked, replayed
from tests.product import accounts

LOADS = (8, 32)
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))  # for each page and load
MIXED = int(os.environ.get("BENCH_MIXED", "1000"))  # requests of all pages in turn, while the web's memory is watched
MOST = 100_000  # requests in these seconds, which none reaches
WARM = 3  # times that a page is asked before its statements are counted


@dataclass(frozen=True)
class Page:
    """An address as one person asks for it; `body`: what they send, a new value each time. Nobody is signed in without `person`."""

    name: str
    path: str
    person: Any = None
    body: dict[str, str] | None = None
    expect: int = 200

    @property
    def is_read(self) -> bool:
        return self.body is None


def pages() -> list[Page]:
    """Every page that the issue names, of the demo's people."""
    from enrollments.certificates.models import Certificate
    from enrollments.cohorts.models import Cohort

    known = {role: _person(one["login"]) for role, one in accounts().items()}
    learner, officer, head = known["learner"], known["officer"], known["head"]
    place, lesson = _lesson_of(learner)
    paper = Certificate.objects.filter(state=Certificate.State.DELIVERED).latest("pk")
    cohort = Cohort.objects.run_by(officer).order_by("-seats_taken", "pk")[0]
    quiz, answer = _quiz_of(learner)
    unit = head.agency.get_children().first() or head.agency
    login = accounts()["learner"]
    return [
        Page("sign_in", "/accounts/login/"),
        Page(
            "sign_in_post",
            "/accounts/login/",
            body={"login": login["login"], "password": login["password"]},
            expect=302,
        ),
        Page("home", "/", learner),
        Page("catalogue", "/catalogue/", learner),
        Page("search", "/catalogue/?q=waktu", learner),
        Page("course", f"/courses/{place.version.course.code}/", learner),
        Page("lesson", f"/learn/{place.pk}/{lesson.uid}/", learner),
        Page("quiz", quiz, learner),
        Page("quiz_save", quiz, learner, body=answer, expect=302),
        Page("certificates", "/certificates/", learner),
        Page("inbox", "/inbox/", learner),
        Page("verify", f"/verify/{paper.public_id}/"),
        Page("dashboard", "/reports/", head),
        Page("drill_down", f"/reports/?agency={unit.pk}", head),
        Page("people", "/reports/people/", head),
        Page("participants", f"/office/cohorts/{cohort.pk}/", officer),
        Page("api_list", "/api/v1/courses", learner),
    ]


def _person(login: str) -> Any:
    from accounts.people.models import User

    return User.objects.select_related("agency").get(nip=login)


def _lesson_of(learner: Any) -> tuple[Any, Any]:
    """A text lesson of a course that the person is learning."""
    from enrollments.enrolling.models import Enrollment

    for place in Enrollment.objects.filter(learner=learner).select_related("version__course").order_by("pk"):
        lesson = place.version.lessons.filter(kind="text").order_by("position").first()
        if lesson is not None and place.status == Enrollment.Status.ACTIVE:
            return place, lesson
    raise SystemExit("The demo's learner has no text lesson to read.")


def _quiz_of(learner: Any) -> tuple[str, dict[str, str]]:
    """The address of a quiz that was begun for the measure, in a course of its own, and an answer to its first question."""
    from courses.lesson_kinds import kinds
    from courses.structure.models import Course, Lesson
    from enrollments.attempts.actions import begin
    from enrollments.enrolling.actions import enroll_self_paced
    from enrollments.enrolling.models import Enrollment

    for lesson in Lesson.objects.filter(kind="quiz", version__course__current__isnull=False).order_by("pk"):
        content = kinds["quiz"].load(lesson)
        if lesson.version_id != lesson.version.course.current_id or not content.questions or content.minutes:
            continue
        course = Course.objects.get(pk=lesson.version.course_id)
        place = Enrollment.objects.active().filter(learner=learner, version=lesson.version).first()
        try:
            place = place or enroll_self_paced(learner, course, by=learner)
            attempt = begin(place, lesson, by=learner)
        except Exception:
            continue
        state = kinds["quiz"].state_from_json(attempt.state)
        first = content.by_uid[state.questions[0].uid]
        return f"/learn/{place.pk}/{lesson.uid}/", {f"a-{first.uid}": first.shown[0].uid, "save": "1"}
    raise SystemExit("The demo has no quiz without a time limit that its learner may begin.")


def visits(site: str, page: Page, count: int) -> list[Visit]:
    """As many windows of the person as ask at once."""
    if page.person is None:
        return [(Stranger(site), page.path) for _ in range(count)]
    known = signed_in(site, page.person)
    return [(Browser(site, dict(known.cookies)), page.path) for _ in range(count)]


@contextmanager
def hello() -> Iterator[str]:
    """The yardstick on a free port: the same server, workers and threads, and one view without any of the product's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    line = [*command("web", port=port)[:-1], "tests.bench.hello:application"]
    server = subprocess.Popen(line, cwd=ROOT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)


def _wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            with urlopen(address, timeout=2):
                break
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def measure_pages(report: Report, site: str, data_dir: Path) -> None:
    """All pages, both yardsticks, and the memory of the web's processes."""
    with resting(data_dir, "worker"):
        _measure_pages(report, site, data_dir)


def _measure_pages(report: Report, site: str, data_dir: Path) -> None:
    with hello() as yardstick:
        best = {}
        for load in LOADS:
            found = measure([(Browser(yardstick), "/") for _ in range(load)], seconds=SECONDS, requests=MOST)
            report.add_page(f"hello_{load}", found)
            best[load] = found.per_second
    all_pages = pages()
    for page in all_pages:
        _fold()
        for load in LOADS:
            web = Watch(data_dir, "web")
            found = measure(visits(site, page, load), page.body, page.expect, seconds=SECONDS, requests=MOST)
            web.look()
            report.add_page(f"{page.name}_{load}", found)
            report.add(f"{page.name}_{load}_share", found.per_second / best[load], "of hello")
            report.add(f"{page.name}_{load}_cpu", web.seconds * 1000 / found.requests, "ms of the web")
        if page.is_read:
            _measure_reading(report, site, page)
    measure_memory(report, site, data_dir, [page for page in all_pages if page.is_read])


def _fold() -> None:
    """What the clock does every five seconds, while the workers rest: of who is stale a report would work out every sum itself."""
    from enrollments.standings.actions import fold

    while fold():
        pass


def _measure_reading(report: Report, site: str, page: Page) -> None:
    """Statements by Django and by the driver alone, and bytes as they come over the wire."""
    found = asked_by(page)
    report.add(f"{page.name}_sql", len(found.statements), "statements")
    report.add(f"{page.name}_sql_time", found.seconds * 1000, "ms")
    report.add(f"{page.name}_driver_time", replayed(found.statements) * 1000, "ms")
    browser, path = visits(site, page, 1)[0]
    _status, headers, body = browser.ask(path, packed=True)
    told = sum(len(f"{name}: {value}\r\n") for name, value in headers.items())
    report.add(f"{page.name}_bytes", (len(body) + told) / KIBIBYTE, "KiB")


def asked_by(page: Page) -> Asked:
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    if page.person is not None:
        client.force_login(page.person)
    assert client.get(page.path).status_code == 200, page
    return asked(lambda: client.get(page.path), warm=WARM)


def measure_memory(report: Report, site: str, data_dir: Path, all_pages: list[Page], count: int = 0) -> None:
    """MiB of the largest web process after the first and after the second half of so many requests of all pages in turn."""
    count = count or MIXED
    lines = [visit for page in all_pages for visit in visits(site, page, 1)]
    report.add("web_worker_before", _largest(data_dir), "MiB")
    for half in ("first", "second"):
        _mix(lines, count // 2)
        report.add(f"web_worker_after_{half}_half", _largest(data_dir), "MiB")
    report.add("mixed_requests", count // 2 * 2, "requests")


def _mix(lines: list[Visit], count: int, people: int = 8) -> None:
    def go(own: list[Visit]) -> None:
        for browser, path in own:
            status, _headers, _body = browser.ask(path, packed=True)
            assert status == 200, (path, status)

    # A line of a browser belongs to one thread.
    shares: list[list[Visit]] = [
        [(type(one)(one.site, dict(one.cookies)), path) for one, path in lines] for _ in range(people)
    ]
    with ThreadPoolExecutor(people) as pool:
        list(pool.map(go, (list(islice(cycle(own), count // people)) for own in shares)))


def _largest(data_dir: Path) -> float:
    return max(resident(pid) for pid in children(data_dir, "web")) / KIBIBYTE
