"""Certificates: a thousand drawn, signed and told by the product's own workers, and the public page on which they are checked."""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from django.db import transaction
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from asn_lms.lib.later import later
from enrollments.certificates.actions import reserve_certificates
from enrollments.certificates.models import Certificate
from enrollments.certificates.printing import WITH_PRINTED, freeze
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.bench.processes import Watch, children
from tests.bench.statements import counted

MOST_SECONDS = 1_800.0
State = Certificate.State


@dataclass(frozen=True)
class Issued:
    """From the moment in which they could be drawn to the last one that was delivered. Bytes of the signed PDFs."""

    count: int
    seconds: float
    # Of the processor, in all workers together.
    work: float
    median_bytes: float
    largest_bytes: int
    workers: int
    # MiB of the largest worker at its largest.
    peak_mebibytes: int


def issue(data_dir: Path, count: int) -> Issued:
    """So many certificates of one cohort, whose names were confirmed by silence, by the workers of the served site."""
    _wait_for(Certificate.objects.issuable())  # what the demo city left to be drawn
    with_names = Certificate.objects.filter(pk__in=_reserved(count))
    began, watch = time.monotonic(), Watch(data_dir, "worker")
    for _process in range(2):
        later("certificates.issue_waiting", None)
    _wait_for(with_names.exclude(state=State.DELIVERED), watch)
    seconds = time.monotonic() - began
    sizes = list(with_names.values_list("size", flat=True))
    workers = len(children(data_dir, "worker"))
    return Issued(count, seconds, watch.seconds, median(sizes), max(sizes), workers, watch.peak_mebibytes)


def _wait_for(waiting: QuerySet[Certificate], watch: Watch | None = None) -> None:
    """Until none of them is left."""
    until = time.monotonic() + MOST_SECONDS
    while waiting.exists():
        assert time.monotonic() < until, f"{waiting.count()} certificates were not delivered"
        time.sleep(0.5)
        if watch:
            watch.look()


@transaction.atomic  # until all are there the sweeper sees none
def _reserved(count: int) -> list[int]:
    """Numbered for completions of a month ago, and confirmed by silence; nobody is told to draw them yet."""
    cohort = make.cohort(version=make.version(organiser=make.agency("Unit Beban")))
    on = timezone.now() - timedelta(days=30)
    places = [make.enrollment(cohort=cohort, status=Enrollment.Status.COMPLETED, completed_at=on) for _ in range(count)]
    rows = Certificate.objects.filter(
        pk__in=[row.pk for row in reserve_certificates([(one, on.date()) for one in places])]
    )
    for row in rows.select_related(*WITH_PRINTED):
        freeze(row, on)
        row.save()
    return list(rows.values_list("pk", flat=True))


def public_page() -> str:
    """The address of a certificate that anybody may check."""
    row = Certificate.objects.filter(state=State.DELIVERED).latest("pk")
    return f"/verify/{row.public_id}/"


def queries_of(path: str) -> int:
    """How many statements a stranger's look at this page takes."""
    client = Client(SERVER_NAME="127.0.0.1")
    assert client.get(path).status_code == 200
    return counted(lambda: client.get(path))
