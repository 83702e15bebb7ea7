"""Where a drill takes place: the product as it is served, on a folder of its own, and Django speaking to the same database."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from asn_lms import embedded
from tests.served import Served, bare

SERVICES = ("DATABASE_URL", "REDIS_URL", "WEB_DATABASE_URL")


@contextmanager
def served_on(folder: Path | None, name: str, *, is_given: bool = False, **env: str) -> Iterator[Served]:
    """Served until the block ends. `folder` is set up already; without one, `name` below DATA_DIR begins empty. `is_given`: with the
    services that the environment names, instead of embedded ones.
    """
    data_dir = folder or embedded.default_data_dir() / name
    if folder is None:
        shutil.rmtree(data_dir, ignore_errors=True)
    served = Served(data_dir, **env) if is_given else bare(data_dir, **env)
    _speak_to(served, is_given)
    served.start(seconds=600)
    try:
        yield served
    finally:
        served.stop()


def _speak_to(served: Served, is_given: bool) -> None:
    """From here on Django speaks to the served database, as a worker does."""
    for name in ("SITE_URL", "DEMO", *(() if is_given else SERVICES)):
        os.environ.pop(name, None)
    own = {name: served.env[name] for name in ("DATA_DIR", "PORT", "EMAIL_URL") if name in served.env}
    os.environ |= own | {"DJANGO_SETTINGS_MODULE": "asn_lms.settings", "LOG_LEVEL": "CRITICAL"}


def until(condition: Callable[[], bool], end: float, what: str, *, each: Callable[[], None] = lambda: None) -> None:
    """Returns when the condition holds; `each` is done once a second meanwhile. Raises TimeoutError past the monotonic instant `end`."""
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(1)
        each()
