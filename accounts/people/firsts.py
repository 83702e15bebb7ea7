"""In which row of a file a number or an address came first: another row may not bear it again."""

from collections.abc import Iterable
from typing import Protocol

from django.db import connection

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


class FirstsInTable:
    """Of a file of any length: PostgreSQL remembers them, in a temporary table of this connection."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.roster_firsts")
            cursor.execute(
                'CREATE TEMP TABLE roster_firsts ("column" text, value text COLLATE "C", row int, PRIMARY KEY (value, "column"))'
            )

    def of(self, rows: list[Row]) -> dict[Value, int]:
        found = _firsts(rows)
        columns, values = [column for column, _value in found], [value for _column, value in found]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO roster_firsts SELECT * FROM unnest(%s::text[], %s::text[], %s::int[]) ON CONFLICT DO NOTHING",
                [columns, values, list(found.values())],
            )
            if cursor.rowcount < len(found):
                cursor.execute('SELECT "column", value, row FROM roster_firsts WHERE value = ANY(%s)', [values])
                found.update({(column, value): row for column, value, row in cursor})
        return found


def _firsts(rows: Iterable[Row]) -> dict[Value, int]:
    found: dict[Value, int] = {}
    for row in rows:
        if number := bare(row.get("nip", "")):
            found.setdefault(("nip", number), row.number)
        if email := row.get("email", ""):
            found.setdefault(("email", email.upper()), row.number)
    return found
