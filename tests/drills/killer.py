"""kill -9 for each part of the product, and a broker that forgets: a plan by a seed, spread over the work that there is to do."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import psycopg2
import redis

from asn_lms import keeper
from tests.served import Served, processes_with

PARTS = ("postgres", "worker", "web", "valkey", "clock")
FLUSH = "flush"
FIRST, LAST = 0.02, 0.94  # share of the work at which the first and the last fault falls
REST = 1.0  # seconds between two faults at least


@dataclass(frozen=True)
class Fault:
    """`at`: after so many steps of the work. `whole`: the part itself dies, otherwise one of its children."""

    at: int
    what: str
    whole: bool = True


def plan(seed: int, steps: int, kills: int, flushes: int, parts: tuple[str, ...] = PARTS) -> list[Fault]:
    """So many kills, each part in turn, and flushes between them, at moments drawn one from each equal stretch of the work. The last
    one kills the workers, so that nobody is left who holds a claim from before.
    """
    chance = random.Random(seed)
    whats = [parts[number % len(parts)] for number in range(kills)] + [FLUSH] * flushes
    whats.remove("worker")
    chance.shuffle(whats)
    whats.append("worker")
    stretch = (LAST - FIRST) * steps / len(whats)
    moments = [int(FIRST * steps + (number + chance.random()) * stretch) for number in range(len(whats))]
    faults = [Fault(at, what, chance.random() < 0.6) for at, what in zip(moments, whats, strict=True)]
    return [*faults[:-1], Fault(faults[-1].at, "worker")]


@dataclass
class Done:
    what: str
    at: float  # this machine's clock
    steps: int


@dataclass
class Killer:
    """Follows a plan at one served site. `steps` says how far the work has come; it may fail while a part is away."""

    served: Served
    faults: list[Fault]
    steps: Callable[[], int]
    is_hasty: bool = False
    done: list[Done] = field(default_factory=list)
    over: Event = field(default_factory=Event)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def run(self) -> None:
        for fault in self.faults:
            steps = self._wait_for(fault.at)
            while not self.over.is_set() and not self._strike(fault):
                time.sleep(0.1)  # it is dead already, or not born yet
            self.done.append(Done(fault.what, time.time(), steps))
            if fault.what == "worker" and self.is_hasty:
                self._let_claims_of_the_dead_run_out()
            self.over.wait(REST)

    def _is_whole(self, fault: Fault) -> bool:
        # What a single dead child had claimed is free after 25 seconds, and nobody outside knows what it was.
        return fault.whole or (self.is_hasty and fault.what == "worker")

    def counted(self) -> Counter[str]:
        return Counter(one.what for one in self.done)

    def _wait_for(self, at: int) -> int:
        while not self.over.is_set():
            with suppress(psycopg2.Error):
                steps = self.steps()
                if steps >= at:
                    return steps
            time.sleep(0.2)
        return 0

    def _strike(self, fault: Fault) -> bool:
        if fault.what == FLUSH:
            with suppress(redis.RedisError):
                return bool(redis.Redis.from_url(broker(self.served.data_dir)).flushall())
            return False
        leader = self._leader(fault.what)
        if leader is None:
            return False
        victims = [leader] if self._is_whole(fault) else _children(leader) or [leader]
        try:
            os.kill(self.chance.choice(victims), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def _leader(self, part: str) -> int | None:
        """The living process that stands for the part."""
        if part in ("web", "worker", "clock"):
            with suppress(OSError, ValueError):
                pid = self.served.pid(part)
                return pid if _lives(pid) else None
            return None
        program = {"postgres": "postgres", "valkey": "valkey-server"}[part]
        marks = [str(keeper.runtime_dir(self.served.data_dir))]
        for pid in processes_with(*marks):
            with suppress(OSError):
                if os.readlink(f"/proc/{pid}/exe").endswith(program) and _lives(pid):
                    return pid
        return None

    def _let_claims_of_the_dead_run_out(self) -> None:
        """All workers died a moment ago: what was claimed before then is held by nobody, so there is nothing to wait 25 seconds for."""
        for table in ("enrollments_certificate", "accounts_notice"):
            sql = (
                f"UPDATE {table} SET lease_until = now() - interval '1 second'"
                " WHERE lease_until < to_timestamp(%s) + interval '25 seconds' RETURNING id"
            )
            while not self.over.is_set():
                try:
                    rows(self.served.data_dir, sql, self.done[-1].at)
                    break
                except psycopg2.Error:
                    time.sleep(0.2)


def rows(data_dir: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What the database of this folder answers, over a line of our own. Raises psycopg2.Error while it is away."""
    where = {"dbname": "asn_lms", "user": "asn_lms", "host": str(keeper.runtime_dir(data_dir))}
    with closing(psycopg2.connect(connect_timeout=5, **where)) as line, line, line.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def broker(data_dir: Path) -> str:
    return f"unix://{keeper.runtime_dir(data_dir)}/valkey.sock"


def _lives(pid: int) -> bool:
    """Neither gone nor a zombie."""
    with suppress(OSError):
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    return False


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
