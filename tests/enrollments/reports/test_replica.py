"""Reports from a real read replica: never stale without saying so, and from the primary when the replica is late or gone."""

import copy
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from accounts.jobs import beats
from accounts.people.models import User
from asn_lms.lib import reading
from asn_lms.lib.reading import REPLICA, Told, told_behind_the_wall
from enrollments.reports.figures import AgencyReport
from enrollments.reports.queries import agency_report, frame_of
from enrollments.standings.models import Stale
from tests import make, services
from tests.cast import Cast, cast
from tests.replica import Replica, primary_socket
from tests.served import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", REPLICA]),
    pytest.mark.skipif(not primary_socket(), reason="a replica is made of the embedded PostgreSQL only"),
]


@pytest.fixture(scope="module", autouse=True)
def following(django_db_setup: None) -> Iterator[Replica]:
    """A replica that follows, named in the settings as DATABASE_REPLICA_URL would."""
    server = Replica(services.DATA_DIR / "replica")
    there = copy.deepcopy(connections.settings["default"])
    there["OPTIONS"] = {**there["OPTIONS"], "host": str(server.sockets), "connect_timeout": 2}
    there["USER"], there["TEST"]["MIRROR"] = "asn_lms_web", "default"
    try:
        server.make()
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(connections.settings, REPLICA, there)
            patch.setitem(settings.DATABASES, REPLICA, there)
            yield server
            connections[REPLICA].close()
            del connections[REPLICA]
    finally:
        server.end()


@pytest.fixture
def replica(following: Replica, monkeypatch: pytest.MonkeyPatch) -> Replica:
    if following.tell("SELECT pg_is_wal_replay_paused()"):
        following.tell("SELECT pg_wal_replay_resume()")
    following.catch_up()
    monkeypatch.setattr(reading, "_patience", reading._Patience())
    return following


@pytest.fixture
def people(replica: Replica) -> Cast:
    made = cast()
    replica.catch_up()
    return made


def enrolled(people: Cast) -> Any:
    """What the head is told of how many places were taken this year, and how old that is."""
    told = reported(people)
    return told.value.places.enrolled, told.seconds


def reported(people: Cast) -> Told[AgencyReport]:
    now = timezone.now()
    frame = frame_of(people.a, now.year)
    return told_behind_the_wall(
        [people.a.path], lambda: agency_report(people.a, now.year, now, frame=frame), before=frame
    )


def page_of(people: Cast, path: str = "/reports/") -> str:
    client = Client()
    client.force_login(people.head)
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def is_read_there() -> bool:
    def where() -> bool:
        with reading.line().cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            [there] = cursor.fetchone()
            return bool(there)

    return told_behind_the_wall([], where).value


def test_a_replica_that_has_everything_answers_and_nothing_is_said(people: Cast, replica: Replica) -> None:
    make.enrollment(learner=people.learner, enrolled_at=timezone.now())
    replica.catch_up()
    assert is_read_there()
    assert enrolled(people) == (1, 0)
    assert "di belakang" not in page_of(people)


def test_who_is_not_counted_into_the_sums_yet_is_worked_out_there_too(people: Cast, replica: Replica) -> None:
    """It neither writes nor locks anything: the replica refuses both."""
    make.enrollment(learner=people.learner, enrolled_at=timezone.now(), due_on=date(2025, 1, 2))
    replica.catch_up()
    assert Stale.objects.filter(learner_id=people.learner.pk).exists()
    assert is_read_there()
    there = reported(people).value
    assert there == agency_report(people.a, there.year, there.as_of)
    assert there.places.overdue == 1


def test_figures_of_a_replica_that_is_behind_are_shown_with_how_far(people: Cast, replica: Replica) -> None:
    replica.tell("SELECT pg_wal_replay_pause()")
    make.enrollment(learner=people.learner, enrolled_at=timezone.now())
    wait_until(lambda: enrolled(people)[1] >= 1, "the replica to be a second behind")
    number, seconds = enrolled(people)
    assert number == 0
    assert 1 <= seconds < 60
    for path in ("/reports/", "/reports/people/", "/team/", "/reports/evaluation/", "/reports/own/?rows=units"):
        assert "detik di belakang" in page_of(people, path), path


