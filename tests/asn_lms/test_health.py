"""What watches the site learns from /healthz."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts.jobs import beats
from accounts.notices.models import Notice
from tests import make


@pytest.fixture
def clock_runs(db: None) -> None:
    beats.mark(beats.CLOCK, timezone.now())


def asked() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/healthz")
    return answer.status_code, answer.json()


@pytest.mark.usefixtures("clock_runs")
def test_all_is_well_when_database_broker_and_clock_answer() -> None:
    status, said = asked()
    assert (status, said["status"], said["database"], said["broker"], said["clock"]) == (200, "ok", "ok", "ok", "ok")
    assert said["oldest_unsent_s"] is None
    assert 0 < said["disk_free_ratio"] <= 1


@pytest.mark.django_db
def test_a_clock_that_stands_still_is_degraded_not_down() -> None:
    assert asked()[1]["clock"] == "never"
    beats.mark(beats.CLOCK, timezone.now() - timedelta(minutes=5))
    status, said = asked()
    assert (status, said["status"], said["clock"]) == (200, "degraded", "late")


@pytest.mark.usefixtures("clock_runs")
def test_a_broker_that_is_away_is_degraded_since_rows_keep_every_promise(settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    status, said = asked()
    assert (status, said["status"], said["broker"]) == (200, "degraded", "down")


@pytest.mark.django_db
def test_without_the_database_the_site_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_name: str) -> None:
        raise DatabaseError

    monkeypatch.setattr(beats, "last", fail)
    status, said = asked()
    assert (status, said["status"], said["database"]) == (503, "down", "down")


@pytest.mark.usefixtures("clock_runs")
def test_mail_that_waits_too_long_is_seen_but_mail_for_later_is_not() -> None:
    person = make.person()
    later = Notice.objects.create(person=person, kind="k", about="a", title="t", mail_state=Notice.Mail.DUE)
    Notice.objects.filter(pk=later.pk).update(not_before=timezone.now() + timedelta(hours=1))
    assert asked()[1]["oldest_unsent_s"] is None
    Notice.objects.filter(pk=later.pk).update(not_before=timezone.now() - timedelta(minutes=20))
    Notice.objects.filter(pk=later.pk).update(created_at=timezone.now() - timedelta(hours=9))
    said = asked()[1]
    assert 1190 < said["oldest_unsent_s"] < 1300
    assert said["status"] == "degraded"
