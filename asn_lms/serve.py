"""Runs ASN LMS. `python -m asn_lms.serve` prepares and then supervises web server, worker and clock together (`make run`).

`python -m asn_lms.serve prepare|web|worker|clock` does one of these in the foreground; docker-compose.yml is made of them.
In every mode the commands are the same ones, from `command`.
"""

import contextlib
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from asn_lms import embedded
from asn_lms.keeper import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LONGEST_LOG = 10 * 1024 * 1024
SECONDS_TO_STOP = 7  # of the ten that `make run` promises; the services need the rest
SECONDS_TO_ANSWER = 180  # a weak machine that has other work took more than a minute


def command(role: str, *, port: str = "") -> list[str]:
    """The command of one role, with its settings from the environment; `port` goes before the one that stands there."""
    env = os.environ
    celery = [str(BIN / "celery"), "--app", "asn_lms"]
    if role == "prepare":
        return [sys.executable, "-m", "asn_lms.prepare"]
    if role == "web":
        options = {
            "--interface": "wsgi",
            "--http": "1",
            "--host": env.get("BIND", "127.0.0.1"),
            "--port": port or env.get("PORT", "8000"),
            "--workers": env.get("WEB_WORKERS", "2"),
            "--blocking-threads": env.get("WEB_THREADS", "4"),
            "--workers-kill-timeout": "5",
            "--respawn-interval": "0.2",
            "--log-level": "warning",
        }
        switches = ["--respawn-failed-workers", "--no-ws"]
        words = [word for pair in options.items() for word in pair]
        return [str(BIN / "granian"), *words, *switches, "asn_lms.wsgi:application"]
    if role == "worker":
        concurrency = env.get("WORKER_PROCESSES", "2")
        return [
            *celery,
            "worker",
            "--concurrency",
            concurrency,
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            "WARNING",
        ]
    if role == "clock":
        schedule = embedded.default_data_dir() / "run" / "beat"
        return [*celery, "beat", "--schedule", str(schedule), "--pidfile", "", "--loglevel", "WARNING"]
    raise LookupError(role)


ROLES = ("web", "worker", "clock")


def environment(role: str, env: Mapping[str, str]) -> dict[str, str]:
    """What a role's process is started with. The web has its own role in the database. Its threads share two stores of memory
    instead of having up to eight for each core, of which glibc gives little back.
    """
    if role != "web":
        return dict(env)
    own = {"DATABASE_URL": env.get("WEB_DATABASE_URL") or env["DATABASE_URL"]}
    return {"MALLOC_ARENA_MAX": "2", **env, **own}


