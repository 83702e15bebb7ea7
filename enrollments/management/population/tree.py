"""The tree of an invented nation: one root, its agencies (instansi), and units below them down to some thirty people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from accounts.agencies.models import Agency
from enrollments.management.population.copying import Table

ROOT_CODE = "ASN"
# 6.5 million people, 800 agencies, the largest half a million.
NATION = 6_500_000
AGENCIES = 800
SLOPE = 0.83
# A unit of at most so many people is not divided further.
SMALL = 35
MOST_CHILDREN = 40
# Of the people of a unit that is divided, this share serves in the unit itself.
HERE = 0.02

_ZONES = (Agency.Zone.WIB, Agency.Zone.WIB, Agency.Zone.WIB, Agency.Zone.WITA, Agency.Zone.WIT)
_KINDS = ("Dinas", "Badan", "Direktorat", "Balai", "Biro", "Sekretariat", "Kantor", "Pusat", "UPT")
_FIELDS = (
    "Perencanaan", "Pelayanan", "Keuangan", "Kepegawaian", "Pengawasan", "Data dan Informasi", "Umum", "Hukum", "Kerja Sama",
    "Pendidikan", "Kesehatan", "Perhubungan", "Pertanian", "Perindustrian", "Lingkungan",
)  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """A unit that was written, and how many serve in it directly."""

    pk: int
    path: str
    people: int


@dataclass(frozen=True)
class Instansi:
    pk: int
    label: str
    zone: str
    people: int
    units: list[Unit]


def shares(people: int, parts: int, slope: float) -> list[int]:
    """So many people in so many parts, each at least one, the largest first: the n-th is n^−slope of the first. They add up."""
    weights = [number**-slope for number in range(1, parts + 1)]
    spare, total = people - parts, sum(weights)
    exact = [spare * weight / total for weight in weights]
    found = [int(one) for one in exact]
    left = spare - sum(found)
    for index in sorted(range(parts), key=lambda n: (found[n] - exact[n], n))[:left]:
        found[index] += 1
    return [1 + one for one in found]


def agencies_for(people: int) -> int:
    """How many agencies a population of this size has: all 800 for the nation, fewer for fewer."""
    found: float = AGENCIES * (people / NATION) ** 0.5
    return max(1, min(people, AGENCIES, round(found)))


class Tree:
    """Writes the units one agency after the other, so that no more than one is held in memory."""

    def __init__(self, root: Agency, table: Table, dice: Random) -> None:
        self.root = root
        self.table = table
        self.dice = dice

    def instansi(self, people: int) -> Iterator[Instansi]:
        for number, size in enumerate(shares(people, agencies_for(people), SLOPE), 1):
            zone = _ZONES[number % len(_ZONES)].value
            label = f"INST{number:03d}"
            path = Agency._get_path(self.root.path, self.root.depth + 1, number)
            units: list[Unit] = []
            name = f"Instansi {number:03d} (DEMO)"
            self._write(path, label, name, label, Agency.Kind.INSTANSI, zone, size, units)
            yield Instansi(units[0].pk, label, zone, size, units)

    def _write(
        self, path: str, code: str, name: str, short: str, kind: str, zone: str, people: int, units: list[Unit]
    ) -> None:
        """The unit before those below it: the first of `units` is the top."""
        parts: list[int] = []
        here = people
        if people > SMALL:
            here = max(1, round(people * HERE))
            parts = shares(people - here, max(2, min(MOST_CHILDREN, round(people**0.4))), 0.5)
        depth = len(path) // Agency.steplen
        pk = self.table.add(path, depth, len(parts), code, name, short, kind, zone)
        units.append(Unit(pk, path, here))
        below = Agency.Kind.OPD if kind == Agency.Kind.INSTANSI else Agency.Kind.UNIT
        for number, size in enumerate(parts, 1):
            title = f"{self.dice.choice(_KINDS)} {self.dice.choice(_FIELDS)} {number}"
            child = Agency._get_path(path, depth + 1, number)
            self._write(child, f"{code}.{number}", title, "", below, zone, size, units)


def table(at: datetime) -> Table:
    columns = ("path", "depth", "numchild", "code", "name", "short_name", "kind", "zone")
    return Table(Agency, *columns, at=at, is_demo=True)