def test_one_that_is_too_far_behind_is_not_read(
    people: Cast, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica.tell("SELECT pg_wal_replay_pause()")
    make.enrollment(learner=people.learner, enrolled_at=timezone.now())
    monkeypatch.setattr(settings, "REPLICA_SECONDS", 0)
    assert enrolled(people) == (1, 0)
    assert "di belakang" not in page_of(people)


def test_rest_says_of_which_moment_its_figures_are(people: Cast, replica: Replica) -> None:
    replica.tell("SELECT pg_wal_replay_pause()")
    make.enrollment(learner=people.learner, enrolled_at=timezone.now())
    wait_until(lambda: enrolled(people)[1] >= 2, "the replica to be two seconds behind")
    client = Client()
    client.force_login(people.head)
    for path in ("/api/v1/reports/completion", "/api/v1/reports/people"):
        said = datetime.fromisoformat(client.get(path).json()["as_of"])
        assert (timezone.now() - said).total_seconds() >= 1.5, path


def test_when_it_is_gone_the_primary_answers_and_when_it_is_back_it_does_again(
    people: Cast, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between two pages, with the connection of the first still open."""
    monkeypatch.setattr(reading, "REST", 3600)
    assert is_read_there()
    replica.kill()
    make.enrollment(learner=people.learner, enrolled_at=timezone.now())
    assert enrolled(people) == (1, 0)
    assert "di belakang" not in page_of(people)
    replica.start()
    replica.catch_up()
    assert not is_read_there(), "it is given a rest first"
    monkeypatch.setattr(reading._patience, "until", 0.0)
    assert is_read_there()


def test_one_that_is_lost_while_it_is_read_costs_nobody_the_page(people: Cast, replica: Replica) -> None:
    asked: list[bool] = []

    def read() -> int:
        with reading.line().cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            asked.append(cursor.fetchone()[0])
            if asked[-1]:
                replica.tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'asn_lms_web'")
        return User.objects.count()

    assert told_behind_the_wall([people.a.path], read).value > 0
    assert asked == [True, False]


def test_who_watches_the_site_learns_of_a_replica_that_is_late_or_gone(
    people: Cast, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said() -> tuple[str, str]:
        answer = Client().get("/healthz").json()
        return answer["status"], answer["replica"]

    beats.mark(beats.CLOCK, timezone.now())
    replica.catch_up()
    assert said() == ("ok", "ok")
    replica.tell("SELECT pg_wal_replay_pause()")
    make.person(agency=people.a)
    with monkeypatch.context() as patch:
        patch.setattr(settings, "REPLICA_SECONDS", 0)
        assert said() == ("degraded", "late")
    replica.kill()
    assert said() == ("degraded", "away")
    replica.start()


def test_the_wall_stands_on_the_replica_too(people: Cast) -> None:
    def everybody() -> set[int]:
        return set(User.objects.values_list("pk", flat=True))

    assert is_read_there()
    assert told_behind_the_wall([people.a.path], everybody).value == {people.learner.pk, people.head.pk}
    assert len(everybody()) > 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = session_user")
        assert cursor.fetchone() == (True,)


def test_what_is_read_there_is_written_here(people: Cast) -> None:
    """A row that came from the replica is saved to the primary."""
    someone = told_behind_the_wall([people.a.path], lambda: User.objects.get(pk=people.learner.pk)).value
    someone.post = "Pranata Komputer"
    someone.save(update_fields=["post"])
    assert User.objects.get(pk=people.learner.pk).post == "Pranata Komputer"


def test_one_that_was_made_a_primary_of_its_own_is_not_read(people: Cast, replica: Replica) -> None:
    """The last test of the file: it follows nobody any more."""
    replica.tell("SELECT pg_promote()")
    make.enrollment(learner=people.learner, enrolled_at=timezone.now())
    assert not is_read_there()
    assert enrolled(people) == (1, 0)
