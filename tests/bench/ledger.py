"""The ledger under a million random operations, and how long a recount of 100,000 people takes. Drift is counted by SQL that shares
nothing with the product: gross JP by day against the cap, in the order of recording.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from time import monotonic

from django.db import connection, transaction

from accounts.agencies.models import Agency
from accounts.people.models import User
from courses.taxonomy.models import LearningPath
from enrollments.credits.actions import correct_credit, reverse_credit
from enrollments.credits.models import Credit
from enrollments.credits.queries import year_of_credit
from enrollments.credits.recording import Activity, record_credits
from enrollments.credits.recount import faults, recount
from tests.bench.statements import counted

NEW_YEAR = date(2025, 1, 1)
BATCH = 2_000

# Operations that were asked for, written down by who asked; what counts is worked out from these rows alone.
_OWN = "CREATE TEMP TABLE asked (learner_id bigint, jp numeric)"
_DRIFT = """
    SELECT count(*) FROM (SELECT learner_id, sum(jp) AS jp FROM asked GROUP BY 1) a
    FULL JOIN (SELECT learner_id, sum(CASE account WHEN 'counted' THEN credit - debit ELSE 0 END) AS jp
               FROM enrollments_ledgerposting WHERE learner_id = ANY(%s) GROUP BY 1) p USING (learner_id)
    WHERE coalesce(a.jp, 0) <> coalesce(p.jp, 0)
"""


@dataclass(frozen=True)
class Measured:
    operations: int
    seconds: float
    drift: int
    faults: int
    recount_seconds: float
    people: int
    queries_of_a_year: int


def measure_ledger(unit: Agency, operations: int, people: int, *, officer: User, seed: int = 1) -> Measured:
    """So many random operations by batches (credits, and one in a hundred a correction or reversal) for new people of a unit."""
    dice = Random(seed)
    learners = User.objects.bulk_create(
        [User(name=f"Beban {n}", email=f"beban{n}@contoh.go.id", agency=unit, password="!") for n in range(people)],
        batch_size=5_000,
    )
    paths = list(LearningPath.objects.filter(code__in=["NKL03", "KL03", "NKL09"]).order_by("code"))
    room: dict[tuple[int, int, date], Decimal] = {}
    began, done = monotonic(), 0
    with connection.cursor() as cursor:
        cursor.execute(_OWN)
    while done < operations:
        count = min(BATCH, operations - done)
        with transaction.atomic():
            _batch(unit, learners, paths, room, count, done, dice, officer)
        done += count
    seconds = monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT, [[one.pk for one in learners]])
        drift = int(cursor.fetchone()[0])
        cursor.execute("DROP TABLE asked")
    began = monotonic()
    differences = sum(1 for _one in recount())
    recounted = monotonic() - began
    return Measured(
        operations, seconds, drift + differences, len(faults()), recounted, people, counted(lambda: year_of_credit(learners[0], 2025))
    )  # fmt: skip


def _batch(
    unit: Agency, learners: list[User], paths: list[LearningPath], room: dict[tuple[int, int, date], Decimal], count: int, done: int,
    dice: Random, officer: User,
) -> None:  # fmt: skip
    caps = {"NKL03": Decimal(3), "NKL09": Decimal(2)}
    changes = max(1, count // 100)
    activities, asked = [], []
    for number in range(count - changes):
        learner, path = dice.choice(learners), dice.choice(paths)
        day, jp = NEW_YEAR + timedelta(days=dice.randrange(365)), Decimal(dice.randrange(1, 600)).scaleb(-2)
        activities.append(
            Activity(learner.pk, unit, jp, {day: 1}, day, path.pk, reference=f"beban {done + number}", title="Beban")
        )
        key = (learner.pk, path.pk, day)
        counts = min(jp, caps[path.code] - room.get(key, Decimal(0))) if path.code in caps else jp
        room[key] = room.get(key, Decimal(0)) + counts
        asked.append((learner.pk, counts))
    credits = record_credits(activities)
    for _number in range(changes):
        # Of the paths without a cap, so that the room of others stays what it was.
        credit = dice.choice([one for one in credits if one.path_id == paths[0].pk])
        before = sum((jp for jp in _counted(credit)), Decimal(0))
        target = Decimal(0) if dice.random() < 0.5 else before + 1
        if target or before:
            change(credit, target, officer)
            asked.append((credit.learner_id, target - before))
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO asked VALUES (%s, %s)", asked)


def change(credit: Credit, target: Decimal, officer: User) -> None:
    if target:
        correct_credit(credit, target, by=officer, reason="Beban")
    else:
        reverse_credit(credit, by=officer, reason="Beban")


def _counted(credit: Credit) -> list[Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.credit - p.debit FROM enrollments_ledgerposting p JOIN enrollments_ledgerentry e ON e.id = p.entry_id"
            " WHERE e.about_id = %s AND p.account = 'counted'",
            [credit.pk],
        )
        return [jp for (jp,) in cursor.fetchall()]
