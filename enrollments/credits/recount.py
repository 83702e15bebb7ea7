"""The books against what they were made from: caps worked out anew, person by person, and sums that must agree."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from enrollments.conversion.formula import convert
from enrollments.conversion.models import ConversionRule

PEOPLE_AT_ONCE = 2_000


@dataclass(frozen=True)
class Difference:
    """A credit that would count otherwise than it did."""

    credit: int
    learner: int
    recorded: Decimal
    recounted: Decimal


@dataclass
class _Done:
    """A credit that was worked out again: how much of each day counts, and the entry that took it back, if one did."""

    days: dict[date, Decimal]
    reversed_by: int | None


def recount(*, under: ConversionRule | None = None) -> Iterator[Difference]:
    """Work out every credit again in the order of recording, each under the rule that it was recorded with, and tell which differ.

    `under`: a rule (saved or not) that takes the place of those of its path and scope for what was completed from its first day on:
    what it would have changed. Nothing is written: caps are counted forward only. Two queries for each few thousand people, and memory for no more.
    """
    rules = {rule.pk: rule for rule in ConversionRule.objects.all()}
    after = 0
    while people := _people(after):
        after = people[-1]
        days = _days(people)
        done: dict[tuple[int, int | None], list[_Done]] = defaultdict(list)
        for learner, path, scope, pk, rule_id, quantity, jp, on, entry, reversed_by in _credits(people):
            rule = rules[rule_id] if rule_id else None
            if under and (under.path_id, under.scope) == (path, scope) and under.valid_from <= on:
                rule = under
            before = done[learner, path]
            # Shares are re-made from the shares: the same gross gives exactly the same days.
            found = convert(rule, quantity, days.get(pk) or {on: 1}, _taken(before, entry))
            before.append(_Done({share.on: share.jp for share in found.shares}, reversed_by))
            if found.jp != jp:
                yield Difference(pk, learner, jp, found.jp)


def _taken(before: list[_Done], entry: int | None) -> dict[date, Decimal]:
    taken: dict[date, Decimal] = {}
    for one in before:
        if one.reversed_by is None or entry is None or one.reversed_by > entry:
            for day, jp in one.days.items():
                taken[day] = taken.get(day, Decimal(0)) + jp
    return taken


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _people(after: int) -> list[int]:
    """The next few thousand people who have credits."""
    sql = "SELECT DISTINCT learner_id FROM enrollments_credit WHERE learner_id > %(after)s ORDER BY 1 LIMIT %(limit)s"
    return [pk for (pk,) in _rows(sql, after=after, limit=PEOPLE_AT_ONCE)]


def _days(people: list[int]) -> dict[int, dict[date, int]]:
    """Shares before the cap, in hundredths of a JP, by credit."""
    found: dict[int, dict[date, int]] = defaultdict(dict)
    sql = """
        SELECT d.credit_id, d."on", (d.gross_jp * 100)::int FROM enrollments_creditday d
        JOIN enrollments_credit c ON c.id = d.credit_id WHERE c.learner_id = ANY(%(people)s)
    """
    for credit, on, cents in _rows(sql, people=people):
        found[credit][on] = cents
    return found


def _credits(people: list[int]) -> list[tuple[Any, ...]]:
    sql = """
        SELECT c.learner_id, c.path_id, c.scope, c.id, c.rule_id, c.quantity, c.jp, c."on",
               min(e.id) FILTER (WHERE e.kind = 'credit'), min(e.id) FILTER (WHERE e.kind = 'reversal')
        FROM enrollments_credit c LEFT JOIN enrollments_ledgerentry e ON e.about_id = c.id
        WHERE c.learner_id = ANY(%(people)s) GROUP BY c.id ORDER BY c.id
    """
    return _rows(sql, people=people)


def faults(limit: int = 100) -> list[dict[str, Any]]:
    """Where the books contradict themselves or the credits; nothing that PostgreSQL let in should ever be here."""
    return [{"fault": fault, "of": of} for fault, of in _rows(_FAULTS, limit=limit)]


_FAULTS = """
    SELECT 'debits and credits differ' AS fault, e.key AS of FROM enrollments_ledgerentry e
    LEFT JOIN enrollments_ledgerposting p ON p.entry_id = e.id GROUP BY e.id HAVING sum(p.debit) IS DISTINCT FROM sum(p.credit) OR count(p.id) = 0
    UNION ALL
    SELECT 'the books and the credit differ', 'credit ' || c.id FROM enrollments_credit c
    LEFT JOIN enrollments_ledgerentry e ON e.about_id = c.id AND e.kind IN ('credit', 'cap')
    LEFT JOIN enrollments_ledgerposting p ON p.entry_id = e.id AND p.account IN ('counted', 'capped')
    GROUP BY c.id HAVING coalesce(sum(p.credit - p.debit) FILTER (WHERE p.account = 'counted'), 0) <> c.jp
        OR coalesce(sum(p.credit - p.debit) FILTER (WHERE p.account = 'capped'), 0) <> c.gross_jp - c.jp
    UNION ALL
    SELECT 'the days and the credit differ', 'credit ' || c.id FROM enrollments_credit c
    LEFT JOIN enrollments_creditday d ON d.credit_id = c.id
    GROUP BY c.id HAVING coalesce(sum(d.gross_jp), 0) <> c.gross_jp OR coalesce(sum(d.jp), 0) <> c.jp
    UNION ALL
    SELECT 'a closed year was not carried over', 'closed year ' || y.year FROM enrollments_closedyear y
    JOIN enrollments_ledgerentry e ON e.book_id = y.book_id JOIN enrollments_ledgerposting p ON p.entry_id = e.id AND p.year = y.year
    WHERE p.account = 'counted' GROUP BY y.id, p.learner_id HAVING sum(p.credit - p.debit) <> 0
    LIMIT %(limit)s
"""
