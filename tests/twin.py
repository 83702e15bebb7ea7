"""A copy of the test database in which things are really committed, by as many connections as a test wants.

Copying is cheaper than cleaning up, and leaves what other tests stand on untouched.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TypeVar

from django.conf import settings
from django.db import connection, connections

from tests import services

Answer = TypeVar("Answer")


class Twin:
    """Databases copied from each other; work in them is done by two threads, each with a connection of its own."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.seed = f"{template}_seed"
        self.name = f"{template}_twin"
        self.pool = ThreadPoolExecutor(2)

    def fresh(self, *, of: str = "") -> None:
        """Throw the twin away and copy it anew."""
        self.hang_up()
        services.copy(self.name, of=of or self.seed)

    def keep(self) -> None:
        """What the twin holds now is what `fresh` gives from now on."""
        self.hang_up()
        services.copy(self.seed, of=self.name)

    def drop(self) -> None:
        self.hang_up()
        self.pool.shutdown()
        services.drop(self.name, self.seed)

    def at_once(self, one: Callable[[], Answer], other: Callable[[], Answer]) -> list[Answer]:
        """Do both at the same moment, each on a connection of its own, and give the answers in order."""
        return list(self.pool.map(Meeting(), (one, other)))

    def do(self, work: Callable[[], Answer]) -> Answer:
        return self.pool.submit(work).result()

    def hang_up(self) -> None:
        """Both connections are closed: a database that is spoken to can be neither copied nor dropped."""
        self.at_once(connections.close_all, connections.close_all)


class Meeting:
    """Two threads begin together."""

    def __init__(self) -> None:
        self.barrier = Barrier(2)

    def __call__(self, work: Callable[[], Answer]) -> Answer:
        self.barrier.wait(20)
        return work()


@contextmanager
def twin() -> Iterator[Twin]:
    """While it lasts, new connections go to the twin. The caller's own connection must be closed before."""
    name = str(connection.settings_dict["NAME"])
    made = Twin(name)
    connection.close()
    made.fresh(of=name)
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = made.name
    try:
        yield made
    finally:
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        made.drop()
