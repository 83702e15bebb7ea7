"""Which parts of a film have been seen. Skipping to the end is not watching; watching a part twice counts once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from courses.lesson_kinds import Unreadable

_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)-(\d{1,6}(?:\.\d{1,6})?)")
MOST_SPANS = 2000
TENTHS = 10


@dataclass(frozen=True)
class Watched:
    """A union of spans in tenths of a second, each `[start, end)`, in order, apart from each other."""

    spans: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> "Watched":
        joined: list[tuple[int, int]] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return cls(tuple(joined))

    @classmethod
    def parse(cls, text: str, *, seconds: float) -> "Watched":
        """Read `0-12.5,30-60` (seconds), cut to the length of the film. Raises Unreadable for anything else."""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if len(parts) > MOST_SPANS:
            raise Unreadable(_("watched has too many parts."))
        last, spans = round(seconds * TENTHS), []
        for part in parts:
            found = _SPAN.fullmatch(part)
            if found is None or float(found[1]) > float(found[2]):
                raise Unreadable(_("watched must be spans in seconds, such as 0-12.5,30-60."))
            spans.append((min(round(float(found[1]) * TENTHS), last), min(round(float(found[2]) * TENTHS), last)))
        return cls.of(spans)

    def __or__(self, other: "Watched") -> "Watched":
        return Watched.of((*self.spans, *other.spans))

    @property
    def seconds(self) -> float:
        return sum(end - start for start, end in self.spans) / TENTHS

    def __str__(self) -> str:
        return ",".join(f"{start / TENTHS:g}-{end / TENTHS:g}" for start, end in self.spans)


NOTHING = Watched()
