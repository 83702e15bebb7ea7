"""The product with its demo city, as `make run` serves it: for the pictures (tests/screenshots.py) and the measures (tests/bench)."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def product(**env: str) -> Iterator[str]:
    """The whole product on a free port, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    site = subprocess.Popen(
        [sys.executable, "-m", "asn_lms.serve"],
        env={**os.environ, "PORT": port, **env},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert site.stdout is not None
        if not any(line.startswith("ready ") for line in site.stdout):
            raise SystemExit("The product did not start; see above.")
        yield f"http://127.0.0.1:{port}"
    finally:
        site.send_signal(signal.SIGTERM)
        site.wait(timeout=20)


def accounts() -> dict[str, dict[str, str]]:
    """Who can sign in, by role."""
    said = subprocess.run(
        [sys.executable, "manage.py", "demo", "--accounts", "--json"], check=True, capture_output=True, text=True
    )
    return {one["role"]: one for one in json.loads(said.stdout)["accounts"]}
