"""The whole product as a process of its own: `python -m asn_lms.serve`, its parts, and how to kill them."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

from asn_lms.serve import port_is_free

# One range for each process of the suite.
PORTS = count(20_000 + 1_000 * int(os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw") or 0))


def wait_until(condition: Callable[[], Any], what: str, *, seconds: float = 60) -> None:
    """Returns as soon as the condition holds; fails, saying what never came, when it does not within so many seconds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"waited {seconds} s in vain for: {what}"
        time.sleep(0.1)


def free_port() -> int:
    """One that stays free until it is used: below those that the system lends to anybody, and no other process of the suite takes it."""
    return next(port for port in PORTS if port_is_free(port))


def processes_with(*marks: str) -> list[int]:
    """The living processes whose command line or DATA_DIR names one of these."""
    wanted = [mark.encode() for mark in marks]
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words, env = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
        except OSError:
            continue
        own = [line for line in env.split(b"\0") if line.startswith(b"DATA_DIR=")]
        if int(entry.name) != os.getpid() and words and any(mark in words or mark in b"".join(own) for mark in wanted):
            found.append(int(entry.name))
    return found


class Served:
    """`python -m asn_lms.serve` on a folder and a port of its own."""

    def __init__(self, data_dir: Path, **env: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        own = {"DATA_DIR": str(data_dir), "PORT": str(self.port), "DEMO": "0", "RATE_LIMITS": "off"}
        self.env = {key: value for key, value in os.environ.items() if key != "SITE_URL"} | own | env
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []

    def start(self, *, seconds: float = 240) -> None:
        """Returns when the site answers; fails with what was said instead of "ready"."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        out = (self.data_dir / "serve.out").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "asn_lms.serve"], env=self.env, stdout=out, stderr=subprocess.STDOUT, text=True
        )
        wait_until(lambda: self._is_over_or_ready(), "the line ready", seconds=seconds)
        assert self.process.poll() is None, self.output()

    def output(self) -> str:
        return (self.data_dir / "serve.out").read_text()

    def _is_over_or_ready(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None or f"ready {self.url}\n" in self.output()

    def stop(self, number: int = signal.SIGINT) -> float:
        """The seconds that it took to end."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - began

    def pid(self, role: str) -> int:
        """Of `web`, `worker` or `clock`: the leader of its process group."""
        return int((self.data_dir / "run" / f"{role}.pid").read_text())

    def kill(self, role: str) -> None:
        """kill -9 for the role, without its children; the supervisor starts it again."""
        os.kill(self.pid(role), signal.SIGKILL)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def mails(self) -> list[EmailMessage]:
        """What was sent so far, oldest first."""
        files = sorted((self.data_dir / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        found = []
        for file in files:
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            found.append(mail)
        return found


def bare(data_dir: Path, **env: str) -> Served:
    """Served with no services given: PostgreSQL and Valkey of its own, embedded in its folder."""
    served = Served(data_dir, **env)
    for name in ("DATABASE_URL", "REDIS_URL", "WEB_DATABASE_URL"):
        served.env.pop(name, None)
    return served


def forget(data_dir: Path) -> None:
    """Throws the folder of a bare start away, and its databases where they lie elsewhere."""
    place = data_dir / "run" / "place"
    if place.exists() and (remembered := place.read_text().strip()) != "here":
        shutil.rmtree(remembered, ignore_errors=True)
    shutil.rmtree(data_dir, ignore_errors=True)
