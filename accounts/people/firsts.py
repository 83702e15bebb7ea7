"""In which row of a file a number or an address came first: another row may not bear it again."""

import sqlite3
from collections.abc import Iterable
from typing import Protocol

from accounts.people.nip import bare
from asn_lms.lib.sheets import Row

# A column, and a value of it as it is compared.
Value = tuple[str, str]


class Firsts(Protocol):
    def of(self, rows: list[Row]) -> dict[Value, int]:
        """The row in which each value of these rows came first. Rows are asked for in their order; again is no harm."""


class FirstsAtHand:
    """Of a file that is in memory anyway."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._found = _firsts(rows)

    def of(self, rows: list[Row]) -> dict[Value, int]:
        return self._found


class FirstsOnDisk:
    """Of a file of any length: remembered in a file of its own that has no name and goes with the process. Not in PostgreSQL, where a pooler
    may give each transaction another connection.
    """

    def __init__(self) -> None:
        self._disk = sqlite3.connect("", isolation_level=None)
        self._disk.execute("PRAGMA journal_mode = OFF")
        self._disk.execute(
            'CREATE TABLE firsts ("column" TEXT, value TEXT, row INTEGER, PRIMARY KEY (value, "column")) WITHOUT ROWID'
        )

    def of(self, rows: list[Row]) -> dict[Value, int]:
        found = _firsts(rows)
        added = self._disk.executemany(
            "INSERT OR IGNORE INTO firsts VALUES (?, ?, ?)", ((*value, row) for value, row in found.items())
        ).rowcount
        if added < len(found):
            asked = 'SELECT row FROM firsts WHERE value = ? AND "column" = ?'
            for column, value in found:
                [found[column, value]] = self._disk.execute(asked, (value, column)).fetchone()
        return found


def _firsts(rows: Iterable[Row]) -> dict[Value, int]:
    found: dict[Value, int] = {}
    for row in rows:
        if number := bare(row.get("nip", "")):
            found.setdefault(("nip", number), row.number)
        if email := row.get("email", ""):
            found.setdefault(("email", email.upper()), row.number)
    return found
