"""Which sheets are put together. Pure: sheets by the tree path of their unit in, groups out.

The rule, in one sentence: once a week the sheets of one cohort that wait under the lowest unit where at least six wait make one
bundle; fewer go on to the unit above, and what is left at the top waits for the next week.

Every figure is a sum of whole bundles, and no sheet is in two of them. So whatever is subtracted from whatever (a cohort from its
course, a unit from its government, this week's page from last week's), what is left is a sum of whole bundles again: at least six
sheets, or none.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from accounts.agencies.models import Agency
from enrollments.surveys.models import LEAST

T = TypeVar("T")


def gather(by_path: Mapping[str, Sequence[T]]) -> tuple[list[tuple[str, list[T]]], dict[str, list[T]]]:
    """(bundles, rest): each bundle with the path of its unit, from the bottom of the tree up; the rest, by root, fewer than six each."""
    step = Agency.steplen
    waiting: dict[str, list[T]] = {path: list(sheets) for path, sheets in by_path.items()}
    bundles: list[tuple[str, list[T]]] = []
    rest: dict[str, list[T]] = {}
    for depth in range(max((len(path) for path in waiting), default=0), 0, -step):
        for path in sorted(path for path in waiting if len(path) == depth):
            sheets = waiting.pop(path)
            if len(sheets) >= LEAST:
                bundles.append((path, sheets))
            elif depth > step:
                waiting.setdefault(path[:-step], []).extend(sheets)
            else:
                rest[path] = sheets
    return bundles, rest
