"""The people of some units with their JP: one page of the list in any order, and everybody for a file.

Who is meant is a queryset (the gate, the filter and the search stay what they are elsewhere); what is counted for each of them is written
once, in `_JP` and `_COURSES`. A page first picks its people, and counts for these alone; see docs/decisions/lists-of-people.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, TextChoices
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.people.models import User, UserQuerySet
from accounts.people.search import MOST_COUNTED, alike, looks_like_number, narrowed_to
from asn_lms.lib.reading import behind_the_wall, line
from asn_lms.lib.trees import below
from enrollments.credits.queries import COUNTED_SQL
from enrollments.enrolling.models import Enrollment
from enrollments.reports.cursors import Cursor
from enrollments.reports.figures import PersonRow
from enrollments.reports.queries import floor_of, year_bounds
from enrollments.standings.queries import steps

PAGE = 25
# Of more people a list that somebody waits for is in the order of names: what is counted for each of them is not sorted.
MOST_SORTED = 50_000


class Show(TextChoices):
    """Which people."""

    ALL = "all", _("Everybody")
    BELOW = "below", _("PNS below the target")
    REACHED = "reached", _("PNS who reached it")
    OVERDUE = "overdue", _("With an overdue course")


class Column(TextChoices):
    """What a list of people may be sorted by: every column that it shows."""

    NAME = "name", _("Name")
    UNIT = "unit", _("Unit")
    JP = "jp", "JP"
    MISSING = "missing", _("Missing")
    COMPLETED = "completed", _("Completed")
    IN_PROGRESS = "in_progress", _("In progress")
    OVERDUE = "overdue", _("Overdue")

    @property
    def is_counted(self) -> bool:
        """Whether it is counted for each person, instead of standing in their row."""
        return self not in {Column.NAME, Column.UNIT}


@dataclass(frozen=True)
class Order:
    """In which order; people who are equal in it follow each other by name. An address writes it `jp`, or `-jp` for the most first."""

    column: Column = Column.NAME
    is_down: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.is_down else ''}{self.column.value}"

    @classmethod
    def read(cls, text: str) -> "Order | None":
        name = text.removeprefix("-")
        return cls(Column(name), text.startswith("-")) if name in Column.values else None


MISSING_MOST = Order(Column.MISSING, is_down=True)


@dataclass(frozen=True)
class Whom:
    """Whose people: those of the units and of everything below them, or only (`is_direct`) who serves in the units themselves.

    Days and years are those of the first unit's zone. `but`: whom the list is for and who does not stand in it.
    """

    units: tuple[Agency, ...]
    is_direct: bool = False
    but: int | None = None

    @property
    def paths(self) -> list[str]:
        return [unit.path for unit in self.units]

    @property
    def people(self) -> UserQuerySet:
        rows = User.objects.active()
        if self.is_direct:
            rows = rows.filter(agency__in=[unit.pk for unit in self.units])
        else:
            rows = rows.filter(below(self.paths, "agency__"))
        return rows.exclude(pk=self.but) if self.but else rows


@dataclass(frozen=True)
class StaffPage:
    rows: list[PersonRow]
    # How many there are under this filter; beyond `MOST_COUNTED` it is not counted further when somebody waits
    total: int
    # Where the next page begins; empty on the last one
    after: str
    # In which order the rows stand
    order: Order = MISSING_MOST
    # Nobody fits what was typed; these names are like it
    is_guess: bool = False
    # Too many people for the order that was asked for
    is_too_many: bool = False
    is_more: bool = False


# What is counted for each person. `_JP` will be a row of its own one day; nothing else reads the ledger here.
_JP = f"""
    LEFT JOIN LATERAL (SELECT coalesce(sum(credit - debit), 0) AS jp FROM enrollments_ledgerposting
                       WHERE learner_id = u.id AND year = %(year)s AND {COUNTED_SQL}) AS c ON true
