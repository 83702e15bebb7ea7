"""What must hold after chaos: what was acknowledged is there and nothing besides, in SQL of our own; and the product's own recounts agree."""

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from tests.drills.acting import Book

# Not yet worked in: marks and deltas that the clock folds, and papers on their way; a name that is still asked for is not waited for.
UNDONE = """
    SELECT (SELECT count(*) FROM enrollments_stale) + (SELECT count(*) FROM enrollments_tallydelta)
         + (SELECT count(*) FROM enrollments_certificate WHERE state IN ('confirmed', 'drawn', 'signed'))
"""
# What no row may say.
_WRONG = {
    "seats taken and people who hold a seat differ": """
        SELECT c.id, c.seats_taken, count(e.id) FROM enrollments_cohort c
        LEFT JOIN enrollments_enrollment e ON e.cohort_id = c.id AND e.status <> 'withdrawn'
        GROUP BY c.id HAVING c.seats_taken <> count(e.id)""",
    "somebody learns a course in two places": """
        SELECT e.learner_id, v.course_id FROM enrollments_enrollment e JOIN courses_courseversion v ON v.id = e.version_id
        WHERE e.status = 'active' GROUP BY 1, 2 HAVING count(*) > 1""",
    "a completion without its one credit": """
        SELECT e.id, count(c.id) FROM enrollments_enrollment e LEFT JOIN enrollments_credit c ON c.enrollment_id = e.id
        WHERE e.status = 'completed' GROUP BY 1 HAVING count(c.id) <> 1""",
    "a completion without a certificate that stands, or a revoked one": """
        SELECT e.id, count(c.id) FROM enrollments_enrollment e LEFT JOIN enrollments_certificate c ON c.enrollment_id = e.id
        WHERE e.status = 'completed' GROUP BY 1
        HAVING count(c.id) = 0 OR count(c.id) FILTER (WHERE c.state <> 'revoked') > 1""",
    "numbers with a gap or twice": """
        SELECT s.id, s.last, count(c.id), count(DISTINCT c.sequence) FROM enrollments_certificateseries s
        LEFT JOIN enrollments_certificate c ON c.series_id = s.id GROUP BY 1
        HAVING (s.last, s.last) <> (count(c.id), count(DISTINCT c.sequence)) OR max(c.sequence) <> s.last""",
    "two sides of an entry differ": """
        SELECT entry_id, sum(debit), sum(credit) FROM enrollments_ledgerposting GROUP BY 1 HAVING sum(debit) <> sum(credit)""",
    "the heads' sums and the rows differ": """
        SELECT * FROM (VALUES
            ('completed', (SELECT coalesce(sum(value), 0) FROM (
                SELECT t.value FROM enrollments_tally t JOIN accounts_agency a ON a.id = t.agency_id
                WHERE a.depth = 1 AND t.measure = 'completed'
                UNION ALL SELECT value FROM enrollments_tallydelta WHERE measure = 'completed') AS both_parts),
             (SELECT count(*) FROM enrollments_enrollment WHERE status = 'completed')),
            ('people', (SELECT coalesce(sum(u.value), 0) FROM enrollments_unitcount u JOIN accounts_agency a ON a.id = u.agency_id
                        WHERE a.depth = 1 AND u.measure IN ('pns', 'cpns', 'pppk', 'other') AND u.year = 0),
             (SELECT count(*) FROM accounts_user WHERE is_active AND agency_id IS NOT NULL
              AND id NOT IN (SELECT learner_id FROM enrollments_stale)))
        ) AS sums (measure, counted, there) WHERE counted <> there""",
    "a unit hangs nowhere, or counts the units below it wrong": """
        SELECT a.code, a.path, a.numchild FROM accounts_agency a
        WHERE a.numchild <> (SELECT count(*) FROM accounts_agency b WHERE b.path LIKE a.path || '%' AND b.depth = a.depth + 1)
        OR a.depth > 1 AND NOT EXISTS (SELECT FROM accounts_agency b WHERE b.path = left(a.path, -4) AND b.depth = a.depth - 1)""",
}
# How a killed part looks from another. Anything else that broke a page or a task is the product's own.
_KILLED = re.compile(
    r"[\w.]*(?:OperationalError|InterfaceError|ConnectionError|ConnectionResetError|BusyLoadingError|WorkerLostError)"
    r"|[\w.]*DatabaseError: server closed the connection"
)
_OWN = re.compile(r"deadlock detected|canceling statement")
_TRACEBACK = re.compile(r"^Traceback \(most recent call last\):\n", re.MULTILINE)
_WHAT = re.compile(r"^\S.*", re.MULTILINE)
# One that led to another counts as the other.
_LED_ON = (
    "The above exception was the direct cause of the following exception:",
    "During handling of the above exception, another exception occurred:",
)


