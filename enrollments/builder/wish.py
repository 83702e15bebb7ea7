"""What somebody wants to see in a report of their own: which rows, which columns, which of the rows, in which order. Plain values."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from enrollments.reports.columns import COURSES, MONTHS, PEOPLE, UNITS, Column
from enrollments.reports.staff import Show


class Rows(TextChoices):
    UNITS = "units", _("Units")
    COURSES = "courses", _("Courses")
    MONTHS = "months", _("Months")
    PEOPLE = "people", _("People")


COLUMNS: dict[str, Sequence[Column]] = {
    Rows.UNITS: UNITS,
    Rows.COURSES: COURSES,
    Rows.MONTHS: MONTHS,
    Rows.PEOPLE: PEOPLE,
}
# So many columns at the left say what a row is: the first always stands there, and none is a figure to filter by.
WORDS = {Rows.UNITS: 1, Rows.COURSES: 2, Rows.MONTHS: 1, Rows.PEOPLE: 5}


def figures_of(rows: str) -> frozenset[str]:
    """Keys of the columns that hold figures."""
    return frozenset(column.key for column in COLUMNS[rows][WORDS[Rows(rows)] :])


@dataclass(frozen=True)
class Wish:
    """`measure` with `least` and `most` leaves out other rows; what cannot be counted is then left out too. `sort` empty: the
    report's own order. For people `show` chooses, and they stand as in their list: who misses most first.
    """

    rows: str = Rows.UNITS
    columns: tuple[str, ...] = ()
    show: str = Show.ALL
    measure: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    sort: str = ""
    is_descending: bool = False

    @property
    def chosen(self) -> list[Column]:
        """The columns in the report's order, the one that names the row first."""
        first, *others = COLUMNS[self.rows]
        return [first, *(column for column in others if not self.columns or column.key in self.columns)]

    def column(self, key: str) -> Column | None:
        return next((column for column in COLUMNS[self.rows] if column.key == key), None)

    def as_fields(self) -> dict[str, Any]:
        """As the form sends it."""
        found = {name: value for name, value in asdict(self).items() if value not in ("", None) and value is not False}
        return {**found, "columns": list(self.columns)}

    def as_kept(self) -> dict[str, Any]:
        """For the columns of a row."""
        return {**asdict(self), "columns": list(self.columns)}

    @property
    def pairs(self) -> list[tuple[str, Any]]:
        """As hidden fields of a form: name and value, a name again for each of its values."""
        pairs = ((name, value if isinstance(value, list) else [value]) for name, value in self.as_fields().items())
        return [(name, one) for name, values in pairs for one in values]

    def as_query(self) -> str:
        return urlencode(self.pairs)

    def as_payload(self) -> dict[str, Any]:
        """For a job's row: plain values."""
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in self.as_fields().items()}

    @classmethod
    def of_payload(cls, payload: dict[str, Any]) -> "Wish":
        values: dict[str, Any] = {**payload, "columns": tuple(payload["columns"])}
        values |= {name: Decimal(payload[name]) for name in ("least", "most") if name in payload}
        return cls(**values)
