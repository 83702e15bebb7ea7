"""The clock: every job on one page, each with a door, and one command that plays any hour."""

import inspect
import json
from typing import Any

import pytest
from celery import current_app
from django.core.management import CommandError, call_command

from accounts.jobs import beats
from accounts.jobs.models import ClockBeat
from asn_lms.clock import JOBS, Job, beat_schedule
from asn_lms.lib.days import instant

AT = "2026-11-25T08:00:00+07:00"


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.task)
def test_every_job_is_a_task_that_can_be_told_what_time_it_is(job: Job) -> None:
    task = current_app.tasks[job.task]
    assert "at" in inspect.signature(task.run).parameters
    assert job.why


def test_no_job_is_listed_twice_and_beat_knows_them_all() -> None:
    assert len({job.task for job in JOBS}) == len(JOBS) == len(beat_schedule())


def test_an_hour_without_a_zone_is_read_in_the_zone_of_the_installation() -> None:
    assert instant("2026-11-25T08:00:00").isoformat() == AT


@pytest.mark.django_db
def test_every_job_runs_once_as_of_the_given_time(capsys: Any) -> None:
    call_command("run_clock", "--at", AT, "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["at"] == AT
    assert answer["done"] == [job.task for job in JOBS]
    assert answer["failed"] == []
    assert not ClockBeat.objects.exists()  # a played hour is no sign of life


@pytest.mark.django_db
def test_a_job_that_fails_is_named_and_does_not_stop_the_others(capsys: Any, monkeypatch: Any) -> None:
    def broken(at: str | None = None) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(current_app.tasks["notices.sweep"], "run", broken)
    with pytest.raises(SystemExit) as stopped:
        call_command("run_clock", "--at", AT, "--json")
    answer = json.loads(capsys.readouterr().out)
    assert stopped.value.code == 1
    assert answer["failed"] == [{"task": "notices.sweep", "reason": "ValueError: broken"}]
    assert len(answer["done"]) == len(JOBS) - 1


def test_a_time_that_is_none_is_wrong_usage() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("run_clock", "--at", "besok pagi")
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_the_sweeper_is_the_heartbeat_of_the_clock() -> None:
    current_app.tasks["notices.sweep"]()
    first = beats.last(beats.CLOCK)
    assert first
    current_app.tasks["notices.sweep"]()
    again = beats.last(beats.CLOCK)
    assert again
    assert again > first
    beats.mark(beats.CLOCK, first)
    assert beats.last(beats.CLOCK) == again


def test_the_clock_goes_before_what_people_wait_for_and_that_before_bulk(settings: Any) -> None:
    steps: list[int] = settings.CELERY_BROKER_TRANSPORT_OPTIONS["priority_steps"]
    route = current_app.amqp.router.route
    order = [
        beat_schedule()["notices.sweep"]["options"]["priority"],
        settings.CELERY_TASK_DEFAULT_PRIORITY,
        route({}, "certificates.issue")["priority"],
        route({}, "certificates.issue_waiting")["priority"],
    ]
    assert order == steps
    assert route({}, "notices.send_waiting")["priority"] == steps[-1]
