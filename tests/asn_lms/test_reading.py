"""How the second wall is entered and left (what it keeps is tested in tests/enrollments/reports/test_wall.py)."""

import pytest
from django.db import connection

from accounts.people.models import User
from asn_lms.lib.reading import behind_the_wall, here, line, told_behind_the_wall
from tests import make


def people() -> set[int]:
    return set(User.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_the_wall_begins_and_ends_with_a_transaction_of_its_own() -> None:
    """As on a page: nothing of it is left on a connection that the pool lends to somebody else."""
    unit, other = make.agency(), make.agency()
    mine, theirs = make.person(agency=unit), make.person(agency=other)
    assert behind_the_wall([unit.path], people) == {mine.pk}
    assert not connection.in_atomic_block
    assert {mine.pk, theirs.pk} <= people()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = session_user, current_setting('asn.units', true)")
        assert cursor.fetchone() == (True, "")


@pytest.mark.django_db
def test_behind_a_wall_another_one_is_not_entered() -> None:
    """The outer one came from the grants of who asks; what a query says of itself cannot widen it."""
    unit, other = make.agency(), make.agency()
    mine, _theirs = make.person(agency=unit), make.person(agency=other)
    assert behind_the_wall([unit.path], lambda: behind_the_wall([unit.path, other.path], people)) == {mine.pk}


@pytest.mark.django_db
def test_without_a_replica_the_primary_answers_and_there_is_nothing_to_say() -> None:
    unit = make.agency()
    mine = make.person(agency=unit)
    told = told_behind_the_wall([unit.path], people)
    assert (told.value, told.seconds) == ({mine.pk}, 0)
    assert (here(), line()) == ("default", connection)
