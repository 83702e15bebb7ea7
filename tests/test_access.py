"""Who may come in: every address, every person of the cast, things of one's own unit, of another, of another government, and none.

Promise S21 (docs/promises.md). The table is tests/doors/; what was seen comes from tests/walk.py.
"""

from collections.abc import Iterable

import pytest

from tests.doors import addresses, doors
from tests.walk import Visit, Walk
from tests.world import CANARIES, FORBIDDEN

pytestmark = pytest.mark.django_db


def told(lines: Iterable[object], most: int = 25) -> str:
    """A list that a person can read, cut where it gets long."""
    found = sorted({str(line) for line in lines})
    return "\n" + "\n".join(found[:most]) + (f"\n… and {len(found) - most} more" if len(found) > most else "")


def test_every_address_has_a_row_that_says_who_may_come_in() -> None:
    missing = {
        name: pattern for name, pattern in addresses().items() if name not in {row.url for row in doors().values()}
    }
    assert not missing, (
        "These addresses stand in the URLconf but not in the table tests/doors/. Add a row Door(name, who, at=…, post=…, body=…) to the "
        "file of their app, so that somebody has said who may come in:" + told(f"{n}  {p}" for n, p in missing.items())
    )


def test_no_row_speaks_of_an_address_that_is_gone() -> None:
    gone = {row.url for row in doors().values()} - set(addresses())
    assert not gone, "These rows of tests/doors/ name no address any more; delete them:" + told(gone)


def test_everybody_gets_exactly_what_the_table_says(walk: Walk) -> None:
    wrong = []
    for visit in walk.visits:
        if visit.method == "HEAD":
            continue
        owed = visit.door.answer(visit.person, visit.whose, visit.method)
        is_shut_twice = owed in {302, 401} and visit.status == 405  # both doors are shut; either may be met first
        if visit.status != owed and not is_shut_twice:
            wrong.append(f"{visit}, owed {owed}")
    assert not wrong, told(wrong, most=80)


def test_nothing_ever_breaks(walk: Walk) -> None:
    assert not [visit for visit in walk.visits if visit.status >= 500], told(v for v in walk.visits if v.status >= 500)


def test_who_is_signed_out_is_sent_to_sign_in_and_back(walk: Walk) -> None:
    sent = [
        v for v in walk.got() if v.person == "nobody" and v.door.answer("nobody", v.whose) == 302 and v.status == 302
    ]
    elsewhere = [v for v in sent if not v.headers["Location"].startswith(("/accounts/login/", "/accounts/"))]
    assert sent
    assert not elsewhere, told(f"{v} to {v.headers['Location']}" for v in elsewhere)


def test_what_belongs_to_others_answers_like_what_never_was(walk: Walk) -> None:
    """Same status, same body, same headers, so that nobody can find out what exists by trying numbers."""
    never = {(v.door.name, v.person, v.method): v for v in walk.visits if v.whose == "missing"}
    wrong = []
    for visit in walk.visits:
        other = never.get((visit.door.name, visit.person, visit.method))
        if other is None or visit.method == "HEAD" or visit.whose == "missing" or _may_come_in(visit):
            continue
        if (visit.status, visit.blanked, _steady(visit)) != (other.status, other.blanked, _steady(other)):
            wrong.append(f"{visit} differs from {other}")
    assert not wrong, told(wrong)


def _may_come_in(visit: Visit) -> bool:
    """Where one may come in, or is answered as such, nothing is to be hidden."""
    return visit.whose == "plain" or visit.door.lets_in(visit.person, visit.whose, visit.method) or visit.door.is_public


def _steady(visit: Visit) -> dict[str, str]:
    changing = {"Content-Security-Policy", "Date", "Set-Cookie", "X-Request-ID", "Content-Length"}
    return {
        name: value.replace(visit.path, "·") if name == "Location" else value
        for name, value in visit.headers.items()
        if name not in changing and name != "Location"
    }


def test_no_answer_bears_a_word_of_those_whom_one_must_not_see(walk: Walk) -> None:
    """Pages, lists, searches, JSON, files: the canary words of another unit stand in none."""
    wrong = []
    for visit in walk.visits:
        if visit.door.is_public:
            continue
        for side in FORBIDDEN[visit.person]:
            if CANARIES[side].casefold() in visit.text.casefold():
                wrong.append(f"{visit} says {CANARIES[side]}")
    assert not wrong, told(wrong)


def test_the_canary_words_are_seen_by_those_who_may(walk: Walk) -> None:
    """Else the test above would prove nothing."""
    for person, side in [("officer", "own"), ("officer", "sister"), ("learner", "own"), ("other_learner", "sister")]:
        assert any(CANARIES[side] in visit.text for visit in walk.got() if visit.person == person), (person, side)
