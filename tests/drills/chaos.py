"""`make drill-chaos`: whatever people do at once, and whatever dies meanwhile, every sum stays true (docs/drills.md).

Clients join, learn, answer, leave and confirm; officers enrol, move people and units, revoke, write absences down and take them back: all
at random and by HTTP, while web, workers, clock, Valkey and PostgreSQL are killed. Then everything is counted twice: by the product
(`check_tallies`, `check_ledger`) and in words of our own. One line `name value unit` for each figure; exit code 1 with the first broken
promises, or 0.
"""

import argparse
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import django

from tests.drills.asking import Asker
from tests.drills.ground import served_on, until
from tests.drills.killer import PARTS, Killer, plan
from tests.served import Served

OURS = ("web", "worker", "clock")  # what can be killed where the services are given
MOST_SHOWN = 20


def main(words: list[str]) -> int:
    wanted = _asked(words)
    with served_on(wanted.folder, "chaos", is_given=wanted.given) as served:
        return _drill(served, wanted)


def _asked(words: list[str]) -> Any:
    parser = argparse.ArgumentParser(prog="drill-chaos")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--acts", type=int, default=5_000, help="what is done in all, refusals included")
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30, help="broken when it takes longer")
    parser.add_argument("--folder", type=Path, help="a DATA_DIR that is set up already, with an empty database")
    parser.add_argument("--given", action="store_true", help="with the services that the environment names")
    return parser.parse_args(words)


def _drill(served: Served, wanted: Any) -> int:
    django.setup()
    from tests.drills.acting import LONGEST, Mob
    from tests.drills.crowd_of import gather
    from tests.drills.sums import broke, broken

    end = time.monotonic() + wanted.minutes * 60
    asker = Asker(served.url, LONGEST)
    mob = Mob(asker, gather(wanted.people), wanted.seed)
    faults = plan(wanted.seed, wanted.acts, wanted.kills, 0, OURS if wanted.given else PARTS)
    killer = Killer(served, faults, mob.told.acts.total)
    killing = Thread(target=killer.run, daemon=True)
    began = time.monotonic()
    killing.start()
    clients = mob.start(wanted.clients)
    unkept: list[str] = []
    try:
        until(lambda: mob.told.acts.total() >= wanted.acts and not killing.is_alive(), end, "the last act and kill")
        mob.over.set()
        until(lambda: not any(one.is_alive() for one in clients), end, "every client to be answered")
        took = time.monotonic() - began
        until(_is_done, end, "everything to be worked in")
    except TimeoutError as late:
        unkept, took = [str(late)], 0.0
    for ending in (mob.over, asker.over, killer.over):
        ending.set()
    told, counted = mob.told, killer.counted()
    unkept += [*told.strange, *broken(told.book), *broke(served.data_dir / "log")]
    for name, number in sorted(told.acts.items()):
        print(f"{name} {number} acts", flush=True)
    print(f"requests {asker.requests} requests\ntried_again {asker.tries_again} requests", flush=True)
    print(f"kills {counted.total()} kills: " + ", ".join(f"{part} {counted[part]}" for part in PARTS), flush=True)
    print(f"seconds_of_chaos {took:.0f} s\nseconds {time.monotonic() - began:.0f} s", flush=True)
    for sentence in unkept[:MOST_SHOWN]:
        print(f"BROKEN: {sentence}", flush=True)
    print("every sum is true" if not unkept else f"chaos BROKEN: {len(unkept)} findings", flush=True)
    return 1 if unkept else 0


def _is_done() -> bool:
    from tests.drills.sums import UNDONE, rows

    with suppress(django.db.Error):
        return rows(UNDONE) == [(0,)]
    django.db.connection.close()  # it may be a line to a server that was killed
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
