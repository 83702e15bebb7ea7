"""`fill`: an invented population for benches, of any size up to the nation's."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.commands import USAGE, JsonCommand, Refused
from asn_lms.lib.days import local_day
from enrollments.management.population import tree
from enrollments.management.population.copying import Table, beside, unguarded
from enrollments.management.population.courses import COURSES, ORGANISERS, write_courses
from enrollments.management.population.learning import YEARS, Learning
from enrollments.management.population.people import Crowd
from enrollments.reports.recount import tally_anew
from enrollments.standings.models import Standing, UnitCount
from enrollments.tallies.actions import hold_sums
from enrollments.tallies.models import Tally

# What `fill` writes beside the tables that it copies into is small.
LEAST = 50


class Command(JsonCommand):
    help = "Invents a population with three years of learning, by COPY. Only on an empty database. The same seed and day give the same."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=100_000, help="how many civil servants (100000)")
        parser.add_argument("--enrollments", type=int, help="how many places in all (three for each person)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--until", type=date.fromisoformat, help="the last day of these three years (today)")

    def run(self, **options: Any) -> dict[str, Any]:
        people, wanted = options["people"], options["enrollments"]
        places = 3 * people if wanted is None else wanted
        if people < LEAST or not 0 <= places <= people * COURSES:
            raise CommandError(f"At least {LEAST} people, and at most {COURSES} places for each", returncode=USAGE)
        return fill(people, places, options["seed"], options["until"] or local_day(Agency.Zone.WIB))


def fill(people: int, places: int, seed: int, today: date) -> dict[str, Any]:
    """Write it all in one transaction; tells rows, seconds and bytes of disk."""
    began = time.monotonic()
    with transaction.atomic():
        hold_sums()  # before any table is locked: who folds holds it first, too
        if Agency.objects.exists() or User.objects.exists():
            raise Refused({"error": "The database is not empty. `fill` invents a nation only where nobody is yet."})
        written = _write(people, places, Random(seed), today)  # noqa: S311 - invented people, not secrets
    with connection.cursor() as cursor:
        # At once and at full speed, instead of by autovacuum beside the first visitors; PostgreSQL does it outside transactions only.
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
        cursor.execute("SELECT pg_database_size(current_database())")
        size = int(cursor.fetchone()[0])
    return {**written, "seconds": round(time.monotonic() - began, 1), "bytes": size}


def _write(people: int, places: int, dice: Random, today: date) -> dict[str, Any]:
    at = timezone.now()
    first = today - timedelta(days=365 * YEARS)
    root = Agency.objects.add_root(
        {"code": tree.ROOT_CODE, "name": "Aparatur Sipil Negara (DEMO)", "short_name": "ASN", "kind": Agency.Kind.INSTANSI, "is_demo": True}
    )  # fmt: skip
    units = tree.table(at)
    agencies = list(tree.Tree(root, units, dice).instansi(people))
    units.close()
    Agency.objects.filter(pk=root.pk).update(numchild=len(agencies))
    organisers = list(Agency.objects.filter(pk__in=[one.pk for one in agencies[:ORGANISERS]]).order_by("pk"))
    courses = write_courses(organisers, first, today, dice, at - timedelta(days=365 * YEARS + 30))
    crowd = Crowd(dice, at, today)
    learning = Learning(courses, root, dice, at, today)
    tables = [*crowd.tables(), *learning.tables()]
    with unguarded([table.name for table in tables]):
        share = _places_for_each(people, places, dice)
        with beside():
            for instansi in agencies:
                for person in crowd.of(instansi):
                    learning.learn(person, next(share))
            learning.close()
            for table in tables:
                table.close()
    _heads(crowd.people.last - people + 1, root, agencies, first)
    with unguarded([one._meta.db_table for one in (Tally, Standing, UnitCount)]):
        tally_anew()
    return {_name(table): table.written for table in [units, *tables]}


def _places_for_each(people: int, places: int, dice: Random) -> Iterator[int]:
    """How many places each person takes: some none, some twice the mean, together exactly so many."""
    given = 0
    for pair in range(0, people, 2):
        both = (min(pair + 2, people) * places) // people - given
        given += both
        mine = dice.randint(0, both) if pair + 1 < people else both
        yield mine
        if pair + 1 < people:
            yield both - mine


def _heads(first_person: int, root: Agency, agencies: list[tree.Instansi], since: date) -> None:
    """Somebody reads the report of the nation, and of each agency."""
    pk = first_person
    grants = [RoleGrant(person_id=pk, role=RoleGrant.Role.HEAD, agency=root, from_on=since, decree="DEMO")]
    for instansi in agencies:
        mine = RoleGrant(person_id=pk, role=RoleGrant.Role.HEAD, agency_id=instansi.pk, from_on=since, decree="DEMO")
        grants.append(mine)
        pk += instansi.people
    RoleGrant.objects.bulk_create(grants, batch_size=1000)


def _name(table: Table) -> str:
    return table.name.partition("_")[2]
