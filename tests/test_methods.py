"""Asking changes nothing, and nothing is changed without the token that only our own pages have. Promise S7."""

import pytest

from tests.doors import addresses, forms, known
from tests.test_access import told
from tests.walk import MAY_BE_WRITTEN, Walk, Walker, quiet
from tests.world import NOBODY, World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> World:
    return world()


def test_asking_leaves_every_table_as_it_was(walk: Walk) -> None:
    """Each GET and HEAD, by everybody, of everything; the database itself counts what was written."""
    wrong = [
        f"{visit} wrote {tables}"
        for visit in walk.visits
        if visit.method != "POST" and (tables := set(visit.written) - MAY_BE_WRITTEN)
    ]
    assert not wrong, told(wrong)


def test_asking_queues_no_work(walk: Walk) -> None:
    assert not (queued := [visit for visit in walk.visits if visit.method != "POST" and visit.queued]), told(queued)


def test_what_is_sent_properly_does_change_something(walk: Walk) -> None:
    """Else the counting above would prove nothing."""
    assert any(visit.queued for visit in walk.posted())


def test_head_answers_like_get_without_a_body(walk: Walk) -> None:
    got = {(v.door.name, v.person, v.whose): v for v in walk.got()}
    wrong = []
    for visit in walk.visits:
        if visit.method != "HEAD":
            continue
        same = got[(visit.door.name, visit.person, visit.whose)]
        if visit.status not in {same.status, 405} or (visit.status < 400 and visit.is_page != same.is_page):
            wrong.append(f"{visit}, GET gives {same.status}")
    assert not wrong, told(wrong)


def test_doors_that_take_only_forms_refuse_to_be_asked(walk: Walk) -> None:
    wrong = [visit for visit in walk.got() if visit.door.get is None and visit.person != NOBODY and visit.status != 405]
    assert not wrong, told(wrong)


def test_no_door_takes_a_form_that_the_table_does_not_know(made: World) -> None:
    """Where the table says that a door takes no POST, it is answered 405 (404 and 403 are fine: nothing was taken)."""
    taken = []
    with quiet():
        walker = Walker(made)
        taking = {addresses()[door.url] for door in forms()}
        for door in known():
            if door.name == "api:openapi-json":
                continue  # a description of itself, whatever it is asked by
            if addresses()[door.url] in taking or not door.who_comes or door.name.startswith(("account_", "mfa_")):
                continue
            visit = walker.ask(door, door.who_comes, "own", door.thing(made.own), "POST", {"x": "1"})
            if visit.status not in {403, 404, 405}:
                taken.append(str(visit))
    assert not taken, "These doors take POST; give their rows `post=` and `body=`, so that they are tried:" + told(
        taken
    )


def test_a_form_without_its_token_is_refused(made: World) -> None:
    """By session, for every door that takes POST; the API answers the same in its own words."""
    refused, wrong = 0, []
    with quiet():
        walker = Walker(made, csrf=True)
        for door in known():
            if door.post is None and not door.name.startswith(("account_", "mfa_")):
                continue
            person = door.who_sends
            visit = walker.ask(door, person, "own", door.thing(made.own), "POST", dict(door.body(made.own)))
            if visit.status != 403 and visit.status not in {404, 405}:
                wrong.append(str(visit))
            refused += visit.status == 403
    assert not wrong, told(wrong)
    assert refused > 20
