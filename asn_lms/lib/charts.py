"""Where the shapes of a chart stand. Pure geometry, so that a chart prints, scales and needs no script.

Numbers leave here as text with a decimal point, because templates would print them with a comma, which SVG cannot read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Number = Decimal | int | float

_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 592.0, 20.0, 280.0


def coordinate(value: Number) -> str:
    """A number as SVG wants it: a point, at most one decimal place."""
    return f"{round(float(value), 1):g}"


@dataclass(frozen=True)
class Label:
    x: str
    y: str
    text: str
    shifted: bool = False  # every second one, which small screens leave out


@dataclass(frozen=True)
class LineChart:
    """A line over named steps (months), beside last year's line and over a goal; values are percentages, 0 to 100."""

    line: str
    past: str
    goal_y: str | None
    goal_label_y: str | None
    last: Label | None
    last_dot_y: str | None
    steps: tuple[Label, ...]
    rungs: tuple[Label, ...]


def line_chart(
    names: Sequence[str],
    values: Sequence[Number | None],
    past: Sequence[Number | None] = (),
    goal: Number | None = None,
) -> LineChart:
    """Geometry in a box of 600 × 312. `values` may be shorter than `names` (the year is not over); None leaves a gap out."""
    gap = (_RIGHT - 5 - _LEFT) / max(1, len(names) - 1)

    def y(value: Number) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * min(max(float(value), 0), 100) / 100

    def points(row: Sequence[Number | None]) -> list[tuple[float, float]]:
        return [(_LEFT + i * gap, y(value)) for i, value in enumerate(row) if value is not None]

    def written(row: list[tuple[float, float]]) -> str:
        return " ".join(f"{coordinate(px)},{coordinate(py)}" for px, py in row)

    line = points(values)
    last = None
    if line:
        from_words = next(value for value in reversed(values) if value is not None)
        # Above the dot, but never above the picture.
        last = Label(coordinate(line[-1][0]), coordinate(max(line[-1][1] - 12, _TOP - 4)), str(from_words))
    return LineChart(
        line=written(line),
        past=written(points(past)),
        goal_y=None if goal is None else coordinate(y(goal)),
        goal_label_y=None if goal is None else coordinate(y(goal) - 8),
        last=last,
        last_dot_y=coordinate(line[-1][1]) if line else None,
        steps=tuple(Label(coordinate(_LEFT + i * gap), "304", name, i % 2 == 1) for i, name in enumerate(names)),
        rungs=tuple(Label("38", coordinate(y(rung)), f"{rung}%") for rung in (0, 25, 50, 75, 100)),
    )


@dataclass(frozen=True)
class Column:
    x: str
    y: str
    width: str
    height: str
    middle: str
    value_y: str
    name: str
    value: str
    stressed: bool


def columns(pairs: Sequence[tuple[str, int]], *, stressed: int | None = None) -> tuple[Column, ...]:
    """A few upright bars in a box of 420 × 160, one of them stressed by its position: how many people at each step."""
    slot = 420 / max(1, len(pairs))
    top = max((count for _, count in pairs), default=0) or 1
    found = []
    for i, (name, count) in enumerate(pairs):
        height = 99 * count / top
        x, width = i * slot + slot * 0.1, slot * 0.8
        found.append(
            Column(
                x=coordinate(x),
                y=coordinate(124 - height),
                width=coordinate(width),
                height=coordinate(height),
                middle=coordinate(x + width / 2),
                value_y=coordinate(124 - height - 8),
                name=name,
                value=str(count),
                stressed=i == stressed,
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class Spark:
    x: str
    y: str
    width: str
    height: str


def spark(values: Sequence[Number]) -> tuple[Spark, ...]:
    """Small bars without axes in a box of 240 × 46; an empty month keeps a foot of two units, so that it is seen."""
    slot = 240 / max(1, len(values))
    top = max((float(value) for value in values), default=0) or 1
    bars = []
    for i, value in enumerate(values):
        height = max(2.0, 44 * float(value) / top)
        bars.append(
            Spark(
                coordinate(i * slot + slot * 0.15), coordinate(46 - height), coordinate(slot * 0.7), coordinate(height)
            )
        )
    return tuple(bars)
