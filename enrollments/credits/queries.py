"""How many JP a person has. Every number is a sum of postings; nothing else is added up anywhere."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import ExtractMonth

from accounts.agencies.models import Agency
from accounts.people.models import User
from asn_lms.lib.prepared import Prepared, Slot
from enrollments.conversion.models import YearlyTarget
from enrollments.conversion.queries import target_of, targets_of
from enrollments.credits.models import BALANCE, ClosedYear, Credit, CreditDay, LedgerEntry, LedgerPosting
from enrollments.enrolling.models import Enrollment

NOTHING = Decimal(0)
NO_MONTHS = [NOTHING] * 12
# The same condition as `LedgerPosting.objects.counted()`, for reports that are written in SQL: JP = sum(credit - debit) of these rows.
COUNTED_SQL = "account IN ('counted', 'closed')"


@dataclass(frozen=True)
class YearOfCredit:
    """JP of one person in one calendar year. `target`: the least that is wanted (PNS); `ceiling`: the most that counts (PPPK)."""

    year: int
    earned: Decimal
    target: Decimal | None
    ceiling: Decimal | None

    @property
    def missing(self) -> Decimal:
        """JP still missing to the target; nothing is missing where there is no target."""
        return max(self.target - self.earned, NOTHING) if self.target is not None else NOTHING

    @property
    def above_ceiling(self) -> Decimal:
        return max(self.earned - self.ceiling, NOTHING) if self.ceiling is not None else NOTHING


def years_of_credit_of(people: Iterable[User], year: int) -> dict[int, YearOfCredit]:
    """The same for many people at once, by person id; one query, and one for each employment status among them."""
    wanted = list(people)
    rows = LedgerPosting.objects.counted().filter(learner__in=wanted, year=year).order_by()
    sums: dict[int, Decimal] = dict(rows.values_list("learner").annotate(jp=BALANCE))
    rules = {one: target_of(one, year) for one in {person.employment for person in wanted}}
    return {person.pk: _by_rule(year, sums.get(person.pk, NOTHING), rules[person.employment]) for person in wanted}


def _counted_in_year(person: Any) -> QuerySet[LedgerPosting]:
    return LedgerPosting.objects.counted().filter(learner=person, year=Slot("year")).order_by()


_MONTHS = Prepared(lambda: _counted_in_year(Slot("person")).values_list(ExtractMonth("on")).annotate(jp=BALANCE))


def months_of_credit(person: User, year: int) -> list[Decimal]:
    """JP of each of the twelve months, January first."""
    by_month: dict[int, Decimal] = dict(_MONTHS.rows(person=person.pk, year=year))
    return [by_month.get(month, NOTHING) for month in range(1, 13)]


def months_by_year(person: User) -> dict[int, list[Decimal]]:
    """The same for every year for which something is in the books, the newest first; one query."""
    counted = Sum(F("credit") - F("debit"), filter=Q(account__in=LedgerPosting.COUNTED))
    rows = LedgerPosting.objects.filter(learner=person).order_by("-year").values_list("year", ExtractMonth("on"))
    found: dict[int, list[Decimal]] = {}
    for year, month, jp in rows.annotate(jp=counted):
        found.setdefault(year, list(NO_MONTHS))[month - 1] = jp or NOTHING
    return found


def _balance_and_rule() -> QuerySet[Any, Any]:
    rows = _counted_in_year(OuterRef("pk")).values("learner")
    rule = targets_of(Slot("employment"), Slot("year"))
    return User.objects.filter(pk=Slot("person")).values_list(
        Subquery(rows.annotate(jp=BALANCE).values("jp")),
        Subquery(rule.values("kind")[:1]),
        Subquery(rule.values("jp")[:1]),
    )


_YEAR = Prepared(_balance_and_rule)


def year_of_credit(person: User, year: int, *, earned: Decimal | None = None) -> YearOfCredit:
    """`earned` when the caller has already read it. One query."""
    if earned is not None:
        return _by_rule(year, earned, target_of(person.employment, year))
    [(balance, kind, jp)] = _YEAR.rows(person=person.pk, employment=person.employment, year=year)
    return _by_rule(year, balance or NOTHING, YearlyTarget(kind=kind, jp=jp) if kind else None)


def _by_rule(year: int, earned: Decimal, rule: YearlyTarget | None) -> YearOfCredit:
    is_floor = rule is not None and rule.kind == YearlyTarget.Kind.FLOOR
    return YearOfCredit(
        year=year,
        earned=earned,
        target=rule.jp if rule and is_floor else None,
        ceiling=rule.jp if rule and not is_floor else None,
    )


@dataclass(frozen=True)
class Change:
    """A correction or reversal as the learner reads it: what it added to the year (below zero: took), and why."""

    entry: LedgerEntry
    on: date
    jp: Decimal


@dataclass(frozen=True)
class Line:
    """What one credit gave to a year, and what was changed in it. `jp` of all lines of a year add up to the year's sum."""

    credit: Credit
    # What was counted when it was recorded; nothing when that was in another year.
    recorded: Decimal
    days: list[CreditDay] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def jp(self) -> Decimal:
        return self.recorded + sum((change.jp for change in self.changes), NOTHING)

    @property
    def is_of_this_year(self) -> bool:
        return bool(self.recorded) or not self.changes

    @property
    def is_reversed(self) -> bool:
        return any(change.entry.kind == LedgerEntry.Kind.REVERSAL for change in self.changes)


