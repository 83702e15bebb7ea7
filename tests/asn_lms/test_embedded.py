"""Promises of the embedded PostgreSQL and Valkey."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import environ
import psycopg2
import pytest
import redis

from asn_lms import embedded, keeper


def ask(url: str, question: str) -> object:
    """The first value of the first row of the answer."""
    where = environ.Env().db_url_config(url)
    connection = psycopg2.connect(dbname=where["NAME"], user=where["USER"], **where["OPTIONS"])
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            row = cursor.fetchone()
            return None if row is None else row[0]
    finally:
        connection.close()


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.05)


def processes_of(data_dir: Path) -> list[int]:
    """The living processes whose command line names this folder or its sockets."""
    marks = [os.fsencode(data_dir), os.fsencode(keeper.runtime_dir(data_dir))]
    place = data_dir / "run" / "place"
    if place.exists() and place.read_text().strip() != "here":
        marks.append(place.read_text().strip().encode())
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command_line = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if any(mark in command_line for mark in marks):
            found.append(int(entry.name))
    return found


def place_of(data_dir: Path) -> Path:
    """Where its databases lie."""
    remembered = (data_dir / "run" / "place").read_text().strip()
    return data_dir / "services" if remembered == "here" else Path(remembered)


def answers(urls: embedded.Urls) -> bool:
    try:
        return ask(urls.database, "SELECT 1") == 1 and redis.from_url(urls.redis).ping() is True
    except (psycopg2.OperationalError, redis.RedisError):
        return False


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    place = tmp_path / "run" / "place"
    if place.exists() and (remembered := place.read_text().strip()) != "here":
        shutil.rmtree(remembered)


def test_both_services_answer_and_leave_nothing_behind(data_dir: Path) -> None:
    with embedded.running(data_dir) as urls:
        assert answers(urls)
        assert ask(urls.database, "SHOW server_encoding") == "UTF8"
        assert ask(urls.database, "SHOW fsync") == "on"
        assert ask(urls.database, "SHOW listen_addresses") == ""
    assert processes_of(data_dir) == []
    assert not keeper.runtime_dir(data_dir).exists()


def test_rows_are_still_there_at_the_second_start(data_dir: Path) -> None:
    with embedded.running(data_dir) as urls:
        ask(urls.database, "CREATE TABLE kept AS SELECT 7 AS number; SELECT 1")
    with embedded.running(data_dir) as urls:
        assert ask(urls.database, "SELECT number FROM kept") == 7


def test_the_role_of_the_web_writes_rows_but_no_tables_and_never_waits_long(data_dir: Path) -> None:
    with embedded.running(data_dir) as urls:
        ask(urls.database, "CREATE TABLE made_by_owner (number int); SELECT 1")
        assert ask(urls.web_database, "INSERT INTO made_by_owner VALUES (1) RETURNING number") == 1
        assert ask(urls.web_database, "SHOW statement_timeout") == "15s"
        assert ask(urls.web_database, "SHOW lock_timeout") == "5s"
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(urls.web_database, "TRUNCATE made_by_owner; SELECT 1")


def test_the_services_stay_until_the_last_user_has_gone(data_dir: Path) -> None:
    with embedded.running(data_dir) as urls:
        with embedded.running(data_dir):
            pass
        assert answers(urls)
    assert processes_of(data_dir) == []


def test_a_user_that_is_killed_leaves_no_service_behind(data_dir: Path) -> None:
    program = f"import pathlib, time\nfrom asn_lms import embedded\nembedded.ensure(pathlib.Path({str(data_dir)!r}))\nprint('up', flush=True)\ntime.sleep(600)"
    user = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert user.stdout is not None
    assert user.stdout.readline() == "up\n"
    user.kill()
    user.communicate()
    wait_until(lambda: processes_of(data_dir) == [])


@pytest.mark.parametrize("service", ["postgres", "valkey-server"])
def test_a_service_that_is_killed_comes_back(data_dir: Path, service: str) -> None:
    with embedded.running(data_dir) as urls:
        [victim] = [pid for pid in processes_of(data_dir) if os.readlink(f"/proc/{pid}/exe").endswith(service)]
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: victim not in processes_of(data_dir) and answers(urls))


def test_after_everything_was_killed_the_next_start_works(data_dir: Path) -> None:
    with embedded.running(data_dir):
        for pid in processes_of(data_dir):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: processes_of(data_dir) == [])
    stale = place_of(data_dir) / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n" + stale.read_text().split("\n", 1)[1])  # by now that pid is somebody else's
    with embedded.running(data_dir) as urls:
        assert answers(urls)


def test_a_child_that_outlives_the_killed_server_delays_the_next_start_and_does_not_prevent_it(data_dir: Path) -> None:
    with embedded.running(data_dir) as urls, ThreadPoolExecutor(1) as beside:
        postmaster = (place_of(data_dir) / "postgres" / "postmaster.pid").read_text().split()[0]
        child = int(Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()[0])
        os.kill(child, signal.SIGSTOP)
        try:
            for pid in processes_of(data_dir):
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: processes_of(data_dir) == [])
            start = beside.submit(embedded.ensure, data_dir)
            log = place_of(data_dir) / "postgres.log"
            wait_until(lambda: "shared memory block" in log.read_text())
        finally:
            os.kill(child, signal.SIGKILL)
        start.result()
        assert answers(urls)


def test_services_that_were_killed_while_in_use_can_be_brought_back(data_dir: Path) -> None:
    urls = embedded.ensure(data_dir)
    try:
        for pid in processes_of(data_dir):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: processes_of(data_dir) == [])
        embedded.ensure(data_dir)
        assert answers(urls)
    finally:
        embedded._release(data_dir, os.getpid())
    assert processes_of(data_dir) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that the servers' user cannot enter")
def test_folders_that_we_did_not_make_keep_their_mode(data_dir: Path) -> None:
    home = data_dir / "root-home"
    home.mkdir(mode=0o700)
    before = home.stat()
    with embedded.running(home / "data") as urls:
        assert answers(urls)
        assert (home / "data" / "run" / "place").read_text().startswith("/var/lib/asn-lms/")
    after = home.stat()
    assert (stat.S_IMODE(after.st_mode), after.st_uid, after.st_gid) == (0o700, before.st_uid, before.st_gid)
    shutil.rmtree((home / "data" / "run" / "place").read_text().strip())


def test_the_secret_key_is_made_once_and_readable_by_its_owner_alone(data_dir: Path) -> None:
    key = embedded.secret_key(data_dir)
    assert len(key) >= 50
    assert embedded.secret_key(data_dir) == key
    assert stat.S_IMODE((data_dir / "secret-key").stat().st_mode) == 0o600


def test_addresses_are_known_before_anything_runs(data_dir: Path) -> None:
    urls = embedded.urls(data_dir)
    assert not (data_dir / "run").exists()
    assert len(f"{keeper.runtime_dir(data_dir)}/.s.PGSQL.5432") < 100
    assert embedded.broker_url(urls.redis).startswith("redis+socket:///")
    assert embedded.broker_url("rediss://broker:6379/0") == "rediss://broker:6379/0"
