"""Parts of a file, as players ask for them. Source: RFC 9110 §14."""

import re
from collections.abc import Iterator
from typing import IO

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
CHUNK = 64 * 1024


class Unsatisfiable(ValueError):
    """The part that was asked for lies outside the file."""


def part_of(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the one part that the header asks for; None means the whole file (no part, several, or not understood)."""
    asked = _RANGE.fullmatch(header.strip())
    if asked is None or asked[1] == asked[2] == "":
        return None
    if asked[1] == "":  # the last so many bytes
        length = int(asked[2])
        if length == 0 or size == 0:
            raise Unsatisfiable
        return max(0, size - length), size - 1
    first = int(asked[1])
    last = min(int(asked[2]), size - 1) if asked[2] else size - 1
    if first >= size:
        raise Unsatisfiable
    return (first, last) if first <= last else None


def read_part(file: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    """The bytes from first to last, in pieces; closes the file at the end."""
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
