"""The private PostgreSQL and Valkey of one DATA_DIR: where they are, and how to have them running while they are needed.

Used when no DATABASE_URL and REDIS_URL are given: on a bare machine, for development, demo and tests. asn_lms.keeper does the work.
"""

import atexit
import contextlib
import fcntl
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

from asn_lms import keeper
from asn_lms.keeper import ServiceError

__all__ = [
    "ServiceError",
    "Urls",
    "broker_url",
    "default_data_dir",
    "ensure",
    "is_needed_by",
    "running",
    "secret_key",
    "urls",
]

ROOT = Path(__file__).resolve().parent.parent
# The keeper's package by itself: asn_lms, from which it was imported here, would load Celery. -I: nothing of the caller's surroundings.
KEEP = "import sys; sys.path.append(sys.argv[1]); from keeper.keeping import keep; keep(sys.argv[2])"
# Commands of manage.py that work without a database.
WITHOUT_DATABASE = {
    "",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "startapp",
    "version",
}


@dataclass(frozen=True)
class Urls:
    """`database` owns the tables; `web_database` is the role that serves pages, with its time limits (architecture §6)."""

    database: str
    web_database: str
    redis: str


def default_data_dir() -> Path:
    """DATA_DIR from the environment, otherwise `.data` beside the source."""
    return Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()


def urls(data_dir: Path, *, database: str = "asn_lms") -> Urls:
    """Where the services of this folder answer once they run. Starts nothing."""
    sockets = keeper.runtime_dir(data_dir)
    query = urlencode({"host": str(sockets)})
    return Urls(
        database=f"postgres://asn_lms@/{database}?{query}",
        web_database=f"postgres://asn_lms_web@/{database}?{query}",
        redis=f"unix://{sockets}/valkey.sock?db=0",
    )


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis URL: it calls a socket `redis+socket://`, the Redis client calls it `unix://`."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    return f"redis+socket://{path}" + (f"?{query.replace('db=', 'virtual_host=')}" if query else "")


def secret_key(data_dir: Path) -> str:
    """The key of this folder, made at first use and readable by its owner alone."""
    path = data_dir / "secret-key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        half = data_dir / f"secret-key.{os.getpid()}"
        half.touch(mode=0o600)
        half.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):  # another process was first
            os.link(half, path)
        half.unlink()
    return path.read_text()


@contextlib.contextmanager
def running(data_dir: Path) -> Iterator[Urls]:
    """Both services answer inside the block. They stop once nobody in any process is inside such a block.

    Raises ServiceError with the reason when they cannot be started.
    """
    data_dir = data_dir.resolve()
    users = _join(data_dir)
    try:
        yield urls(data_dir)
    finally:
        users.close()
        _wait_for_end(data_dir)


_held: dict[Path, IO[bytes]] = {}
_keepers: list[subprocess.Popen[bytes]] = []


def ensure(data_dir: Path) -> Urls:
    """As `running`, until this process ends, in whatever way it ends. Called again, it brings back services that were killed."""
    data_dir = data_dir.resolve()
    if data_dir not in _held:
        _held[data_dir] = _join(data_dir)
        atexit.register(_release, data_dir, os.getpid())
    elif not _keeper_is_ready(data_dir):
        _held.pop(data_dir).close()
        return ensure(data_dir)
    return urls(data_dir)


def look_after() -> None:
    """Brings back the services that `ensure` gave, when they and their keeper were killed. Cheap enough for a loop."""
    for data_dir in list(_held):
        with (data_dir / "run" / "keeper.lock").open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
        for process in _keepers:
            process.poll()
        ensure(data_dir)


def _release(data_dir: Path, pid: int) -> None:
    if os.getpid() == pid and data_dir in _held:
        _held.pop(data_dir).close()
        _wait_for_end(data_dir)


def is_needed_by(argv: Sequence[str]) -> bool:
    """Whether this command line of manage.py wants the embedded services."""
    command = argv[1] if len(argv) > 1 else ""
    if command in WITHOUT_DATABASE or command.startswith("-") or "--help" in argv:
        return False
    return not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def _join(data_dir: Path) -> IO[bytes]:
    """Takes the shared lock that keeps the services alive, and starts a keeper when there is none."""
    run = data_dir / "run"
    run.mkdir(parents=True, exist_ok=True)
    users = (run / "users.lock").open("ab")
    try:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while an old keeper is stopping
        until = time.monotonic() + 120
        while not _keeper_is_ready(data_dir):
            if time.monotonic() > until:
                raise ServiceError(f"PostgreSQL and Valkey did not come up in two minutes; see {run / 'keeper.log'}.")
            time.sleep(0.02)
    except BaseException:
        users.close()
        raise
    return users


def _keeper_is_ready(data_dir: Path) -> bool:
    run = data_dir / "run"
    with (run / "keeper.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _keeper_says(data_dir).get("state") == "ready" and _services_answer(data_dir)
        # The keeper inherits the lock, so that there is no moment with two keepers or none.
        (run / "keeper.json").unlink(missing_ok=True)
        with (run / "keeper.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-c", KEEP, str(ROOT / "asn_lms"), str(data_dir)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                pass_fds=[lock.fileno()],
                start_new_session=True,
            )
            _keepers.append(process)
    while (said := _keeper_says(data_dir)).get("state") not in ("ready", "failed"):
        if process.poll() is not None:
            raise ServiceError(f"The keeper ended at once:\n{(run / 'keeper.log').read_text()[-2000:]}")
        time.sleep(0.02)
    if said["state"] == "failed":
        process.wait()
        raise ServiceError(str(said.get("reason")))
    return True


def _services_answer(data_dir: Path) -> bool:
    sockets = keeper.runtime_dir(data_dir)
    asks_for_ssl = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
    return keeper.answers(sockets / ".s.PGSQL.5432", asks_for_ssl, b"N") and keeper.answers(
        sockets / "valkey.sock", b"PING\r\n", b"+PONG"
    )


def _keeper_says(data_dir: Path) -> dict[str, object]:
    try:
        said: dict[str, object] = json.loads((data_dir / "run" / "keeper.json").read_text())
    except FileNotFoundError:
        return {}
    return said


def _wait_for_end(data_dir: Path, seconds: float = 9) -> None:
    """Waits until the keeper has ended, unless somebody else still uses the services."""
    until = time.monotonic() + seconds
    ready_until = time.monotonic() + 0.3
    while time.monotonic() < until:
        with contextlib.suppress(FileNotFoundError), (data_dir / "run" / "keeper.lock").open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if _keeper_says(data_dir).get("state") == "ready" and time.monotonic() > ready_until:
                    return
            else:
                for process in _keepers:
                    process.poll()
                return
        time.sleep(0.02)
