"""What something asks of the database: how many statements, how long they take, and how long they take the driver alone."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection

Statement = tuple[str, Any]
REPETITIONS = 50


@dataclass
class Asked:
    """`seconds`: of all statements together, as Django waited for them."""

    statements: list[Statement] = field(default_factory=list)
    seconds: float = 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.statements.append((sql, params))


def asked(ask: Callable[[], Any], *, warm: int = 0) -> Asked:
    """What one call asks, after some that only warm what is kept."""
    for _ in range(warm):
        ask()
    found = Asked()
    with connection.execute_wrapper(found):
        ask()
    return found


def counted(ask: Callable[[], Any]) -> int:
    return len(asked(ask).statements)


def replayed(statements: list[Statement]) -> float:
    """Seconds that the same reading takes psycopg2 without Django, rows fetched: the middle one of some repetitions.

    What writes or locks is left out: no page that is only looked at depends on it.
    """
    reading = [(sql, params) for sql, params in statements if sql.lstrip("( ").upper().startswith(("SELECT", "WITH"))]
    times = []
    with psycopg2.connect(settings.DATABASE_URL) as line, line.cursor() as cursor:
        for _ in range(REPETITIONS):
            began = time.perf_counter()
            for sql, params in reading:
                cursor.execute(sql, params)
                cursor.fetchall()
            times.append(time.perf_counter() - began)
    return median(times)
