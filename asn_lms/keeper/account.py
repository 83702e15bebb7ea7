"""The operating system's user that the servers run as, and how their processes end with who started them."""

import contextlib
import ctypes
import os
import platform
import pwd
import signal
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# Nothing of the caller's surroundings (PGHOST, LD_…) reaches the servers.
CLEAN_ENV = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C",
    "TZ": "UTC",
    "HOME": "/",
}
PR_SET_PDEATHSIG = 1


class ServiceError(RuntimeError):
    """A server could not be started; the message ends with what it last wrote to its log."""


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