def broken(book: Book) -> Iterator[str]:
    """A sentence for each promise that was not kept, once nothing is undone."""
    yield from _agreed("check_tallies", "check_ledger")
    yield from _acknowledged(book)
    for what, sql in _WRONG.items():
        for row in rows(sql):
            yield f"{what}: {row}"


def _agreed(*commands: str) -> Iterator[str]:
    for command in commands:
        out = io.StringIO()
        try:
            call_command(command, "--json", stdout=out)
        except SystemExit:  # refused, with its reasons
            yield f"{command}: {json.dumps(json.loads(out.getvalue() or '{}'))[:600]}"


def _acknowledged(book: Book) -> Iterator[str]:
    there = {
        place: (learner, course)
        for place, learner, course in rows(
            "SELECT e.id, e.learner_id, c.code FROM enrollments_enrollment e JOIN enrollments_cohort h ON h.id = e.cohort_id"
            " JOIN courses_course c ON c.id = h.course_id"
        )
    }
    yield from _differ("places", book.places.items(), there.items())
    left = [place for (place,) in rows("SELECT id FROM enrollments_enrollment WHERE status = 'withdrawn'")]
    yield from _differ("places given back", book.left, left)
    confirmed = [one for (one,) in rows("SELECT id FROM enrollments_certificate WHERE was_confirmed_by_learner")]
    yield from _differ("names confirmed", book.confirmed, confirmed)
    revoked = [one for (one,) in rows("SELECT id FROM enrollments_certificate WHERE state = 'revoked'")]
    yield from _differ("certificates revoked", book.revoked, revoked)
    written = Counter(book.absences)
    written.subtract(book.taken_back.values())
    absences: dict[int, int] = dict(rows("SELECT person_id, count(*) FROM accounts_absence GROUP BY 1"))
    yield from _differ("absences of a person", [one for one in written.items() if one[1]], absences.items())
    # The first one is written down by the product itself, for somebody who had none, when they move.
    served = rows(
        "SELECT person_id, from_on, agency_id FROM (SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY from_on) AS nth"
        " FROM accounts_placement) AS placed WHERE nth > 1"
    )
    moved = [(person, day, unit) for person, days in book.moves.items() for day, unit in days.items()]
    yield from _differ("moves", moved, served)
    homes: dict[int, int] = dict(rows("SELECT id, agency_id FROM accounts_user"))
    for person, days in book.moves.items():
        if homes[person] != days[max(days)]:
            yield f"person {person} serves in unit {homes[person]}, and was moved to {days[max(days)]} last"


def _differ(what: str, told: Iterable[object], there: Iterable[object]) -> Iterator[str]:
    lost, more = set(told) - set(there), set(there) - set(told)
    for word, found in (("acknowledged and not there", lost), ("there and not acknowledged", more)):
        if found:
            yield f"{what}: {len(found)} {word}, e.g. {sorted(found, key=str)[:3]}"


def broke(logs: Path) -> Iterator[str]:
    """What broke a page or a task, by the logs of the parts, and is explained by no kill; each once for each log."""
    for log in sorted(logs.glob("*.log")):
        said = Counter(
            found[0]
            for block in _TRACEBACK.split(log.read_text(errors="replace"))[1:]
            if not block.rstrip().endswith(_LED_ON) and (found := _WHAT.search(block))
        )
        for what, times in said.items():
            if _OWN.search(what) or not _KILLED.match(what):
                yield f"{log.name}, {times} times: {what[:300]}"


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
