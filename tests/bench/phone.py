"""`make bench PROFILE=phone`: what learners' pages weigh, and when the first words stand, on a cheap phone behind a thin line.

The profile is WebPageTest's "3GSlow": 400 kbit/s and 400 ms for each request, 360 px wide. *First load*: nothing is kept yet. *Next page*: come
to from the home page, with what that one has left in the browser's cache. Bytes are those on the wire, headers included.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.bench.browsing import Browser, signed_in
from tests.bench.pages import Page as Asked
from tests.bench.pages import pages
from tests.bench.processes import KIBIBYTE
from tests.bench.report import Report

BYTES_PER_SECOND = 400_000 / 8
LATENCY = 400  # ms
LEARNERS = ("sign_in", "home", "catalogue", "course", "lesson", "quiz", "certificates", "inbox", "verify")
TIMES = 3
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FIRST_WORDS = """() => new Promise((done) => {
  const seen = (list) => { const one = list.find((entry) => entry.name === "first-contentful-paint"); if (one) done(one.startTime); };
  seen(performance.getEntriesByType("paint"));
  new PerformanceObserver((list) => seen(list.getEntries())).observe({ type: "paint", buffered: true });
})"""


def measure_phone(report: Report, site: str) -> None:
    known = {page.name: page for page in pages()}
    # Playwright's loop runs in this thread, and Django would take it for code that must not ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        assert Path(path).exists(), f"no browser at {path}"
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for name in LEARNERS:
            _measure(report, chromium, site, known[name])
        chromium.close()


def _measure(report: Report, chromium: Chromium, site: str, page: Asked) -> None:
    first, following, words = [], [], []
    for _ in range(TIMES):
        with _phone(chromium, site, page) as context:
            tab = context.new_page()
            came = _listen(tab)
            tab.goto(page.path, wait_until="networkidle")
            first.append(sum(came))
            words.append(float(tab.evaluate(FIRST_WORDS)))
        with _phone(chromium, site, page) as context:
            tab = context.new_page()
            tab.goto("/guide/" if page.name == "home" else "/" if page.person else "/verify/", wait_until="networkidle")
            came = _listen(tab)
            tab.goto(page.path, wait_until="networkidle")
            following.append(sum(came))
    report.add(f"{page.name}_first_load", median(first) / KIBIBYTE, "KiB")
    report.add(f"{page.name}_next_page", median(following) / KIBIBYTE, "KiB")
    report.add(f"{page.name}_first_words", median(words), "ms")


@contextmanager
def _phone(chromium: Chromium, site: str, page: Asked) -> Iterator[BrowserContext]:
    """An empty browser of that person behind a thin line."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True, locale="id-ID", base_url=site
    )
    context.set_default_timeout(120_000)
    browser = signed_in(site, page.person) if page.person is not None else Browser(site)
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in browser.cookies.items()])
    yield context
    context.close()


def _listen(tab: Page) -> list[float]:
    """The bytes of each thing that comes from now on."""
    came: list[float] = []
    line = tab.context.new_cdp_session(tab)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )
    line.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    return came
