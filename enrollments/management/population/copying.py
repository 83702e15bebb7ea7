"""Rows by COPY, into tables whose indexes and foreign keys are put back afterwards: then PostgreSQL itself checks every row."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection, models

from asn_lms.lib.copying import copy, text

LINES_AT_ONCE = 50_000
# What is still to be checked at the end of the transaction is checked now: a table that waits for it cannot be altered.
SETTLED = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


class _Copier:
    """COPY in a thread of its own: PostgreSQL writes a batch while the next one is made. One connection does one thing at a time, so every
    other statement waits for it, and raises what went wrong there.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._pending: Future[None] | None = None

    def copy(self, table: str, columns: str, lines: list[str]) -> None:
        self.wait()
        connection.ensure_connection()
        self._pending = self._pool.submit(copy, connection.connection, table, columns, lines)

    def wait(self) -> None:
        if self._pending:
            pending, self._pending = self._pending, None
            with connection.wrap_database_errors:
                pending.result()

    def before(self, execute: Callable[..., Any], *asked: Any) -> Any:
        """For `connection.execute_wrapper`."""
        self.wait()
        return execute(*asked)


_copier: ContextVar[_Copier | None] = ContextVar("copier", default=None)


@contextmanager
def beside() -> Iterator[None]:
    """While it lasts, batches are copied while the next ones are made."""
    copier = _Copier()
    token = _copier.set(copier)
    try:
        with copier._pool, connection.execute_wrapper(copier.before):
            yield
            copier.wait()
    finally:
        _copier.reset(token)


class Table:
    """One table that is filled. `columns` vary from row to row; every other column gets the default of its field, `constants` first.

    Numbers its rows itself, from the first free one; `close` tells the sequence.
    """

    def __init__(self, model: type[models.Model], *columns: str, at: datetime, **constants: Any) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        if strange := {*columns, *constants} - set(fields):
            raise LookupError(f"{model.__name__} has no {', '.join(sorted(strange))}")
        others = [name for name in fields if name not in {"id", *columns}]
        self.name = model._meta.db_table
        self.written = 0
        self._names = ", ".join(f'"{fields[name].column}"' for name in ("id", *columns, *others))
        rest = "".join(f"\t{text(constants.get(name, _default(fields[name], at)))}" for name in others)
        self._rest = f"{rest}\n"
        self._lines: list[str] = []
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {self.name}")  # noqa: S608 - a table of ours
            self.last: int = cursor.fetchone()[0]

    def add(self, *values: Any) -> int:
        """Write a row; returns its id."""
        self.last += 1
        self._lines.append("\t".join(map(text, (self.last, *values))) + self._rest)
        if len(self._lines) >= LINES_AT_ONCE:
            self._flush()
        return self.last

    def close(self) -> None:
        self._flush()
        if self.written:
            with connection.cursor() as cursor:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [self.name, self.last])

    def _flush(self) -> None:
        if self._lines:
            if copier := _copier.get():
                copier.copy(self.name, self._names, self._lines)
            else:
                copy(connection, self.name, self._names, self._lines)
            self.written += len(self._lines)
            self._lines = []


def _default(field: Any, at: datetime) -> Any:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return at
    return field.get_default()


@contextmanager
def unguarded(tables: Sequence[str]) -> Iterator[None]:
    """While it lasts the tables have neither foreign keys nor indexes but those of their constraints, and their triggers rest.

    Call it in a transaction: whoever else wants these tables waits. In the end all is put back, and a row that a key or an index does
    not allow ends it with IntegrityError.
    """
    keys = _rows(
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY 1, 2""",
        [list(tables)],
    )
    indexes = _rows(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
           WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
           ORDER BY 1""",
        [list(tables)],
    )
    _do(
        SETTLED,
        *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables),
        *(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name, _definition in keys),
        *(f"DROP INDEX {name}" for name, _definition in indexes),
    )
    yield
    _do(
        SETTLED,
        "SET LOCAL maintenance_work_mem = '1GB'",
        *(definition for _name, definition in indexes),
        *(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}' for table, name, definition in keys),
        *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables),
    )


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _do(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
