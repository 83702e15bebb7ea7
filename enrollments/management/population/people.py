"""The invented people of one agency after the other: numbers, posts, and where they served."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from accounts.people.models import PersonNumber, Placement, User
from enrollments.management.demo.people import FAMILY, MEN, POSTS, WOMEN
from enrollments.management.population.copying import Table
from enrollments.management.population.tree import Instansi, Unit

# Birth dates lie in so many days from here on, 1968 to 1992.
EARLIEST, DAYS = date(1968, 1, 1), 9000
# No two people share (birth date, start, sequence), so no two share a number; demo sequences are 9xx.
SEQUENCES, STARTS = 100, ("01", "03", "04", "12")
UNUSABLE = "!DEMO"
Employment = User.Employment


@dataclass(frozen=True)
class Person:
    """A person as the rest of `fill` needs them. `moved_on`: until the day before they served in `before`."""

    pk: int
    name: str
    nip: str
    zone: str
    unit: Unit
    before: Unit
    moved_on: date | None
    began_on: date

    def unit_on(self, day: date) -> Unit:
        return self.before if self.moved_on is not None and day < self.moved_on else self.unit


def nip(number: int, *, is_pppk: bool) -> tuple[str, date, date]:
    """The n-th number, valid in form and unlike every other; with the day of birth and of the first appointment."""
    born = EARLIEST + timedelta(days=number * 7919 % DAYS)
    left, sequence = divmod(number // DAYS, SEQUENCES)
    later, month = divmod(left, len(STARTS))
    year = born.year + 24 + later
    sex = 1 + number % 2
    if is_pppk:
        hired = 2019 + left
        return f"{born:%Y%m%d}{hired}21{sex}{900 + sequence}", born, date(hired, 3, 1)
    return f"{born:%Y%m%d}{year}{STARTS[month]}{sex}{900 + sequence}", born, date(year, int(STARTS[month]), 1)


class Crowd:
    """Writes people, their numbers and their placements."""

    def __init__(self, dice: Random, at: datetime, today: date) -> None:
        self.dice = dice
        self.today = today
        self.people = Table(
            User,
            *("nip", "name", "employment", "post", "post_kind", "agency_id", "birth_on", "sex", "is_active"),
            *("deactivated_on",),
            at=at,
            password=UNUSABLE,
            is_demo=True,
            birth_place="Medan",
        )
        self.numbers = Table(PersonNumber, "person_id", "number", "from_on", at=at)
        self.places = Table(
            Placement, "person_id", "agency_id", "post", "employment", "from_on", "until_on", at=at
        )  # fmt: skip
        self._count = 0

    def of(self, instansi: Instansi) -> Iterator[Person]:
        for unit in instansi.units:
            for _number in range(unit.people):
                yield self._person(instansi, unit)

    def tables(self) -> list[Table]:
        return [self.people, self.numbers, self.places]

    def _person(self, instansi: Instansi, unit: Unit) -> Person:
        dice = self.dice
        luck = dice.random()
        employment = Employment.PNS if luck < 0.78 else Employment.PPPK if luck < 0.98 else Employment.CPNS
        number, born, began = nip(self._count, is_pppk=employment == Employment.PPPK)
        self._count += 1
        is_woman = number[14] == "2"
        name = f"{dice.choice(WOMEN if is_woman else MEN)} {dice.choice(FAMILY)}".strip()
        post, kind = dice.choice(POSTS)
        gone_on = self.today - timedelta(days=dice.randint(10, 700)) if dice.random() < 0.01 else None
        pk = self.people.add(
            number, name, employment.value, post, kind, unit.pk, born, number[14], gone_on is None, gone_on
        )  # fmt: skip
        self.numbers.add(pk, number, began)
        since = max(began, self.today - timedelta(days=2000))
        before, moved_on = unit, None
        if dice.random() < 0.04 and since < self.today - timedelta(days=1000):
            before, moved_on = dice.choice(instansi.units), self.today - timedelta(days=dice.randint(20, 900))
            self.places.add(pk, before.pk, post, employment.value, since, moved_on - timedelta(days=1))
        self.places.add(pk, unit.pk, post, employment.value, moved_on or since, None)
        return Person(pk, name, number, instansi.zone, unit, before, moved_on, since)
