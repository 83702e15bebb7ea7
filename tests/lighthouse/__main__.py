"""`make lighthouse`: `python -m tests.lighthouse`. A table of the main pages and what Lighthouse gives each, 0–100, and what it finds.

The profile is Lighthouse's own for phones: a slow 4G line (1.6 Mbit/s, 150 ms) and a processor four times slower, simulated. Learners' and heads'
pages are asked with the session of somebody of the demo. `SITE` names a site that is served already on this DATA_DIR; otherwise one is started.
Judges nothing but the aims: exit code 1 when a page stays below 95 somewhere.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django

from tests.bench.browsing import signed_in
from tests.bench.pages import Page, pages
from tests.product import product

ASKED = ("home", "course", "lesson", "dashboard", "verify")
CATEGORIES = ("performance", "accessibility", "best-practices")
AIM = 95
LIGHTHOUSE = Path(__file__).parent / "node_modules" / "lighthouse" / "cli" / "index.js"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SECONDS = 300  # for one page


@dataclass(frozen=True)
class Judged:
    page: str
    scores: dict[str, int]
    first_paint: float  # ms, first contentful paint as simulated
    findings: list[str]

    @property
    def is_good(self) -> bool:
        return all(score >= AIM for score in self.scores.values())


def judged(site: str, page: Page) -> Judged:
    """One run. Raises CalledProcessError when Lighthouse itself fails, and ends when it saw another page than was asked for."""
    cookies = signed_in(site, page.person).cookies if page.person is not None else {}
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    with tempfile.TemporaryDirectory() as folder:
        report, said = Path(folder) / "report.json", Path(folder) / "headers.json"
        said.write_text(json.dumps(headers))
        said.chmod(0o600)
        words = [
            "node",
            str(LIGHTHOUSE),
            f"{site}{page.path}",
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--extra-headers={said}",
            "--chrome-flags=--headless --no-sandbox --disable-gpu --lang=id",
        ]
        own = {"CHROME_PATH": CHROMIUM}
        subprocess.run(words, check=True, env=os.environ | own, timeout=SECONDS, stdout=subprocess.DEVNULL)
        found = json.loads(report.read_text())
    if urlsplit(found["finalDisplayedUrl"]).path != page.path or "runtimeError" in found:
        raise SystemExit(f"{page.name} was not seen: {found['finalDisplayedUrl']} {found.get('runtimeError', '')}")
    return _read(page.name, found)


def _read(name: str, report: dict[str, Any]) -> Judged:
    scores = {one: round(report["categories"][one]["score"] * 100) for one in CATEGORIES}
    findings = [
        f"{one}: {audit['title']}" + (f" ({audit['displayValue']})" if audit.get("displayValue") else "")
        for one in CATEGORIES
        for reference in report["categories"][one]["auditRefs"]
        if reference["weight"] and (audit := report["audits"][reference["id"]])["score"] is not None
        if audit["score"] < 0.9
    ]
    return Judged(name, scores, report["audits"]["first-contentful-paint"]["numericValue"], findings)


@contextmanager
def served() -> Iterator[str]:
    site = os.environ.get("SITE", "").rstrip("/")
    if site:
        yield site
    else:
        with product() as started:
            yield started


def main() -> int:
    with served() as site:
        django.setup()
        known = {page.name: page for page in pages()}
        found = [judged(site, known[name]) for name in ASKED]
    print(f"{'page':<10}" + "".join(f"{one:>16}" for one in CATEGORIES) + f"{'first paint':>16}")
    for one in found:
        print(
            f"{one.page:<10}"
            + "".join(f"{one.scores[name]:>16}" for name in CATEGORIES)
            + f"{one.first_paint:>13.0f} ms"
        )
    for one in found:
        for finding in one.findings:
            print(f"{one.page}: {finding}")
    return 0 if all(one.is_good for one in found) else 1


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asn_lms.settings")
    sys.exit(main())
