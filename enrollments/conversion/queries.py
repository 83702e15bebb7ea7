"""Which rule holds when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from asn_lms.lib.prepared import Prepared, Slot
from enrollments.conversion.models import ConversionRule, YearlyTarget


def targets_of(employment: str | Slot, year: int | Slot) -> QuerySet[YearlyTarget]:
    """The rules for that employment status that reach into that year; the first one holds."""
    until = Q(until_year__isnull=True) | Q(until_year__gte=year)
    return YearlyTarget.objects.filter(until, employment=employment, from_year__lte=year).order_by("-from_year")


_TARGET = Prepared(lambda: targets_of(Slot("employment"), Slot("year"))[:1])


def target_of(employment: str, year: int) -> YearlyTarget | None:
    """The rule that holds for that employment status in that year, if there is one."""
    return _TARGET.first(employment=employment, year=year)


@dataclass(frozen=True)
class RuleBook:
    """All conversion rules at once, to be asked many times."""

    rules: tuple[ConversionRule, ...]

    def rule(self, path_id: int | None, scope: str, on: date) -> ConversionRule | None:
        """The rule in force on that day for this path and scope, if there is one."""
        return next(
            (rule for rule in self.rules if rule.path_id == path_id and rule.scope == scope and is_in_force(rule, on)),
            None,
        )


def rule_book(paths: Iterable[int | None]) -> RuleBook:
    """The rules of these paths, those of the past too; one query."""
    wanted = {path for path in paths if path is not None}
    return RuleBook(tuple(ConversionRule.objects.filter(path__in=wanted).order_by("pk")) if wanted else ())


def is_in_force(rule: ConversionRule, on: date) -> bool:
    return rule.valid_from <= on and (rule.valid_until is None or on <= rule.valid_until)


@dataclass(frozen=True)
class Decree:
    """The rules that one basis brought from one day on."""

    legal_basis: str
    valid_from: date
    valid_until: date | None
    rules: list[ConversionRule]


@dataclass(frozen=True)
class TablesOfLaw:
    """What holds now, what is to come, and what held before."""

    now: list[Decree]
    later: list[Decree]
    past: list[Decree]
    targets: list[YearlyTarget]


def tables_of_law(today: date) -> TablesOfLaw:
    """Two queries."""
    rows = list(ConversionRule.objects.select_related("path"))
    return TablesOfLaw(
        now=_decrees(row for row in rows if is_in_force(row, today)),
        later=_decrees(row for row in rows if row.valid_from > today),
        past=_decrees(row for row in rows if row.valid_until is not None and row.valid_until < today),
        targets=list(YearlyTarget.objects.all()),
    )


def _decrees(rows: Iterable[ConversionRule]) -> list[Decree]:
    """The newest first; within each, the rules keep their order."""
    found: dict[tuple[str, date, date | None], list[ConversionRule]] = {}
    for row in rows:
        found.setdefault((row.legal_basis, row.valid_from, row.valid_until), []).append(row)
    decrees = [Decree(*key, rules) for key, rules in found.items()]
    return sorted(decrees, key=lambda decree: decree.valid_from, reverse=True)
