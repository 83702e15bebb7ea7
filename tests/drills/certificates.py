"""`make drill-certificates`: promise R2 in its long form (docs/drills.md). N learners complete a course over HTTP, pressing twice at
once; a third confirms the name, the others say nothing for two days; papers are drawn, signed and delivered, mails go to a server that
keeps its own book. Meanwhile web, workers, clock, Valkey and PostgreSQL are killed and the broker is flushed. Then everything is counted.

One line `name value unit` for each figure; the first broken promises and exit code 1, or exit code 0.
"""

import argparse
import io
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

import django
import psycopg2

from tests.drills.asking import Asker
from tests.drills.checks import Book, broken, surplus
from tests.drills.ground import served_on, until
from tests.drills.killer import FLUSH, PARTS, Killer, plan, rows
from tests.relay_server import RelayServer, relay
from tests.served import Served

MOST_SHOWN = 20
_STEPS = """
    SELECT (SELECT count(*) FROM enrollments_enrollment WHERE status = 'completed')
         + (SELECT count(*) FROM enrollments_certificate WHERE state <> 'numbered')
         + (SELECT count(*) FROM enrollments_certificate WHERE state = 'delivered')
         + (SELECT count(*) FROM accounts_notice WHERE kind = 'certificate.ready' AND mail_state = 'sent')
"""
STEPS_OF_ONE = 4  # completed, confirmed, delivered, told by mail
_WAITING = "SELECT count(*) FROM enrollments_certificate WHERE state = 'numbered'"


def main(words: list[str]) -> int:
    asked = _asked(words)
    with relay() as server, served_on(asked.folder, "drill", EMAIL_URL=server.url) as served:
        return _drill(served, server, asked)


def _asked(words: list[str]) -> Any:
    parser = argparse.ArgumentParser(prog="drill-certificates")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--flushes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=90, help="broken when it takes longer")
    parser.add_argument("--folder", type=Path, help="a DATA_DIR that is set up already, with an empty database")
    parser.add_argument("--hasty", action="store_true", help="ring the clock every two seconds, wait for no dead claim")
    return parser.parse_args(words)


