"""`make bench`: `python -m tests.bench`. One line `name value unit` for each figure, and all of them in bench.json; it judges nothing.

Starts the product on an empty folder, asks it over loopback, then looks at its processes and files. Who asks runs on the same cores as what
answers, so the figures are lower than those of a server of its own. At most 2,400 requests in a minute and a half, every page at two loads
for `BENCH_SECONDS` each, `BENCH_MIXED` requests of all pages in turn, and a thousand certificates (`BENCH_CERTIFICATES`).
`PROFILE=pages` measures the pages alone, `PROFILE=phone` what they weigh and when their first words stand on slow 3G, `PROFILE=small` and `nation` heads' pages among an invented population.
"""

import io
import os
import shutil
import time
from pathlib import Path

import django

from asn_lms import embedded
from tests.bench import nation
from tests.bench.browsing import PEOPLE_AT_ONCE, Browser, Visit, first_load, measure, signed_in
from tests.bench.pages import measure_pages
from tests.bench.phone import measure_phone
from tests.bench.processes import KIBIBYTE, memory
from tests.bench.report import Report
from tests.product import accounts, product

SECONDS_OF_DRAWING = 5.0
CERTIFICATES = 1_000


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


def measure_the_ledger(report: Report) -> None:
    """A million operations of 100,000 people, drift and recount: some minutes, so only when asked for (`BENCH_LEDGER=1`, or a share of it: 0.1)."""
    from accounts.people.models import User
    from tests.bench.ledger import measure_ledger

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


def measure_certificates(report: Report, site: str, data_dir: Path) -> None:
    """A thousand certificates by the site's own workers, and the page that checks one."""
    from tests.bench import certificates

    found = certificates.issue(data_dir, int(os.environ.get("BENCH_CERTIFICATES", CERTIFICATES)))
    report.add("certificates_signed", found.count, "certificates")
    report.add("certificates_signed_in", found.seconds, "s")
    report.add("certificates_signed_rate", found.count / found.seconds, "1/s")
    report.add("certificates_signed_work", found.work, "s of the processor")
    report.add("certificates_workers", found.workers, "processes")
    report.add("certificates_worker_peak", found.peak_mebibytes, "MiB")
    report.add("certificates_pdf_median", found.median_bytes / KIBIBYTE, "KiB")
    report.add("certificates_pdf_largest", found.largest_bytes / KIBIBYTE, "KiB")
    path = certificates.public_page()
    report.add_page("verify", measure([(Browser(site), path) for _ in range(PEOPLE_AT_ONCE)]))
    report.add("verify_queries", certificates.queries_of(path), "queries")


def main() -> None:
    data_dir = embedded.default_data_dir() / "bench"
    shutil.rmtree(data_dir, ignore_errors=True)
    nation.prepare(data_dir)
    report = Report()
    profile = os.environ.get("PROFILE")
    if profile in {"pages", "phone"}:
        with product() as site:
            django.setup()
            if profile == "pages":
                measure_pages(report, site, data_dir)
            else:
                measure_phone(report, site)
        report.write(Path("bench.json"))
        return
    if profile:
        nation.run(report, profile)
        report.write(Path("bench.json"))
        return
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
        answer = {"draft": "Pekan ini saya menulis tiga tugas. {n}"}
        report.add_page("answer", measure(learners, answer, expect=302))
        report.add_page("report", measure(heads(site)))
        measure_pages(report, site, data_dir)
        sizes = first_load(*learners[0])
        for part, size in sizes.items():
            report.add(f"first_load_{part}", size / KIBIBYTE, "KiB")
        report.add("first_load", sum(sizes.values()) / KIBIBYTE, "KiB")
        report.add("certificates_drawn", papers_per_second(), "1/s")
        # Before the certificates: their places are written without being counted.
        report.add("check_tallies", seconds_of_recount(), "s")
        measure_certificates(report, site, data_dir)
        for role in ("web", "worker"):
            mebibytes, processes = memory(data_dir, role)
            report.add(f"memory_{role}", mebibytes, "MiB")
            report.add(f"processes_{role}", processes, "processes")
        if os.environ.get("BENCH_LEDGER"):
            measure_the_ledger(report)
    report.write(Path("bench.json"))


if __name__ == "__main__":
    main()
