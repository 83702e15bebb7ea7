"""Searching for people: whoever contains what was typed is found, a slip of the finger is forgiven, and only one's own units answer."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts.people.models import PersonNumber, User
from accounts.people.queries import Wanted, list_people
from accounts.people.search import alike, by_name, looks_like_number, named, narrowed_to, numbered
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
NAMES = (
    "Hotmaida Sitorus",
    "Siti Aminah",
    "Budi Santoso",
    "I Made Wirawan",
    "Nur'aini Daulay",
    "Suparman",
    "ANDI 100% SAH",
)


@pytest.fixture
def who() -> Cast:
    return cast()


def names(people: object) -> list[str]:
    return sorted(person.name for person in people)  # type: ignore[attr-defined]


@given(st.data())
def test_whoever_contains_each_typed_part_is_found_and_nobody_else(data: st.DataObject) -> None:
    """In any case and order, also a part that means something to LIKE."""
    whole = [name for name in NAMES for _twice in range(1)]
    known = {make.person(name).pk: name for name in whole}
    name = data.draw(st.sampled_from(NAMES))
    parts = []
    for _part in range(data.draw(st.integers(1, 2))):
        word = data.draw(st.sampled_from(name.split()))
        start = data.draw(st.integers(0, len(word) - 1))
        parts.append(word[start : data.draw(st.integers(start + 1, len(word)))])
    text = " ".join(part.swapcase() for part in parts)
    found = set(named(User.objects.filter(pk__in=known), text).values_list("name", flat=True))
    assert found == {one for one in NAMES if all(part.lower() in one.lower() for part in parts)}
    assert name in found
    User.objects.filter(pk__in=known).delete()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Hotmaid Sitorous", "Hotmaida Sitorus"),
        ("Hotmiada", "Hotmaida Sitorus"),
        ("sitti aminah", "Siti Aminah"),
        ("Santosa", "Budi Santoso"),
        ("Buda Santosso", "Budi Santoso"),
        ("Nuraini", "Nur'aini Daulay"),
        ("Suparmn", "Suparman"),
        ("Wirawann", "I Made Wirawan"),
    ],
)
def test_a_slip_of_the_finger_is_forgiven(typed: str, meant: str) -> None:
    for name in NAMES:
        make.person(name)
    assert alike(User.objects.all(), typed, 5)[0].name == meant


def test_a_missed_wrong_or_added_letter_in_any_place_of_a_long_word_is_forgiven() -> None:
    person = make.person("Hotmaida")
    for place in range(1, len(person.name)):
        for letters in ("", "x", person.name[place] + "x"):
            typed = person.name[:place] + letters + person.name[place + 1 :]
            assert person in alike(User.objects.all(), typed, 5), typed


def test_names_that_are_alike_come_only_when_nobody_is_called_so(who: Cast) -> None:
    make.person("Siti Aminah", agency=who.a)
    make.person("Sitti Aminah", agency=who.a)
    exact, guess = (list_people(who.officer, Wanted(name=name)) for name in ("siti", "sitiy aminah"))
    assert (names(exact.rows), exact.is_guess) == (["Siti Aminah"], False)
    assert (len(guess.rows), guess.is_guess) == (2, True)


def test_the_setting_for_what_is_alike_ends_with_the_question() -> None:
    """Another question on the same connection must not become more forgiving."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW pg_trgm.word_similarity_threshold")
        before = cursor.fetchone()
        list(alike(User.objects.all(), "Rina", 5))
        cursor.execute("SELECT current_setting('pg_trgm.word_similarity_threshold')")
        assert before == ("0.6",)
        assert cursor.fetchone() in {("0.6",), ("0.33",)}  # the test itself is one transaction


def test_a_number_is_found_by_any_part_of_it_and_a_former_one_by_its_beginning() -> None:
    person = make.person("Rina")
    number = str(person.nip)
    PersonNumber.objects.create(person=person, number="198502022010012003", from_on="2010-01-01", until_on="2014-12-31")
    other = make.person("Lina")
    for part in (number, number[:8], number[6:14], number[-6:], "19850202", f"{number[:8]} {number[8:14]}"):
        assert person in numbered(User.objects.all(), part), part
    assert list(numbered(User.objects.filter(pk=other.pk), "19850202")) == []
    assert list(numbered(User.objects.all(), "2010012003")) == []


@pytest.mark.parametrize(
    ("text", "is_number"), [("19900", True), ("1990 0", True), ("1990", False), ("Ani 90", False), ("", False)]
)
def test_five_digits_are_a_number(text: str, is_number: bool) -> None:
    assert looks_like_number(text) is is_number


def test_nothing_typed_narrows_nothing(who: Cast) -> None:
    assert (
        narrowed_to(User.objects.all(), "").count()
        == narrowed_to(User.objects.all(), "  ").count()
        == User.objects.count()
    )


def test_the_order_of_names_knows_no_capitals_and_its_pages_lose_nobody() -> None:
    for name in ("ani", "Ani", "BUDI", "budi", "Cici", "cici"):
        make.person(name)
    whole = list(by_name(User.objects.all()))
    seen: list[User] = []
    while page := list(by_name(User.objects.all(), seen[-1].pk if seen else None)[:2]):
        seen += page
    assert seen == whole
    assert [person.name.upper() for person in whole] == sorted(person.name.upper() for person in whole)