def _drill(served: Served, server: RelayServer, asked: Any) -> int:
    django.setup()
    from tests.drills.class_of import JP, gather
    from tests.drills.learning import School

    end = time.monotonic() + asked.minutes * 60
    ask = partial(rows, served.data_dir)
    learners = gather(asked.people)
    places = {one.place for one in learners}
    asker = Asker(served.url)
    school = School(asker)
    faults = plan(asked.seed, STEPS_OF_ONE * asked.people, asked.kills, asked.flushes)
    killer = Killer(served, faults, lambda: int(ask(_STEPS)[0][0]), is_hasty=asked.hasty)
    threads = [
        Thread(target=partial(school.learn, learners, confirms=lambda one: one.number % 3 == 0), daemon=True),
        Thread(target=killer.run, daemon=True),
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    learning, killing = threads
    try:
        until(lambda: not learning.is_alive(), end, "every learner to be answered", each=partial(_ring, asked.hasty))
        took = time.monotonic() - began
        _retried(partial(_let_two_days_pass, ask), end)
        until(
            lambda: not killing.is_alive() and _is_settled(ask, asked.people),
            end,
            "every certificate to be delivered and its mail to be sent",
            each=partial(_ring, asked.hasty),
        )
        unkept: list[str] = []
    except TimeoutError as late:
        unkept, took = [str(late)], 0.0
    seconds = time.monotonic() - began
    asker.over.set()
    killer.over.set()
    told = school.told
    book = Book(
        places=places,
        jp=JP,
        finished=told.finished,
        confirmed=told.confirmed,
        numbers=told.numbers,
        mails=[(mail.message_id, mail.at) for mail in server.taken],
        kills=[(one.what, one.at) for one in killer.done if one.what != FLUSH],
    )
    unkept += [*told.strange, *broken(ask, served.data_dir / "media", book)]
    if not _answers(served):
        unkept.append("the site does not answer in the end")
    _tell(asked, ask, book, killer, asker, seconds, took)
    for sentence in unkept[:MOST_SHOWN]:
        print(f"BROKEN: {sentence}", flush=True)
    print("R2 kept" if not unkept else f"R2 BROKEN: {len(unkept)} findings", flush=True)
    return 1 if unkept else 0


def _tell(
    asked: Any, ask: Any, book: Book, killer: Killer, asker: Asker, seconds: float, learning: float
) -> None:  # fmt: skip
    def say(name: str, value: object, unit: str) -> None:
        print(f"{name} {value} {unit}", flush=True)

    counted = killer.counted()
    sizes = [size for (size,) in ask("SELECT size FROM enrollments_certificate WHERE size > 0")]
    [(last, series)] = ask("SELECT coalesce(sum(last), 0), count(*) FROM enrollments_certificateseries")
    say("completions_asked", asked.people, "people")
    say("completions_acknowledged", len(book.finished), "people")
    say("requests", asker.requests, "requests")
    say("tried_again", asker.tries_again, "requests")
    say("names_confirmed", len(book.confirmed), "people")
    silent = ask("SELECT count(*) FROM enrollments_certificate WHERE NOT was_confirmed_by_learner")
    say("names_by_silence", silent[0][0], "people")
    say("certificates", ask("SELECT count(*) FROM enrollments_certificate")[0][0], "certificates")
    say("numbers_used", last, f"numbers in {series} series")
    ready = {str(one) for (one,) in ask("SELECT message_id FROM accounts_notice WHERE kind = 'certificate.ready'")}
    delivered = {message.strip("<>").partition("@")[0] for message, _at in book.mails}
    say("message_ids", len(ready & delivered), "mails that a certificate is ready")
    say("other_mails", len(delivered - ready), "mails")
    say("surplus_deliveries", surplus(book), "mails")
    say("paper_median", median(sizes or [0]), "bytes")
    say("paper_largest", max(sizes, default=0), "bytes")
    say("kills", sum(counted[part] for part in PARTS), "kills: " + ", ".join(f"{p} {counted[p]}" for p in PARTS))
    say("flushes", counted[FLUSH], "flushes")
    say("seconds_of_learning", round(learning), "s")
    say("seconds", round(seconds), "s")


def _answers(served: Served) -> bool:
    return any(served.answers() for _try in range(10))


def _is_settled(ask: Any, people: int) -> bool:
    with suppress(psycopg2.Error):
        return bool(ask(_STEPS)[0][0] >= STEPS_OF_ONE * people)
    return False


def _let_two_days_pass(ask: Any) -> None:
    """Runs the clock as of the day after tomorrow until nobody is asked any more."""
    from django.utils import timezone

    while ask(_WAITING)[0][0]:
        _run_clock((timezone.now() + timedelta(days=2, hours=1)).isoformat())


def _ring(is_hasty: bool) -> None:
    """What the clock asks for each half minute, at once; for who cannot wait."""
    if not is_hasty:
        return
    from django.db import connection
    from django.utils import timezone

    from accounts.notices import actions as notices
    from enrollments.certificates import actions as certificates

    try:
        certificates.sweep(None)
        notices.sweep(timezone.now(), None)
    except django.db.Error:
        connection.close()


def _run_clock(at: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    try:
        call_command("run_clock", "--at", at, "--json", stdout=io.StringIO())
    finally:
        connection.close()


def _retried(do: Callable[[], None], end: float) -> None:
    """Done again while a part that it needs is away."""
    while time.monotonic() < end:
        try:
            do()
        except (psycopg2.Error, django.db.Error, SystemExit):  # a refused command exits
            time.sleep(1)
        else:
            return
    raise TimeoutError("the clock could not be run")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
