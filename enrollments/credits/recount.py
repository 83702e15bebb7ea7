"""The books against what they were made from: caps worked out anew, person by person, and sums that must agree."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction

from enrollments.conversion.formula import convert
from enrollments.conversion.models import ConversionRule

ROWS_AT_ONCE = 5_000


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
    what it would have changed. Nothing is written: caps are counted forward only. One query, and memory for one person's credits.
    """
    rules = {rule.pk: rule for rule in ConversionRule.objects.all()}
    for learner, theirs in groupby(_credits(), itemgetter(0)):
        done: dict[int | None, list[_Done]] = defaultdict(list)
        for _learner, path, scope, pk, rule_id, quantity, jp, on, entry, reversed_by, days, cents in theirs:
            rule = rules[rule_id] if rule_id else None
            if under and (under.path_id, under.scope) == (path, scope) and under.valid_from <= on:
                rule = under
            before = done[path]
            # Shares are re-made from the shares: the same gross gives exactly the same days.
            found = convert(
                rule, quantity, dict(zip(days, cents, strict=True)) if days else {on: 1}, _taken(before, entry)
            )
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


def _credits() -> Iterator[tuple[Any, ...]]:
    """Every credit, person by person, with its entries and its days: their shares before the cap, in hundredths of a JP.

    All of them in one pass over three tables: asked for by people, each few thousand of them cost a walk through the days of everybody.
    """
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_CREDITS)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows


_CREDITS = """
    SELECT c.learner_id, c.path_id, c.scope, c.id, c.rule_id, c.quantity, c.jp, c."on", e.entry, e.reversed_by, d.days, d.cents
    FROM enrollments_credit c
    LEFT JOIN (SELECT about_id, min(id) FILTER (WHERE kind = 'credit') AS entry, min(id) FILTER (WHERE kind = 'reversal') AS reversed_by
               FROM enrollments_ledgerentry GROUP BY about_id) e ON e.about_id = c.id
    LEFT JOIN (SELECT credit_id, array_agg("on") AS days, array_agg((gross_jp * 100)::int) AS cents
               FROM enrollments_creditday GROUP BY credit_id) d ON d.credit_id = c.id
    ORDER BY c.learner_id, c.id
"""


def faults(limit: int = 100) -> list[dict[str, Any]]:
    """Where the books contradict themselves or the credits; nothing that PostgreSQL let in should ever be here."""
    with connection.cursor() as cursor:
        cursor.execute(_FAULTS, {"limit": limit})
        return [{"fault": fault, "of": of} for fault, of in cursor.fetchall()]


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
