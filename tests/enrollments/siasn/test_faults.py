"""Real workers, killed as a fault would kill them: each certificate is recorded in SIASN once. Promises R3, R4, R5 and R6 (docs/promises)."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as project
from django.db.models.functions import Now
from django.utils import timezone

from enrollments.siasn import actions
from enrollments.siasn.models import Posting
from tests.cast import cast
from tests.crew import Crew, wait_until
from tests.siasn_server import SiasnServer

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 300
SECOND = timedelta(seconds=1)


@pytest.fixture
def crew(connected: SiasnServer, tmp_path: Path, settings: Any) -> Iterator[Crew]:
    settings.MEDIA_ROOT = tmp_path / "media"
    _flush()
    with Crew(tmp_path, MEDIA_ROOT=str(tmp_path / "media"), **connected.environment) as people:
        yield people
    _flush()


def _flush() -> None:
    redis.Redis.from_url(project.REDIS_URL).flushdb()


def _rows(server: SiasnServer, many: int) -> None:
    from tests.enrollments.siasn import rows

    cohort = rows.cohort(cast().city)
    for _one in range(many):
        rows.posting(cohort, server=server)


def sweep() -> None:
    actions.sweep(timezone.now(), None)


def verified() -> int:
    return Posting.objects.filter(state=Posting.State.VERIFIED).count()


def let_the_dead_go() -> None:
    """The leases of who was killed run out at once, and SIASN has had its time to settle."""
    Posting.objects.filter(lease_until__isnull=False).update(lease_until=Now() - SECOND)
    Posting.objects.filter(begun_at__isnull=False).update(begun_at=Now() - actions.SETTLED_AFTER)
    Posting.objects.update(next_try_at=Now() - SECOND)


def test_a_worker_killed_between_siasns_save_and_our_commit_records_nothing_twice(
    crew: Crew, connected: SiasnServer
) -> None:
    """Four times: SIASN has written the record, and before its answer comes the worker and its children are gone."""
    _rows(connected, 12)
    saved, may_go_on, kills = threading.Event(), threading.Event(), [0]

    def hold() -> None:
        if kills[0] < 4:
            saved.set()
            may_go_on.wait(30)

    connected.after_save = hold
    worker = crew.worker(1)
    while kills[0] < 4:
        wait_until(saved.is_set, seconds=PATIENCE, each=sweep)
        crew.kill(worker)
        kills[0] += 1
        saved.clear()
        may_go_on.set()
        let_the_dead_go()
        may_go_on.clear()
        worker = crew.worker(1)
    wait_until(lambda: verified() == 12, seconds=PATIENCE, each=sweep)
    assert sorted(connected.written().values()) == [1] * 12
    assert {row.record_id for row in Posting.objects.all()} == set(connected.records)


def test_with_two_workers_two_clocks_a_kill_and_a_flushed_broker_each_certificate_is_recorded_once(
    crew: Crew, connected: SiasnServer
) -> None:
    _rows(connected, 15)
    for _one in range(2):
        crew.clock()
    first = crew.worker()
    wait_until(lambda: len(connected.records) >= 3, seconds=PATIENCE)
    crew.kill(first)
    _flush()  # the messages are gone before any worker saw them
    let_the_dead_go()
    for _one in range(2):
        crew.worker()
    wait_until(lambda: verified() == 15, seconds=PATIENCE, each=sweep)
    assert sorted(connected.written().values()) == [1] * 15
    log = (crew.folder / "crew.log").read_text()
    assert not [word for word in {*connected.secrets, *connected.people, *connected.people.values()} if word in log]
