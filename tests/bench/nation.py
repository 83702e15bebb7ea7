"""`make bench PROFILE=small` (100,000 people) or `PROFILE=nation` (6.5 million): what heads' pages cost at that size.

Starts the product bare, lets `fill` invent the people, and asks as the head of the whole nation for units of every size: four windows at
once, and one alone, which is about what the server itself needs. Where the disk does not hold a nation, `BENCH_PEOPLE` says how many people (a
million needs some 13 GB); everything else goes down in proportion.
"""

import io
import json
import os
import time
from pathlib import Path
from statistics import median

import django

from tests.bench.book import measured
from tests.bench.browsing import PEOPLE_AT_ONCE, Browser, measure, signed_in
from tests.bench.importing import import_everybody
from tests.bench.processes import KIBIBYTE
from tests.bench.report import Report
from tests.product import product

PROFILES = {"small": (100_000, 300_000), "nation": (6_500_000, 20_000_000)}
SECONDS = 4.0  # for each page and load
# Of how many one is imported in the night: everybody where there is time.
IMPORTED = {"small": 10, "nation": 1}


def run(report: Report, profile: str) -> None:
    usual, places = PROFILES[profile]
    people = int(os.environ.get("BENCH_PEOPLE", usual))
    places = places * people // usual
    with product(DEMO="0") as site:
        django.setup()
        from django.core.management import call_command

        out = io.StringIO()
        call_command("fill", people=people, enrollments=places, json=True, stdout=out)
        told = json.loads(out.getvalue())
        for name, unit in (
            ("user", "people"),
            ("enrollment", "places"),
            ("lessonprogress", "rows"),
            ("agency", "units"),
        ):
            report.add(f"fill_{name}", told[name], unit)
        report.add("fill", told["seconds"], "s")
        report.add("fill_disk", told["bytes"] / KIBIBYTE**2, "MiB")
        head = signed_in(site, _head())
        for name, agency in _units().items():
            _measure_page(report, f"dashboard_{name}", head, f"/reports/?agency={agency}")
        began = time.monotonic()
        call_command("check_tallies", "--json", stdout=io.StringIO())
        report.add("check_tallies", time.monotonic() - began, "s")
        if profile == "small":
            told = measured(_units()["nation"])
            report.add("book_people", told["rows"], "people")
            report.add("book", told["seconds"], "s")
            report.add("book_memory", told["mib"], "MiB")
        for name, words in (("people", ""), ("search", "&q=siregar")):
            _measure_page(report, f"nation_{name}", head, f"/reports/people/?{words}")
        _measure_import(report, head, people // IMPORTED[profile])


def _measure_import(report: Report, head: Browser, people: int) -> None:
    found = import_everybody(head, Path(os.environ["DATA_DIR"]) / "nightly.csv", people)
    report.add("nightly_import_rows", found.rows, "rows")
    report.add("nightly_import", found.seconds, "s")
    report.add("nightly_import_rate", found.rows / found.seconds, "rows/s")
    report.add("nightly_import_memory", found.mebibytes, "MiB")
    report.add("nightly_import_report_p50", found.p50, "ms")
    report.add("nightly_import_report_p95", found.p95, "ms")
    report.add("nightly_import_stale", found.stale, "people")
    report.add("nightly_import_until_fresh", found.stale_seconds, "s")


def _measure_page(report: Report, name: str, head: Browser, path: str) -> None:
    windows = [(Browser(head.site, dict(head.cookies)), path) for _ in range(PEOPLE_AT_ONCE)]
    report.add_page(name, measure(windows, seconds=SECONDS))
    report.add_page(f"{name}_alone", measure(windows[:1], seconds=SECONDS))


def _head() -> object:
    from accounts.roles.models import RoleGrant

    return RoleGrant.objects.filter(agency__depth=1).select_related("person__agency").get().person


def _units() -> dict[str, int]:
    """The root, the largest agency, one in the middle of all agencies, and one in the middle of the smallest units."""
    from accounts.agencies.models import Agency

    agencies = list(Agency.objects.filter(depth=2).values_list("pk", flat=True))
    leaves = list(Agency.objects.filter(numchild=0).values_list("pk", flat=True))
    root = Agency.objects.get(depth=1).pk
    return {
        "nation": root,
        "largest_agency": agencies[0],
        "median_agency": agencies[int(median(range(len(agencies))))],
        "unit": leaves[len(leaves) // 2],
    }


def prepare(folder: Path) -> None:
    """Own folder, no services of somebody else, no limits: set before Django is."""
    for name in ("DATABASE_URL", "REDIS_URL", "WEB_DATABASE_URL", "SITE_URL", "DEMO"):
        os.environ.pop(name, None)
    os.environ |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "asn_lms.settings", "RATE_LIMITS": "off"}