"""  # noqa: S608 - fixed texts
_COURSES = """
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE e.completed_at >= %(starts)s AND e.completed_at < %(ends)s) AS completed,
               count(*) FILTER (WHERE e.status = 'active') AS in_progress,
               count(*) FILTER (WHERE e.status = 'active' AND e.due_on < %(today)s) AS overdue
        FROM enrollments_enrollment e WHERE e.learner_id = u.id) AS p ON true
"""
_MISSING = "CASE WHEN u.employment = %(pns)s AND %(floor)s::numeric IS NOT NULL THEN greatest(%(floor)s - c.jp, 0) END"
# What each column sorts by, and what must be counted for it. For whom nothing can be missing stands last in both orders.
_KEYS = {
    Column.NAME: ("''", ""),
    Column.UNIT: ("upper(u.unit)", ""),
    Column.JP: ("c.jp", _JP),
    Column.MISSING: (f"coalesce({_MISSING}, %(no_floor)s::numeric)", _JP),
    Column.COMPLETED: ("p.completed", _COURSES),
    Column.IN_PROGRESS: ("p.in_progress", _COURSES),
    Column.OVERDUE: ("p.overdue", _COURSES),
}
_COLUMNS = ("id", "title_before", "name", "title_after", "nip", "post", "employment", "unit", "upper")
_ONLY = {Show.BELOW: f"{_MISSING} > 0", Show.REACHED: f"{_MISSING} = 0"}


def staff_page(
    whom: Agency | Whom,
    year: int,
    today: date,
    *,
    show: str = Show.ALL,
    name: str = "",
    order: Order | None = None,
    after: str = "",
    limit: int = PAGE,
    floor: Decimal | None = None,
    is_bounded: bool = False,
    total: int | None = None,
) -> StaffPage:
    """One page of the list. `after` is what the page before said; nonsense begins at the top.

    Without an order who misses most stands first, and by name where somebody is looked for (`name`: a part of a name or number).
    `is_bounded`, for screens, counts no further than `MOST_COUNTED` and sorts by what is counted only up to `MOST_SORTED` people.
    `floor` and `total` are the year's floor and the count where the caller has read them already. Two queries; three where the order or the search asks for more.
    """
    whom = Whom((whom,)) if isinstance(whom, Agency) else whom
    return behind_the_wall(
        whom.paths, lambda: _page(whom, year, today, show, name.strip(), order, after, limit, floor, is_bounded, total)
    )


def _page(
    whom: Whom,
    year: int,
    today: date,
    show: str,
    text: str,
    order: Order | None,
    after: str,
    limit: int,
    floor: Decimal | None,
    is_bounded: bool,
    total: int | None,
) -> StaffPage:
    listed = _Listed.of(whom, year, today, floor)
    people = narrowed_to(listed.people, text)
    order = order or (Order() if text else MISSING_MOST)
    known, is_too_many = None, False
    if is_bounded and order.column.is_counted:
        known = people.order_by()[: MOST_SORTED + 1].count()
        is_too_many = known > MOST_SORTED
    order = Order() if is_too_many else order
    if total is None and known is not None and show == Show.ALL:
        total = min(known, MOST_COUNTED + 1)
    if total is None:
        total = listed.count(people, show, MOST_COUNTED + 1 if is_bounded else None)
    if text and not total and not looks_like_number(text) and (show == Show.ALL or not people.exists()):
        return _guessed(listed, text, show, limit)
    is_few = bool(text) and show not in _ONLY and total <= MOST_COUNTED
    rows, more = listed.page(people, show, order, Cursor.read(after), limit, is_few=is_few)
    return StaffPage(rows, total, more, order, is_too_many=is_too_many, is_more=is_bounded and total > MOST_COUNTED)


def staff(agency: Agency, year: int, today: date, *, show: str = Show.ALL, batch: int = 500) -> Iterator[PersonRow]:
    """Everybody under the filter, who misses most first, batch by batch, for a file."""
    listed, after = _Listed.of(Whom((agency,)), year, today, None), ""
    while True:
        # The wall stands for a batch at a time: whoever takes the rows writes how far it is.
        page = partial(listed.page, listed.people, show, MISSING_MOST, Cursor.read(after), batch)
        rows, after = behind_the_wall([agency.path], page)
        yield from rows
        if not after:
            return


def _guessed(listed: "_Listed", text: str, show: str, limit: int) -> StaffPage:
    likest = [person.pk for person in alike(listed.people, text, limit)]
    people = listed.people.filter(pk__in=likest)
    rows, _more = listed.page(people, show, Order(), None, limit) if likest else ([], "")
    rows.sort(key=lambda row: likest.index(row.id))
    return StaffPage(rows, len(rows), "", Order(), is_guess=bool(rows))


@dataclass(frozen=True)
class _Listed:
    """People of a year, and what is counted for them."""

    people: UserQuerySet
    floor: Decimal | None
    values: dict[str, Any]

    @classmethod
    def of(cls, whom: Whom, year: int, today: date, floor: Decimal | None) -> "_Listed":
        starts, ends = year_bounds(whom.units[0], year)
        floor = floor if floor is not None else floor_of(year)
        values = {"pns": User.Employment.PNS.value, "floor": floor, "year": year, "starts": starts, "ends": ends}
        return cls(whom.people, floor, {**values, "today": today})

    def count(self, people: UserQuerySet, show: str, most: int | None) -> int:
        """How many, counted no further than `most`."""
        source, values = self._source(people, show)
        joined, condition = (_JP, _ONLY[Show(show)]) if show in _ONLY else ("", "true")
        sql = f"""SELECT count(*) FROM (SELECT FROM ({source}) AS u {joined} WHERE {condition} LIMIT %(most)s) AS n"""  # noqa: S608
        [[total]] = _rows(sql, {**self.values, **values, "most": most})
        return int(total)

    def page(
        self, people: UserQuerySet, show: str, order: Order, after: Cursor | None, limit: int, *, is_few: bool = False
    ) -> tuple[list[PersonRow], str]:
        """So many people behind the cursor, and the next cursor. Picked by what the order and the filter need, then counted in full.

        `is_few`: they are known to be few, so they are found first and sorted then. Otherwise PostgreSQL may walk in the order of names
        until it has a page, and those who are looked for may all stand far behind.
        """
        source, values = self._source(people, show)
        key, joined = _KEYS[order.column]
        condition = _ONLY.get(Show(show), "true")
        if show in _ONLY:
            joined = _JP if joined == _JP else f"{_JP} {joined}"
        if after and after.order == str(order):
            condition += f" AND {_beyond(order, key)}"
            values |= {"after_key": after.key, "after_name": after.name, "after_id": after.pk}
        down = "DESC" if order.is_down else ""
        by_name = f"u.upper {down}, u.id {down}" if order.column == Column.NAME else "u.upper, u.id"
        first = "" if order.column == Column.NAME else f"{key} {down},"
        sql = f"""
            WITH found AS {"" if is_few else "NOT"} MATERIALIZED ({source}), picked AS (
                SELECT u.*, {key} AS key FROM found AS u {joined} WHERE {condition} ORDER BY {first} {by_name} LIMIT %(limit)s)
            SELECT u.key::text, u.upper, u.id, u.title_before, u.name, u.title_after, u.nip, u.post, u.unit, u.employment,
                   c.jp, p.completed, p.in_progress, p.overdue, {_MISSING}
            FROM picked AS u {_JP} {_COURSES} ORDER BY {"u.key " + down + "," if first else ""} {by_name}
        """  # noqa: S608 - fixed texts
        no_floor = -1 if order.is_down else 1_000_000
        found = _rows(sql, {**self.values, **values, "limit": limit + 1, "no_floor": no_floor})
        last = found[limit - 1] if len(found) > limit else None
        return [_row(one, self.floor) for one in found[:limit]], str(Cursor(str(order), *last[:3])) if last else ""

    def _source(self, people: UserQuerySet, show: str) -> tuple[str, dict[str, Any]]:
        """The people, as far as the filter is about their rows."""
        if show == Show.OVERDUE:
            late = Enrollment.objects.filter(learner=OuterRef("pk")).overdue(self.values["today"])
            people = people.filter(Exists(late))
        rows = people.annotate(unit=F("agency__name"), upper=Upper("name"))
        return _as_sql(rows.values(*_COLUMNS))


def _beyond(order: Order, key: str) -> str:
    """Behind the cursor, by what the last row was then: whatever has changed since, nobody who stood still is passed over or met twice."""
    sign = "<" if order.is_down else ">"
    if order.column == Column.NAME:
        return f"(u.upper, u.id) {sign} (%(after_name)s, %(after_id)s)"
    there = f"%(after_key)s::{'numeric' if order.column.is_counted else 'text'}"
    return f"({key} {sign} {there} OR ({key} = {there} AND (u.upper, u.id) > (%(after_name)s, %(after_id)s)))"


def _as_sql(rows: Any) -> tuple[str, dict[str, Any]]:
    """A queryset of values as a subquery, with named values to stand among others."""
    sql, given = rows.order_by().query.sql_with_params()
    names = [f"people_{number}" for number in range(len(given))]
    return sql % tuple(f"%({name})s" for name in names), dict(zip(names, given, strict=True))


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with line().cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _row(values: tuple[Any, ...], floor: Decimal | None) -> PersonRow:
    pk, before, name, behind, nip, post, unit, employment, jp, completed, in_progress, overdue, missing = values[2:]
    full = f"{before} {name}".strip() + (f", {behind}" if behind else "")
    return PersonRow(
        pk,
        full,
        nip or "",
        post,
        unit,
        str(User.Employment(employment).label),
        jp,
        completed,
        in_progress,
        overdue,
        missing,
        floor if missing is not None else None,
    )


def spread(whom: Agency | Whom, year: int, floor: Decimal | None = None) -> list[tuple[str, int]]:
    """How many PNS have 0–4, 5–9, … JP; the last step is the floor or more."""
    floor = floor if floor is not None else floor_of(year)
    if floor is None:
        return []
    whom = Whom((whom,)) if isinstance(whom, Agency) else whom
    last = int(floor // 5)
    steps_of = partial(_counted_steps, floor=floor) if whom.is_direct or whom.but else _summed_steps
    counts = behind_the_wall(whom.paths, partial(steps_of, whom, year))
    return [(f"{5 * step}–{5 * step + 4}", counts.get(step, 0)) for step in range(last)] + [
        (f"≥ {floor.normalize():f}", counts.get(last, 0))
    ]


def _summed_steps(whom: Whom, year: int) -> dict[int, int]:
    """By the sums of the units, those that lie below another of them left out."""
    tops = [unit for unit in whom.units if not any(unit.is_within(other) and unit != other for other in whom.units)]
    counts = steps(tops, year)
    counts[0] = counts.get(0, 0) - sum(number for step, number in counts.items() if step)
    return counts


def _counted_steps(whom: Whom, year: int, floor: Decimal) -> dict[int, int]:
    """By everybody's JP: of those who serve in the units themselves there are no sums."""
    pns, values = _as_sql(whom.people.filter(employment=User.Employment.PNS).values("id"))
    sql = f"""
        SELECT least(floor(greatest(jp, 0) / 5), %(steps)s)::int, count(*) FROM (
            SELECT least(coalesce(sum(p.credit - p.debit), 0), %(floor)s) AS jp FROM ({pns}) AS u
            LEFT JOIN enrollments_ledgerposting p ON p.learner_id = u.id AND p.year = %(year)s AND p.{COUNTED_SQL}
            GROUP BY u.id) AS people
        GROUP BY 1
    """  # noqa: S608 - fixed texts
    return dict(_rows(sql, {**values, "steps": int(floor // 5), "floor": floor, "year": year}))
