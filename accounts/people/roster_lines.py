"""One row of a roster and what it means: what is known of the person, and what is to be known afterwards."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from accounts.agencies.models import Agency
from accounts.jobs.imports import CREATED, REFUSED, UNCHANGED, UPDATED, Outcome, RowError
from accounts.people.nip import Nip, bare
from asn_lms.lib.sheets import Row

PLACE = ("agency_id", "post", "rank_id", "employment")
WRITTEN = ("name", "title_before", "title_after", "email", *PLACE)


class Known(NamedTuple):
    """What is known of a person, as far as a roster speaks of it: read by the thousand, so no whole person."""

    pk: int
    nip: str
    is_active: bool
    name: str
    title_before: str
    title_after: str
    email: str
    agency_id: int | None
    post: str
    rank_id: int | None
    employment: str


@dataclass(slots=True)
class Line:
    """A row; `known` is the person, nobody when they are new. `values` are those of `WRITTEN` that the person has afterwards, for a new
    person those that the row gives; `changed` names the ones that differ. `today` is the day in the unit's zone.
    """

    row: Row
    known: Known | None
    number: Nip | None = None
    unit: Agency | None = None
    today: date = date.min
    values: dict[str, Any] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    errors: list[RowError] = field(default_factory=list)

    @property
    def kind(self) -> str:
        if self.errors or not self.values:
            return REFUSED
        if self.known is None:
            return CREATED
        return UPDATED if self.changed else UNCHANGED

    @property
    def changes_place(self) -> bool:
        return not self.changed.isdisjoint(PLACE)

    def outcome(self) -> Outcome:
        return Outcome(
            row=self.row.number,
            kind=self.kind,
            label=self.row.get("nama", "")[:150],
            number=bare(self.row.get("nip", ""))[:30],
            unit=self.row.get("unit", "")[:60],
            errors=self.errors,
        )
