"""Who goes on in the same unit with another post is not worked out anew; whoever really moves, or may have, is."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.agencies.models import Agency
from accounts.people.models import Placement, User
from enrollments.reports.recount import standing_differences
from enrollments.standings.actions import fold
from enrollments.standings.models import Stale
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 16)
# Ends the open placement and begins the next in one statement, as the import does.
BOTH = """
    WITH ended AS (UPDATE accounts_placement SET until_on = %(last)s WHERE person_id = %(who)s AND until_on IS NULL RETURNING 1)
    INSERT INTO accounts_placement (person_id, agency_id, post, employment, from_on)
    SELECT %(next)s, %(unit)s, 'Analis', 'pns', %(first)s FROM ended
"""


def unit_of(person: User) -> Agency:
    assert person.agency
    return person.agency


@pytest.fixture
def people() -> Cast:
    people = cast()
    for learner in (people.learner, people.other_learner):
        learner.placements.all().delete()
        Placement.objects.create(person=learner, agency=unit_of(learner), employment="pns", from_on=date(2024, 3, 1))
    while fold():
        pass
    return people


def go_on(person: User, **other: Any) -> None:
    """Another post from that day on; `other` says what is not as in a place that goes on."""
    values = {
        "who": person.pk,
        "next": person.pk,
        "unit": person.agency_id,
        "last": DAY - timedelta(days=1),
        "first": DAY,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET post = 'Analis' WHERE id = %s", [person.pk])
        cursor.execute(BOTH, {**values, **other})


def stale() -> set[int]:
    return set(Stale.objects.values_list("learner_id", flat=True))


def fold_all() -> None:
    while fold():
        pass


@pytest.mark.parametrize(
    "since", [date(2024, 3, 1), date(2025, 10, 20), date(2026, 1, 1), date(2026, 10, 2), DAY - timedelta(days=1)]
)
def test_another_post_in_the_same_unit_makes_nobody_stale_and_the_sums_are_right(people: Cast, since: date) -> None:
    people.learner.placements.update(from_on=since)
    fold_all()
    go_on(people.learner)
    assert stale() == set()
    assert people.learner.placements.count() == 2
    assert standing_differences() == []


def test_a_correction_of_the_post_makes_nobody_stale(people: Cast) -> None:
    people.learner.placements.update(post="Analis")
    assert stale() == set()


@pytest.mark.parametrize(
    "other",
    [
        {"last": DAY - timedelta(days=9)},
        {"last": DAY},
        {"first": DAY + timedelta(days=1)},
    ],
)
def test_days_that_do_not_meet_make_stale(people: Cast, other: dict[str, Any]) -> None:
    go_on(people.learner, **other)
    assert stale() == {people.learner.pk}
    fold_all()
    assert standing_differences() == []


def test_another_unit_makes_stale(people: Cast) -> None:
    go_on(people.learner, unit=people.b.pk)
    assert stale() == {people.learner.pk}
    fold_all()
    assert standing_differences() == []


def test_a_place_in_a_unit_that_is_not_the_persons_makes_stale(people: Cast) -> None:
    people.learner.placements.update(agency=people.b)
    fold_all()
    go_on(people.learner, unit=people.b.pk)
    assert stale() == {people.learner.pk}
    fold_all()
    assert standing_differences() == []


def test_who_is_no_longer_active_is_marked(people: Cast) -> None:
    User.objects.filter(pk=people.learner.pk).update(is_active=False, deactivated_on=DAY - timedelta(days=400))
    fold_all()
    go_on(people.learner)
    assert stale() == {people.learner.pk}


def test_the_next_place_of_another_person_marks_both(people: Cast) -> None:
    people.other_learner.placements.update(until_on=DAY - timedelta(days=1))
    fold_all()
    go_on(people.learner, next=people.other_learner.pk)
    assert stale() == {people.learner.pk, people.other_learner.pk}


def end(person: User) -> None:
    person.placements.filter(until_on__isnull=True).update(until_on=DAY - timedelta(days=1))


def begin(person: User) -> None:
    Placement.objects.create(person=person, agency=unit_of(person), employment="pns", from_on=DAY)


def test_a_place_that_ends_and_none_begins_marks(people: Cast) -> None:
    end(people.learner)
    assert stale() == {people.learner.pk}


@pytest.mark.parametrize("between", [fold_all, lambda: None])
def test_one_after_the_other_marks_even_when_it_was_folded_between(people: Cast, between: Callable[[], None]) -> None:
    with transaction.atomic():
        User.objects.filter(pk=people.learner.pk).update(post="Analis")
        end(people.learner)
        assert stale() == {people.learner.pk}
        between()
        begin(people.learner)
    assert stale() == {people.learner.pk}
    fold_all()
    assert standing_differences() == []


def test_a_person_whom_the_same_transaction_did_not_write_is_marked(people: Cast) -> None:
    values: dict[str, Any] = {
        "who": people.learner.pk,
        "next": people.learner.pk,
        "last": DAY - timedelta(days=1),
        "first": DAY,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BOTH, {**values, "unit": people.learner.agency_id})
    assert stale() == {people.learner.pk}


def test_a_move_in_the_same_transaction_marks(people: Cast) -> None:
    with transaction.atomic():
        go_on(people.learner)
        User.objects.filter(pk=people.learner.pk).update(agency=Agency.objects.get(pk=people.b.pk))
    assert stale() == {people.learner.pk}
    fold_all()
    assert standing_differences() == []
