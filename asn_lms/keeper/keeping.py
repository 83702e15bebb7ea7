"""The keeper's own process: from the first user to the last."""

import fcntl
import json
import os
import signal
import threading
from pathlib import Path

from .account import ServiceError
from .servers import Services


def _say(data_dir: Path, **status: object) -> None:
    half = data_dir / "run" / "keeper.new"
    half.write_text(json.dumps({"pid": os.getpid(), **status}))
    half.replace(data_dir / "run" / "keeper.json")


def keep(folder: str) -> None:
    """Runs the services of this DATA_DIR until the last user is gone. The caller has given us its `run/keeper.lock` as an inherited file."""
    data_dir = Path(folder)
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
