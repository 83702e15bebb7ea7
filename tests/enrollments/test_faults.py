"""Faults, with real processes: what is promised survives kill -9, a flushed broker, two clocks and a mail server that is away.

Short forms of R2, R3, R4, R5 and R10 (docs/promises): whoever was killed is not there to hold a claim, so the tests let the claims
of the dead run out at once instead of waiting for them.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as project
from django.core.management import call_command
from django.db.models.functions import Now
from django.utils import timezone

from accounts.notices import actions as notices
from accounts.notices.models import Notice
from accounts.people.models import User
from enrollments.certificates import actions as certificates
from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.models import Enrollment
from enrollments.reminders.models import Reminder
from tests import make
from tests.cast import cast
from tests.crew import Crew, wait_until
from tests.relay_server import OK, RelayServer, relay

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2026, 11, 16)
# Seconds for what takes a minute on a machine that has nothing else to do.
PATIENCE = 300


@pytest.fixture
def server() -> Iterator[RelayServer]:
    with relay() as state:
        yield state


@pytest.fixture
def crew(server: RelayServer, tmp_path: Path, settings: Any) -> Iterator[Crew]:
    settings.MEDIA_ROOT = tmp_path / "media"
    _flush()
    with Crew(tmp_path, EMAIL_URL=server.url, MEDIA_ROOT=str(tmp_path / "media")) as people:
        yield people
    _flush()


def _flush() -> None:
    redis.Redis.from_url(project.REDIS_URL).flushdb()


def complete(count: int, cohort: Cohort | None = None) -> None:
    of = cohort or make.cohort()
    for _ in range(count):
        make.certificate(make.enrollment(cohort=of, status=Enrollment.Status.COMPLETED), on=TODAY)


def sweep() -> None:
    now = timezone.now()
    certificates.sweep(None)
    notices.sweep(now, None)


def let_claims_of_the_dead_run_out() -> None:
    Certificate.objects.filter(state=Certificate.State.CONFIRMED).update(lease_until=Now() - timedelta(seconds=1))
    Notice.objects.filter(mail_state=Notice.Mail.SENDING).update(lease_until=Now() - timedelta(seconds=1))


def drawn() -> int:
    return Certificate.objects.filter(state=Certificate.State.DELIVERED).count()


def have_come(steps: int) -> bool:
    return drawn() + sent() >= steps


def sent() -> int:
    return Notice.objects.filter(mail_state=Notice.Mail.SENT).count()


def test_sixty_completions_with_four_kills_are_sixty_certificates_and_sixty_mails(
    crew: Crew, server: RelayServer, tmp_path: Path
) -> None:
    server.pause = 0.05
    worker = crew.worker()
    complete(60)
    kill_at = [5, 35, 70, 100]  # of 120 steps: 60 papers drawn and 60 mails sent
    for goal in kill_at:
        wait_until(partial(have_come, goal), seconds=PATIENCE, each=sweep)
        crew.kill(worker)
        let_claims_of_the_dead_run_out()
        worker = crew.worker()
    wait_until(lambda: sent() == 60, seconds=PATIENCE, each=sweep)

    rows = list(Certificate.objects.order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(1, 61))
    assert CertificateSeries.objects.get().last == 60
    for row in rows:
        assert row.state == Certificate.State.DELIVERED
        assert sha256((tmp_path / "media" / str(row.file)).read_bytes()).hexdigest() == row.sha256
    delivered = server.by_message_id()
    ready = Notice.objects.filter(kind="certificate.ready")
    assert set(delivered) == {f"<{notice.message_id}@127.0.0.1>" for notice in ready}
    assert len(delivered) == 60
    # A surplus only from a kill between the relay's 250 and our commit: at most one for each process that was killed.
    assert sum(delivered.values()) - 60 <= 2 * len(kill_at)


def test_with_two_clocks_a_flushed_broker_and_a_worker_that_dies_nothing_is_lost_or_doubled(
    crew: Crew, server: RelayServer
) -> None:
    for _ in range(2):
        crew.clock()
    server.pause = 600  # the relay never comes to its 250
    first = crew.worker()
    notices.tell(make.person(), "test", "a", "Kabar", "")
    wait_until(lambda: Notice.objects.filter(mail_state=Notice.Mail.SENDING).exists(), seconds=PATIENCE)
    complete(10)
    crew.kill(first)
    server.pause = 0
    _flush()  # the messages are gone before any worker saw them
    for _ in range(2):
        crew.worker()
    wait_until(lambda: drawn() == 10 and sent() == 11, seconds=PATIENCE)
    assert sorted(server.by_message_id().values()) == [1] * 11


def test_two_clocks_at_once_remind_each_learner_once(crew: Crew, server: RelayServer) -> None:
    now = datetime(2026, 11, 25, 1, tzinfo=UTC)
    cohort = make.cohort()
    for _ in range(25):
        make.enrollment(cohort=cohort, due_on=date(2026, 11, 28), started_at=now - timedelta(days=9))
    at = now.isoformat()
    crew.worker()
    runs = [crew.command("run_clock", "--at", at, "--json") for _ in range(3)]
    assert [run.wait(PATIENCE) for run in runs] == [0, 0, 0]
    wait_until(lambda: sent() == 25, seconds=PATIENCE, each=lambda: notices.sweep(now, at))
    assert Reminder.objects.count() == 25
    assert sorted(server.by_message_id().values()) == [1] * 25
    call_command("run_clock", "--at", (now + timedelta(hours=6)).isoformat(), "--json")
    assert Notice.objects.count() == 25


def test_a_mail_server_that_was_away_and_then_moody_gets_all_that_can_be_delivered(
    crew: Crew, server: RelayServer
) -> None:
    who = cast()
    bad = make.person("Salah Alamat", agency=who.a, email="salah@contoh.go.id")
    now = timezone.now()
    server.answer = lambda recipient: "421 4.3.2 closing"
    crew.worker()
    for n in range(6):
        notices.tell(make.person(agency=who.a), "test", str(n), "Kabar", "")
    notices.tell(bad, "test", "bad", "Kabar", "")
    unsent = Notice.objects.filter(person__name__startswith="Pegawai").unsent()
    wait_until(lambda: unsent.exclude(mail_reason="").count() == 6, seconds=PATIENCE)
    assert not server.taken

    seen: set[str] = set()

    def moody(recipient: str) -> str:
        if recipient == "salah@contoh.go.id":
            return "550 5.1.1 no such user"
        if recipient in seen:
            return OK
        seen.add(recipient)
        return "450 4.2.0 greylisted"

    server.answer = moody
    for minutes in (2, 4, 8):
        at = now + timedelta(minutes=minutes)

        def settled(at: datetime = at) -> bool:
            return not Notice.objects.sendable(at).exists() and not Notice.objects.filter(mail_state="sending").exists()

        wait_until(settled, seconds=PATIENCE, each=partial(notices.sweep, at, at.isoformat()))
    assert sorted(server.by_message_id().values()) == [1] * 6
    assert User.objects.get(pk=bad.pk).mail_refused == "salah@contoh.go.id: 550 5.1.1 no such user"
    assert Notice.objects.get(kind="mail.refused").person == who.officer
