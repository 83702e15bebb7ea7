"""A worker killed in the middle of an act, and a broker that forgets: everybody gets one paper, and no number is lost. Promises
R2, R3 and R4.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as project
from django.utils import timezone

from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.issuance.actions import begin_issuance, sweep
from enrollments.issuance.models import Audience, IssuanceLine
from tests import make
from tests.cast import cast
from tests.crew import Crew, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 180
MANY = 300


@pytest.fixture
def crew(tmp_path: Path, settings: Any) -> Iterator[Crew]:
    settings.MEDIA_ROOT = tmp_path / "media"
    _flush()
    with Crew(tmp_path, MEDIA_ROOT=str(tmp_path / "media")) as people:
        yield people
    _flush()


def _flush() -> None:
    redis.Redis.from_url(project.REDIS_URL).flushdb()


def _given() -> int:
    return IssuanceLine.objects.filter(state=IssuanceLine.State.GIVEN).count()


def _are_given(least: int) -> bool:
    return _given() >= least


def test_three_killed_workers_and_a_flushed_broker_leave_one_number_for_each_person(crew: Crew) -> None:
    people = cast()
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm), ends_on=date(2026, 3, 31))
    for _ in range(MANY):
        make.enrollment(cohort=cohort, started_at=datetime(2026, 3, 3, 2, tzinfo=UTC))
    begin_issuance(cohort, Audience.ATTENDED, by=people.officer)
    _flush()  # the message is gone before any worker saw it
    for share in (1, 20, 40):
        worker = crew.worker()
        wait_until(partial(_are_given, share), seconds=PATIENCE, each=lambda: sweep(timezone.now()))
        crew.kill(worker)
    assert _given() < MANY
    crew.worker()
    wait_until(lambda: _given() == MANY, seconds=PATIENCE, each=lambda: sweep(timezone.now()))
    assert sorted(Certificate.objects.values_list("sequence", flat=True)) == list(range(1, MANY + 1))
    assert CertificateSeries.objects.get().last == MANY
    assert Certificate.objects.values("enrollment").distinct().count() == MANY
