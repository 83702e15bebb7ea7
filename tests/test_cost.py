"""What a page costs: a small number of questions to the database, and no more of them when its lists grow (architecture §8)."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from tests.crowd import crowd
from tests.doors import Door, known
from tests.test_access import told
from tests.walk import Walker
from tests.world import NOBODY, World, world

pytestmark = pytest.mark.django_db
# For who learns, and for who has an office as well.
MOST = {NOBODY: 8, "learner": 8}
MOST_IN_OFFICE = 12
# Those whose lists differ. An administrator sees an officer's pages, the other unit's people see these people's.
ASKERS = (NOBODY, "learner", "head", "officer", "reviewer", "trainer")


def asked(made: World) -> Iterator[tuple[Door, str, str]]:
    """Each door that answers GET, with who may come in and the address of their own thing."""
    for door in known():
        # How things are is asked anew each time, whatever it costs.
        if door.get is None or door.name == "healthz":
            continue
        may = [name for name in ASKERS if door.answer(name, "own") == 200]
        for person in may[:2] if door.is_alike else may:
            yield door, person, door.path(door.thing(made.own))


def costs(made: World) -> dict[tuple[str, str], int]:
    """How many questions each page asks, once sessions and what is kept in the cache are warm."""
    walker = Walker(made)
    found = {}
    for door, person, path in asked(made):
        client = walker.clients[person]
        client.get(path)
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(path)
            b"".join(getattr(answer, "streaming_content", ()))
        assert answer.status_code == 200, f"{person} {path} → {answer.status_code}"
        found[door.name, person] = len(caught)
    return found


@override_settings(RATE_LIMITS=False, ACCOUNT_RATE_LIMITS=False)
def test_no_page_asks_more_than_eight_questions_of_an_office_twelve_however_long_its_lists_are() -> None:
    """Every door that answers GET, for whoever may come in, at 3 and at 30 of each thing that is listed somewhere."""
    made = world()
    crowd(made, 3)
    few = costs(made)
    crowd(made, 27)
    many = costs(made)
    wrong = [
        f"{name} for {person}: {few[name, person]} at 3, {many[name, person]} at 30"
        for name, person in few
        if max(few[name, person], many[name, person]) > MOST.get(person, MOST_IN_OFFICE)
        or many[name, person] > few[name, person]
    ]
    assert len(few) > 150
    assert not wrong, told(wrong, most=80)
