"""What the XLSX of a whole unit costs a worker, in a process of its own: `python -m tests.bench.book AGENCY_ID` prints one JSON object."""

import json
import os
import subprocess
import sys
import tempfile
from time import perf_counter
from typing import Any

import django

from tests.bench.processes import KIBIBYTE, most_resident


def measured(agency_id: int) -> dict[str, float]:
    """Rows, seconds, and the most memory of the process in MiB."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.book", str(agency_id)], check=True, capture_output=True, text=True
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def main(agency_id: int) -> dict[str, Any]:
    django.setup()
    from django.utils import timezone

    from accounts.agencies.models import Agency
    from enrollments.reports.actions import counted_report
    from enrollments.reports.canonical import read
    from enrollments.reports.files import Form, write_file

    agency, now = Agency.objects.get(pk=agency_id), timezone.now()
    began = perf_counter()
    snapshot = counted_report(agency, now.year, now)
    with tempfile.TemporaryFile() as file:
        write_file(file, Form.XLSX, snapshot, show="all", people=True)
        size = file.tell()
    return {
        "rows": read(snapshot.figures).report.staff.people,
        "seconds": perf_counter() - began,
        # Not getrusage's, which remembers the process that started this one.
        "mib": most_resident(os.getpid()) / KIBIBYTE,
        "bytes": size,
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
