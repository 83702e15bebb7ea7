"""Rows for COPY, PostgreSQL's fastest way in."""

import io
import json
from collections.abc import Callable, Iterable
from typing import Any

# Characters that psycopg2 takes from a batch at once.
PIECE = 1024 * 1024
_AWKWARD = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def text(value: Any) -> str:
    """A value in COPY's text format."""
    write = _WRITTEN.get(type(value), str)
    return write(value)


def _words(value: str) -> str:
    return value.translate(_AWKWARD)


def _json(value: Any) -> str:
    return _words(json.dumps(value, ensure_ascii=False))


# By type, since a nation is a billion values.
_WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _nothing: r"\N",
    bool: lambda value: "t" if value else "f",
    str: _words,
    list: _json,
    dict: _json,
}


def row(values: Iterable[Any]) -> str:
    """A row in COPY's text format."""
    return "\t".join(map(text, values)) + "\n"


def copy(line: Any, table: str, columns: str, rows: Iterable[str]) -> None:
    """Write rows, each made by `row`, by a connection of Django or of psycopg2. `table` and `columns` are SQL of ours."""
    with line.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", io.StringIO("".join(rows)), PIECE)
