"""How many JP a person has."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from accounts.people.models import User
from enrollments.credits.models import Credit, YearlyTarget


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
        return max(self.target - self.earned, Decimal(0)) if self.target is not None else Decimal(0)


def target_of(employment: str, year: int) -> YearlyTarget | None:
    """The rule that holds for that employment status in that year, if there is one."""
    return (
        YearlyTarget.objects.filter(
            Q(until_year__isnull=True) | Q(until_year__gte=year), employment=employment, from_year__lte=year
        )
        .order_by("-from_year")
        .first()
    )


def years_of_credit_of(people: Iterable[User], year: int) -> dict[int, YearOfCredit]:
    """The same for many people at once, by person id, in two queries."""
    wanted = list(people)
    sums = dict(
        Credit.objects.filter(learner__in=wanted, year=year).values_list("learner").annotate(Sum("jp")).order_by()
    )
    rules = {one: target_of(one, year) for one in {person.employment for person in wanted}}
    return {person.pk: _by_rule(year, sums.get(person.pk, Decimal(0)), rules[person.employment]) for person in wanted}


def months_of_credit(person: User, year: int) -> list[Decimal]:
    """JP of each of the twelve months, January first."""
    rows = Credit.objects.filter(learner=person, year=year).values_list("on__month").annotate(Sum("jp")).order_by()
    by_month: dict[int, Decimal] = dict(rows)
    return [by_month.get(month, Decimal(0)) for month in range(1, 13)]


def year_of_credit(person: User, year: int, *, earned: Decimal | None = None) -> YearOfCredit:
    """`earned` when the caller has already read it."""
    if earned is None:
        earned = Credit.objects.filter(learner=person, year=year).aggregate(sum=Sum("jp"))["sum"] or Decimal(0)
    return _by_rule(year, earned, target_of(person.employment, year))


def _by_rule(year: int, earned: Decimal, rule: YearlyTarget | None) -> YearOfCredit:
    is_floor = rule is not None and rule.kind == YearlyTarget.Kind.FLOOR
    return YearOfCredit(
        year=year,
        earned=earned,
        target=rule.jp if rule and is_floor else None,
        ceiling=rule.jp if rule and not is_floor else None,
    )


def credits_of(person: User, year: int) -> list[Credit]:
    """Every credit of that year, the newest first, with its course."""
    rows = Credit.objects.filter(learner=person, year=year)
    return list(rows.select_related("enrollment__version__course", "enrollment__cohort"))


def years_of_credit(person: User) -> list[int]:
    """The years in which the person earned JP, the newest first."""
    return list(Credit.objects.filter(learner=person).order_by("-year").values_list("year", flat=True).distinct())
