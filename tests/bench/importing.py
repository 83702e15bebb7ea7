"""A nightly import in which everybody changes, in a process of its own: `python -m tests.bench.importing FILE` prints one JSON object."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

import django

from tests.bench.browsing import Browser
from tests.bench.processes import KIBIBYTE, most_resident

COLUMNS = ("nip", "nama", "email", "unit", "jabatan", "golongan", "status")
LONGEST_WAIT = 1800.0


@dataclass
class Imported:
    """`stale_seconds`: from the end until nobody is stale; `stale`: how many were at the end. `p50`, `p95`: of the report meanwhile, ms."""

    rows: int
    seconds: float
    mebibytes: float
    stale: int
    stale_seconds: float
    p50: float
    p95: float


def import_everybody(head: Browser, file: Path, people: int) -> Imported:
    """So many people get another post, some of them another unit, golongan or address, while one window asks for the report of the nation."""
    _write(file, people)
    command = [sys.executable, "-m", "tests.bench.importing", str(file)]
    with ThreadPoolExecutor(1) as pool:
        importing = pool.submit(subprocess.run, command, check=True, capture_output=True, text=True)
        times = []
        while not importing.done():
            asked = time.monotonic()
            status, _headers, _content = head.ask("/reports/")
            assert status == 200, status
            times.append((time.monotonic() - asked) * 1000)
        told: dict[str, Any] = json.loads(importing.result().stdout)
    stale, began = _stale(), time.monotonic()
    while _stale() and time.monotonic() - began < LONGEST_WAIT:
        time.sleep(0.2)
    cuts = quantiles(times, n=20)
    return Imported(told["rows"], told["seconds"], told["mib"], stale, time.monotonic() - began, cuts[9], cuts[18])


def _write(file: Path, people: int) -> None:
    """Another post for all; every twentieth another unit of the same agency, every tenth another golongan, every fifth another address."""
    from accounts.agencies.models import Agency
    from accounts.people.models import Rank, User

    golongan = {scheme: [one.golongan for one in Rank.objects.filter(scheme=scheme)] for scheme in Rank.Scheme.values}
    units: dict[str, list[str]] = {}
    for path, code in Agency.objects.filter(is_active=True, depth__gt=1).values_list("path", "code"):
        units.setdefault(path[: 2 * Agency.steplen], []).append(code)
    columns = ("nip", "name", "agency__code", "agency__path", "employment")
    # Not of those who bear a role: who is moved is signed out, and one of them asks for the report.
    people_of_units = User.objects.filter(is_active=True, agency__depth__gt=1, grants=None)
    rows = people_of_units.order_by("pk").values_list(*columns)[:people]
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for n, (nip, name, code, path, employment) in enumerate(rows.iterator()):
            choice = units[path[: 2 * Agency.steplen]]
            ranks = golongan["pppk" if employment == "pppk" else "pns"]
            unit = choice[(choice.index(code) + 1) % len(choice)] if n % 20 == 0 and code in choice else code
            rank = ranks[n % len(ranks)] if n % 10 == 1 else ""
            email = f"{nip}@contoh.go.id" if n % 5 == 2 else ""
            writer.writerow([nip, name, email, unit, "Analis Data Kepegawaian", rank, employment])


def _stale() -> int:
    from enrollments.standings.models import Stale

    return Stale.objects.values("learner_id").distinct().count()


def main(file: str) -> dict[str, float]:
    django.setup()
    from django.core.management import call_command

    out = io.StringIO()
    began = time.perf_counter()
    call_command("import_people", file, "--json", stdout=out)
    seconds = time.perf_counter() - began
    return {
        "rows": json.loads(out.getvalue())["updated"],
        "seconds": seconds,
        "mib": most_resident(os.getpid()) / KIBIBYTE,
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