_POSTINGS = Prepared(
    lambda: (
        LedgerPosting.objects.filter(
            learner=Slot("person"),
            year=Slot("year"),
            account=LedgerPosting.Account.COUNTED,
            entry__about__isnull=False,
        )
        .select_related("entry__by")
        .order_by("pk")
    )
)


def _credits_of_year() -> QuerySet[Credit]:
    rows = Credit.objects.filter(Q(year=Slot("year")) | Q(pk__in=Slot("changed")), learner=Slot("person"))
    # What was learned outside leads to its claim, of which this area knows no more than that.
    return rows.select_related("enrollment__version__course", "enrollment__cohort", "rule", "path", "claim")


_CREDITS = Prepared(_credits_of_year)
_CREDITS_WITH_DAYS = Prepared(lambda: _credits_of_year().prefetch_related("days"))


def statement(person: User, year: int, *, with_days: bool = True) -> list[Line]:
    """Every credit that counts in that year or was changed in it, the newest first; three queries, two without the days."""
    recorded: dict[int, Decimal] = {}
    changes: dict[int, list[Change]] = {}
    for posting in _POSTINGS.rows(person=person.pk, year=year):
        entry, moved = posting.entry, posting.credit - posting.debit
        assert entry.about_id is not None
        if entry.kind in LedgerEntry.NEEDS_REASON:
            changes.setdefault(entry.about_id, []).append(Change(entry, posting.on, moved))
        else:
            recorded[entry.about_id] = recorded.get(entry.about_id, NOTHING) + moved
    credits = _CREDITS_WITH_DAYS if with_days else _CREDITS
    return [
        Line(row, recorded.get(row.pk, NOTHING), list(row.days.all()) if with_days else [], changes.get(row.pk, []))
        for row in credits.rows(person=person.pk, year=year, changed=(*changes, 0))
    ]


def line_of(credit: Credit) -> Line:
    """What became of one credit, whatever years it touched; two queries."""
    postings = LedgerPosting.objects.filter(account=LedgerPosting.Account.COUNTED, entry__about=credit).select_related(
        "entry"
    )
    return _line(credit, list(postings.order_by("pk")))


def line_of_place(enrollment: Enrollment) -> Line | None:
    """The same for a completed place; None when it gave no JP. One query, and one more where a cap took something."""
    postings = LedgerPosting.objects.filter(account=LedgerPosting.Account.COUNTED, entry__about__enrollment=enrollment)
    found = list(postings.select_related("entry__about__rule").order_by("pk"))
    credit = found[0].entry.about if found else None
    return _line(credit, found) if credit else None


def _line(credit: Credit, postings: list[LedgerPosting]) -> Line:
    moved = [(posting, posting.credit - posting.debit) for posting in postings]
    changes = [
        Change(posting.entry, posting.on, jp) for posting, jp in moved if posting.entry.kind in LedgerEntry.NEEDS_REASON
    ]
    recorded = sum((jp for posting, jp in moved if posting.entry.kind not in LedgerEntry.NEEDS_REASON), NOTHING)
    # Days are told only where a cap took something.
    return Line(credit, recorded, list(credit.days.all()) if credit.capped_jp else [], changes)


def years_of_credit(person: User) -> list[int]:
    """The years for which something is in the books, the newest first."""
    return list(
        LedgerPosting.objects.filter(learner=person).order_by("-year").values_list("year", flat=True).distinct()
    )


@dataclass(frozen=True)
class YearFigures:
    """A year of a government's books: people whose counted JP are not zero; JP done, taken by caps, changed by officers, counted."""

    year: int
    people: int
    gross: Decimal
    capped: Decimal
    changed: Decimal
    counted: Decimal
    closed: ClosedYear | None = None


def year_figures(book: Agency, year: int) -> YearFigures:
    """Two queries, whatever the number of people."""
    return next(iter(_figures(book, year)), YearFigures(year, 0, NOTHING, NOTHING, NOTHING, NOTHING))


def years_of_book(book: Agency) -> list[YearFigures]:
    """Every year in which something was posted, the newest first; two queries."""
    return _figures(book)


def _figures(book: Agency, year: int | None = None) -> list[YearFigures]:
    closed = {row.year: row for row in ClosedYear.objects.filter(book=book).select_related("closed_by")}
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"book": book.pk, "year": year})
        return [
            YearFigures(at, people, gross, capped, changed, counted, closed.get(at))
            for at, people, gross, capped, changed, counted in cursor.fetchall()
        ]


_FIGURES = """
    SELECT year, count(*) FILTER (WHERE counted <> 0), sum(gross), sum(capped), sum(changed), sum(counted) FROM (
        SELECT p.learner_id, p.year,
               coalesce(sum(p.credit - p.debit) FILTER (WHERE p.account IN ('counted', 'closed')), 0) AS counted,
               coalesce(sum(p.credit - p.debit) FILTER (WHERE p.account = 'counted' AND e.kind = 'credit'), 0) AS gross,
               coalesce(sum(p.credit - p.debit) FILTER (WHERE p.account = 'capped' AND e.kind = 'cap'), 0) AS capped,
               coalesce(sum(p.credit - p.debit) FILTER (WHERE p.account = 'counted' AND e.kind IN ('correction', 'reversal')), 0) AS changed
        FROM enrollments_ledgerposting p JOIN enrollments_ledgerentry e ON e.id = p.entry_id
        WHERE e.book_id = %(book)s AND p.year = coalesce(%(year)s, p.year)
        GROUP BY 1, 2) AS people
    GROUP BY year ORDER BY year DESC
"""
