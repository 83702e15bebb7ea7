"""Faults, with real processes: an import survives kill -9 of its worker (promise R4, short form)."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as project
from django.core.files.base import ContentFile

from accounts.jobs.actions import start_job, sweep_jobs
from accounts.jobs.models import Job
from accounts.people.models import PersonNumber, Placement, User
from tests import make
from tests.crew import Crew, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
# Seconds for what takes a few on a machine that has nothing else to do.
PATIENCE = 180
ROWS = 3000


@pytest.fixture
def crew(tmp_path: Path, settings: Any) -> Iterator[Crew]:
    settings.MEDIA_ROOT = tmp_path / "media"
    redis.Redis.from_url(project.REDIS_URL).flushdb()
    with Crew(tmp_path, MEDIA_ROOT=str(tmp_path / "media")) as people:
        yield people
    redis.Redis.from_url(project.REDIS_URL).flushdb()


def sheet(code: str) -> bytes:
    text = io.StringIO()
    text.write("nip;nama;unit;status\n")
    for number in range(ROWS):
        day, order = divmod(number, 900)
        text.write(f"1990{1 + day:02d}02202121{1 + number % 2}{order + 1:03d};Orang {number};{code};PPPK\n")
    return text.getvalue().encode()


def test_an_import_whose_worker_is_killed_goes_on_and_writes_everybody_once(crew: Crew) -> None:
    unit = make.agency("Kota", kind="instansi")
    officer = make.person(agency=unit, role="officer")
    job = start_job("people.write_import", "Impor", owner=officer, source=ContentFile(sheet(unit.code), name="o.csv"))
    first = crew.worker(1)
    wait_until(lambda: Job.objects.get(pk=job.pk).done >= 1000, seconds=PATIENCE)
    crew.kill(first)
    stood = Job.objects.get(pk=job.pk)
    assert stood.state == Job.State.RUNNING
    assert stood.done < ROWS
    Job.objects.filter(pk=job.pk).update(lease_until=None)  # the dead one's lease, run out at once
    redis.Redis.from_url(project.REDIS_URL).flushdb()  # and its message lost
    crew.worker(1)
    wait_until(lambda: Job.objects.get(pk=job.pk).is_over, seconds=PATIENCE, each=sweep_jobs)
    over = Job.objects.get(pk=job.pk)
    assert (over.state, over.result["created"], over.result["refused"]) == (Job.State.DONE, ROWS, 0)
    people = User.objects.filter(agency=unit).exclude(pk=officer.pk)
    assert people.count() == ROWS
    assert PersonNumber.objects.count() == Placement.objects.count() == ROWS
