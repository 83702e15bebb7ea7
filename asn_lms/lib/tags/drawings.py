"""Icons, covers, bars, rings and charts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from asn_lms.lib import charts, words
from asn_lms.lib.tags.library import register


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """One drawing from static/img/icons.svg. Always beside a word: it is hidden from screen readers."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.inclusion_tag("parts/cover.html")
def cover(motif: str = "shoot") -> dict[str, Any]:
    """A course's drawing: shoot, sun, grid, sound, path, weave, door, lock or letter."""
    return {"motif": motif}


@register.inclusion_tag("parts/pic.html")
def pic(name: str) -> dict[str, Any]:
    """A drawing for a page that has nothing else to show: shoots, road, mailbox, paper, door, signal."""
    return {"name": name}


@register.inclusion_tag("parts/ring.html")
def ring(
    done: words.Number, target: words.Number, waiting: words.Number = 0, *, ceiling: bool = False
) -> dict[str, Any]:
    """Lesson hours of a year around a circle, one segment per hour. A ceiling (PPPK) has no shortfall to speak of."""
    full = Decimal(str(target))
    got = Decimal(str(done))
    reached = min(got + Decimal(str(waiting)), full)
    return {
        "done": got,
        "target": full,
        "waiting": Decimal(str(waiting)),
        "ceiling": ceiling,
        "length": charts.coordinate(full),
        "around": charts.coordinate(full * 2),
        "done_arc": charts.coordinate(min(got, full)),
        "waiting_arc": charts.coordinate(reached),
    }


@register.inclusion_tag("parts/ring_key.html")
def ring_key(
    done: words.Number, target: words.Number, waiting: words.Number = 0, *, ceiling: bool = False
) -> dict[str, Any]:
    """The same numbers in words, to stand beside the ring."""
    got, wait = Decimal(str(done)), Decimal(str(waiting))
    short = max(Decimal(str(target)) - got - wait, Decimal(0))
    return {"done": got, "waiting": wait, "short": short, "ceiling": ceiling}


@register.inclusion_tag("parts/bar.html")
def bar(value: words.Number, whole: words.Number, label: str) -> dict[str, Any]:
    """A progress bar with its numbers inside for readers that cannot see it."""
    return {
        "value": charts.coordinate(Decimal(str(value))),
        "whole": charts.coordinate(max(Decimal(str(whole)), Decimal(1))),
        "said": _("%(value)s of %(whole)s") % {"value": words.number(value), "whole": words.number(whole)},
        "label": label,
    }


@register.inclusion_tag("parts/meter.html")
def meter(
    value: words.Number, whole: words.Number, goal: words.Number | None = None, *, size: str = ""
) -> dict[str, Any]:
    """A flat bar for table rows, `goal` drawn as an upright line (same unit). The cell beside it says the numbers."""
    full = Decimal(str(whole))

    def width(part: words.Number) -> str:
        return charts.coordinate(min(Decimal(200), 200 * Decimal(str(part)) / full) if full else 0)

    return {"done": width(value), "goal": None if goal is None else width(goal), "size": size}


@register.inclusion_tag("parts/chart_line.html")
def chart_line(
    title: str,
    names: Sequence[str],
    values: Sequence[words.Number | None],
    past: Sequence[words.Number | None] = (),
    goal: words.Number | None = None,
) -> dict[str, Any]:
    """A year in months: percentages 0 to 100, last year dashed, the goal dotted. Put the table of the numbers beside it."""
    drawn = charts.line_chart(names, _numbers(values), _numbers(past), None if goal is None else Decimal(str(goal)))
    return {"chart": drawn, "title": title, "goal": goal}


@register.inclusion_tag("parts/chart_columns.html")
def chart_columns(title: str, pairs: Sequence[tuple[str, int]], stressed: int | None = None) -> dict[str, Any]:
    """How many at each step: `[("0–4", 1), …]`; `stressed` is the position of the step that matters."""
    return {"columns": charts.columns(pairs, stressed=stressed), "title": title}


@register.inclusion_tag("parts/spark.html")
def spark(title: str, values: Sequence[words.Number]) -> dict[str, Any]:
    """Twelve small bars; the title says the numbers."""
    return {"bars": charts.spark([Decimal(str(value)) for value in values]), "title": title}


def _numbers(values: Sequence[words.Number | None]) -> list[Decimal | None]:
    return [None if value is None else Decimal(str(value)) for value in values]
