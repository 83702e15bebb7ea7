"""Real workers and clocks on the test's own database and broker, to be killed as a fault would kill them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from django.db import connection

BIN = Path(sys.executable).parent


class Crew:
    """Processes of one test. They end with the block, whatever happened."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        name = connection.settings_dict["NAME"]
        head, _, query = os.environ["DATABASE_URL"].partition("?")
        database = head.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")
        self.env = {**os.environ, "DATABASE_URL": database, **env}
        self.running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in list(self.running):
            self.kill(process)

    def worker(self, processes: int = 2) -> subprocess.Popen[bytes]:
        return self._start(
            "celery", "-A", "asn_lms", "worker", "--concurrency", str(processes), "--without-gossip", "--without-mingle",
            "--loglevel", "WARNING",
        )  # fmt: skip

    def clock(self) -> subprocess.Popen[bytes]:
        schedule = self.folder / f"beat-{len(self.running)}"
        return self._start("celery", "-A", "asn_lms", "beat", "--schedule", str(schedule), "--pidfile", "")

    def command(self, *words: str) -> subprocess.Popen[bytes]:
        return self._start("python", "manage.py", *words)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As `kill -9` on it and its children."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        self.running.remove(process)

    def _start(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / "crew.log").open("ab") as log:
            process = subprocess.Popen(
                [str(BIN / program), *words], env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self.running.append(process)
        return process


def wait_until(condition: Callable[[], Any], *, seconds: float, each: Callable[[], Any] | None = None) -> None:
    """Return as soon as the condition holds; fail when it does not within so many seconds. `each` runs every second."""
    now = time.monotonic()
    ends_at, next_at = now + seconds, now
    while not condition():
        now = time.monotonic()
        assert now < ends_at, "waited in vain"
        if each and now >= next_at:
            each()
            next_at = now + 1
        time.sleep(0.1)
