"""What starting, stopping and losing parts of the served product promises."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest
import redis

from asn_lms import keeper
from tests.served import Served, free_port, processes_with, wait_until
from tests.stack import Stack


def running(served: Served) -> Served:
    """Up, whether or not the test before left it so."""
    if served.process is None or served.process.poll() is not None:
        served.start()
    return served


def of(served: Served) -> list[int]:
    """Every living process that belongs to this start."""
    return processes_with(str(served.data_dir), str(keeper.runtime_dir(served.data_dir)))


def health(served: Served) -> dict[str, object]:
    with urllib.request.urlopen(f"{served.url}/healthz", timeout=10) as answer:
        return dict(json.load(answer))


def test_a_first_start_sets_everything_up_and_an_interrupt_leaves_no_process(bare: Served) -> None:
    bare.start()
    assert re.search(rf"^ready {bare.url}$", bare.output(), re.MULTILINE)
    with urllib.request.urlopen(f"{bare.url}/accounts/login/", timeout=30) as page:
        assert page.status == 200
    assert bare.stop(signal.SIGINT) < 10
    assert of(bare) == []


def test_a_second_start_has_nothing_left_to_set_up(bare: Served) -> None:
    bare.start()
    assert bare.output() == f"ready {bare.url}\n"


def test_services_that_are_killed_come_back_under_a_running_site(bare: Served) -> None:
    running(bare)
    for pid in processes_with(str(keeper.runtime_dir(bare.data_dir))):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: bare.answers() and health(bare)["broker"] == "ok", "the services", seconds=60)


def test_a_supervisor_that_is_told_to_end_leaves_no_process(bare: Served) -> None:
    assert running(bare).stop(signal.SIGTERM) < 10
    assert of(bare) == []


def test_a_supervisor_that_is_killed_leaves_no_process(bare: Served) -> None:
    running(bare).stop(signal.SIGKILL)
    wait_until(lambda: of(bare) == [], "the end of every process", seconds=60)


def test_a_second_supervisor_on_the_same_folder_says_why_it_does_not_start(stack: Stack) -> None:
    other = stack.env | {"PORT": str(free_port())}
    refused = subprocess.run(
        [sys.executable, "-m", "asn_lms.serve"], env=other, capture_output=True, text=True, timeout=60
    )
    assert refused.returncode == 1
    assert "already running" in refused.stdout


def test_a_taken_port_is_named_with_another_one_to_try(stack: Stack) -> None:
    other = stack.env | {"DATA_DIR": f"{stack.data_dir}-other"}
    refused = subprocess.run(
        [sys.executable, "-m", "asn_lms.serve"], env=other, capture_output=True, text=True, timeout=60
    )
    assert refused.returncode == 1
    assert f"Port {stack.port} is taken" in refused.stdout


@pytest.mark.parametrize("role", ["web", "worker", "clock"])
def test_a_role_that_is_killed_is_started_again_without_orphans(stack: Stack, role: str) -> None:
    before = stack.pid(role)
    group = [pid for pid in processes_with(str(stack.data_dir)) if _group(pid) == before]
    stack.kill(role)
    wait_until(lambda: stack.pid(role) != before and stack.answers(), f"a new {role}")
    wait_until(lambda: not set(group) & set(processes_with(str(stack.data_dir))), "the end of what it left")


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def test_pages_come_before_the_work_behind_them(stack: Stack) -> None:
    wait_until(lambda: _kindness(stack, "worker") > _kindness(stack, "web"), "a worker that lets pages go first")


def _kindness(stack: Stack, role: str) -> int:
    """The least of all processes of the role, those of its pool too."""
    group = stack.pid(role)
    return min(
        os.getpriority(os.PRIO_PROCESS, pid) for pid in processes_with(str(stack.data_dir)) if _group(pid) == group
    )


def test_a_flushed_broker_is_no_harm_and_the_clock_beats_on(stack: Stack) -> None:
    redis.from_url(stack.env["REDIS_URL"]).flushdb()
    wait_until(lambda: health(stack)["status"] == "ok", "a beat of the clock", seconds=120)


def test_the_web_serves_with_a_role_that_cannot_change_tables(stack: Stack) -> None:
    assert "asn_lms_web" in stack.env["WEB_DATABASE_URL"]
    with urllib.request.urlopen(f"{stack.url}/accounts/login/", timeout=30) as page:
        assert page.status == 200


def test_rows_made_by_a_test_are_the_rows_of_the_served_site(stack: Stack) -> None:
    from accounts.models import Agency
    from tests import make

    with stack.rows():
        agency = make.agency()
        assert Agency.objects.filter(pk=agency.pk).exists()
        agency.delete()