@dataclass
class Child:
    """A role that runs as a process group of its own, is started again when it ends, and ends with the supervisor."""

    role: str
    env: dict[str, str]
    log: Path
    pid_file: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    rest: float = 0.0  # seconds to wait before the next start; doubles while it keeps dying young

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.old"))
        # When the supervisor is killed: the web server stops its own workers; Celery drops what it is doing, rows know.
        death_signal = signal.SIGTERM if self.role == "web" else signal.SIGKILL
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(  # noqa: S603
                command(self.role),
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with_parent(death_signal),
            )
        self.started_at = time.monotonic()
        half = self.pid_file.with_suffix(".new")  # nobody reads an empty file
        half.write_text(f"{self.process.pid}\n")
        half.replace(self.pid_file)

    def revive(self) -> None:
        """Starts it again when it has ended, at once the first time, then after 1, 2, 4 … 30 seconds."""
        if self.process is None or self.process.poll() is None:
            return
        lived = time.monotonic() - self.started_at
        if self.rest == 0.0 or lived > 60:
            self.rest = 1.0
        elif lived < self.rest:
            return
        else:
            self.rest = min(self.rest * 2, 30)
        say(f"{self.role} ended with {self.process.returncode}, started again; see {self.log}")
        self.sweep()
        self.start()

    def sweep(self) -> None:
        """Ends what is left of the process group: the children of a child that was killed."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()


@dataclass
class Supervisor:
    """Prepares, starts the children, looks after them, and stops them all when told."""

    data_dir: Path
    is_stopping: bool = False
    children: list[Child] = field(default_factory=list)

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        with only_one(self.data_dir):
            env = self._environment()
            if not self.is_stopping and not self._prepare(env):
                return 0 if self.is_stopping else 1
            try:
                return self._serve(env)
            finally:
                self._stop_children()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

    def _environment(self) -> dict[str, str]:
        env = os.environ | {"DATA_DIR": str(self.data_dir), "DJANGO_SETTINGS_MODULE": "asn_lms.settings"}
        if not (env.get("DATABASE_URL") and env.get("REDIS_URL")):
            urls = embedded.ensure(self.data_dir)
            if not env.get("DATABASE_URL"):
                env |= {"DATABASE_URL": urls.database, "WEB_DATABASE_URL": urls.web_database}
            env.setdefault("REDIS_URL", urls.redis)
        return env

    def _prepare(self, env: dict[str, str]) -> bool:
        process = subprocess.Popen(  # noqa: S603
            command("prepare"), cwd=ROOT, env=env, start_new_session=True, preexec_fn=die_with_parent(signal.SIGKILL)
        )
        while process.poll() is None:
            if self.is_stopping:
                os.killpg(process.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
        return process.returncode == 0

    def _serve(self, env: dict[str, str]) -> int:
        logs, run = self.data_dir / "log", self.data_dir / "run"
        self.children = [
            Child(role, environment(role, env), logs / f"{role}.log", run / f"{role}.pid") for role in ROLES
        ]
        for child in self.children:
            child.start()
        port = int(env.get("PORT") or 8000)
        until = time.monotonic() + SECONDS_TO_ANSWER
        while not self.is_stopping and not answers(port, env.get("SITE_URL", "")):
            if time.monotonic() > until:
                log = self.children[0].log
                say(f"The web server does not answer. The end of {log}:\n{log.read_text(errors='replace')[-2000:]}")
                return 1
            self._look_after(pause=0.05)
        if not self.is_stopping:
            say(f"ready http://127.0.0.1:{port}")
        while not self.is_stopping:
            self._look_after(pause=0.25)
        return 0

    def _look_after(self, *, pause: float) -> None:
        time.sleep(pause)
        if self.is_stopping:
            return
        for child in self.children:
            child.revive()
        embedded.look_after()

    def _stop_children(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        until = time.monotonic() + SECONDS_TO_STOP
        for child in self.children:
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, until - time.monotonic()))
            child.sweep()
            if child.process is not None:
                child.process.wait()
                child.pid_file.unlink(missing_ok=True)


def say(text: str) -> None:
    print(text, flush=True)


def answers(port: int, site_url: str) -> bool:
    """Whether /healthz says anything but "down"."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/healthz", headers={"Host": urlsplit(site_url).hostname or "127.0.0.1"})
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def port_is_free(port: int) -> bool:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@contextlib.contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Two supervisors on one DATA_DIR would send every periodic job twice.

    Raises ServiceError when there is one already.
    """
    (data_dir / "run").mkdir(parents=True, exist_ok=True)
    with (data_dir / "run" / "serve.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise embedded.ServiceError(
                f"ASN LMS is already running on {data_dir}. Stop it first, or set another DATA_DIR."
            ) from None
        yield


def end_with_parent() -> None:
    """From now on the end of the process that started us, `make`, ends us as well, even if it is killed."""
    die_with_parent(signal.SIGTERM, of=os.getppid())()


def main(words: list[str]) -> int:
    if words == ["--end-with-parent"]:
        end_with_parent()
        words = []
    if not words:
        port = int(os.environ.get("PORT") or 8000)
        if not port_is_free(port):
            say(f"Port {port} is taken. Choose another one: PORT={port + 1} make run")
            return 1
        try:
            return Supervisor(embedded.default_data_dir()).run()
        except embedded.ServiceError as failure:
            say(str(failure))
            return 1
    if len(words) != 1 or words[0] not in (*ROLES, "prepare"):
        say("usage: python -m asn_lms.serve [prepare|web|worker|clock]")
        return 2
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        say("A single role needs DATABASE_URL and REDIS_URL. Without them run everything: python -m asn_lms.serve")
        return 2
    # The clock remembers there when it rang; under the supervisor the folder is there already.
    (embedded.default_data_dir() / "run").mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    line = command(words[0])
    return os.execve(line[0], line, environment(words[0], os.environ))  # noqa: S606


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
