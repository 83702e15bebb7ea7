"""What a list of people is narrowed to and how it is sorted, as an address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.people.search import looks_like_number
from enrollments.reports.staff import Column, Order, Show

LONGEST_TEXT = 80
# On a phone a table has no heads to press: there the form says the order. The most useful ones, in words.
SPOKEN: dict[str, Promise] = {
    "-missing": _("Most JP missing first"),
    "jp": _("Fewest JP first"),
    "-jp": _("Most JP first"),
    "-overdue": _("Most overdue first"),
    "-in_progress": _("Most in progress first"),
    "-completed": _("Most completed first"),
    "completed": _("Fewest completed first"),
    "name": _("By name"),
    "unit": _("By unit"),
}


@dataclass(frozen=True)
class Head:
    """A column's head: what pressing it sorts by, and how the list is sorted by it now (as `aria-sort` says it)."""

    column: Column
    order: Order
    address: str
    sorted: str


@dataclass(frozen=True)
class Listing:
    """`unit` None: all units of the person who asks. `text`: a part of a name or number; a number stands in no address."""

    unit: int | None = None
    year: int | None = None
    show: str = ""
    order: Order | None = None
    text: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any], unit: int | None, year: int | None) -> "Listing":
        """What was asked for; `unit` and `year` as they were found to be."""
        show = given.get("show", "")
        text = " ".join(str(given.get("q", "")).split())[:LONGEST_TEXT].strip()
        return cls(unit, year, show if show in Show.values else "", Order.read(given.get("sort", "")), text)

    @property
    def is_by_number(self) -> bool:
        return looks_like_number(self.text)

    def address(self, after: str = "", **changes: Any) -> str:
        """What stands behind the question mark; a question mark alone leads to what nobody narrowed."""
        one = replace(self, **changes)
        words = {
            "agency": one.unit,
            "year": one.year,
            "show": one.show,
            "sort": one.order,
            "q": "" if one.is_by_number else one.text,
            "after": after,
        }
        return "?" + urlencode({name: str(value) for name, value in words.items() if value})

    def heads(self, order: Order) -> list[Head]:
        """The heads of the columns, for a list that stands in this order: numbers begin with the most, words with A."""
        return [self._head(column, order) for column in Column]

    def _head(self, column: Column, order: Order) -> Head:
        is_here = order.column == column
        wanted = Order(column, is_down=not order.is_down if is_here else column.is_counted)
        now = ("descending" if order.is_down else "ascending") if is_here else ""
        return Head(column, wanted, self.address(order=wanted), now)
