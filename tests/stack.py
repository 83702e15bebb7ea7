"""The whole product as it is served, for journeys and fault tests: web server, worker and clock under their supervisor.

The fixture `stack` is one for the session, on a database of its own beside the tests'. Rows are made inside `with stack.rows():`.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import override_settings

from asn_lms import embedded
from asn_lms.serve import port_is_free
from tests import services

DATABASE = f"test_stack_{services.WORKER}".rstrip("_")
REDIS_URL = services.redis_url(15 - services.NUMBER)
PORTS = count(20_000 + 1_000 * services.NUMBER)
HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]


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


class Stack(Served):
    """Served on a copy of the migrated template and on a Valkey database of its own."""

    def __init__(self, data_dir: Path, blocker: Any) -> None:
        shutil.rmtree(data_dir, ignore_errors=True)
        services.copy(DATABASE, of=services.template())
        database = services.url_of(DATABASE)
        # Embedded, the web has its own role with its own rights and time limits.
        web = database.replace("//asn_lms@", "//asn_lms_web@")
        super().__init__(data_dir, DATABASE_URL=database, WEB_DATABASE_URL=web, REDIS_URL=REDIS_URL)
        self.blocker = blocker

    @contextlib.contextmanager
    def rows(self) -> Iterator[None]:
        """Inside, Django's models read and write the rows of the served site; for tests without `django_db`."""
        before = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict["NAME"] = DATABASE
        caches = {
            "default": {
                "BACKEND": "asn_lms.lib.cache.ForgivingRedisCache",
                "LOCATION": REDIS_URL,
                "KEY_PREFIX": "asn",
            }
        }
        try:
            with (
                self.blocker.unblock(),
                override_settings(
                    PASSWORD_HASHERS=HASHERS,
                    MEDIA_ROOT=self.data_dir / "media",
                    EMAIL_FILE_PATH=self.data_dir / "mail",
                    CACHES=caches,
                    SITE_URL=self.url,
                    REDIS_URL=REDIS_URL,
                    SECRET_KEY=embedded.secret_key(self.data_dir),  # sessions made here are good there
                ),
            ):
                yield
        finally:
            connection.close()
            connection.settings_dict.update(before)


def folder() -> Path:
    return services.DATA_DIR / "stack"
