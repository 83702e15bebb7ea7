"""The short form of the bench: two thousand random operations, drift 0 (`make bench` has a million)."""

import pytest

from tests.bench.ledger import measure_ledger
from tests.cast import cast


@pytest.mark.django_db
def test_two_thousand_random_operations_leave_no_drift() -> None:
    people = cast()
    measured = measure_ledger(people.a, 2_000, 40, officer=people.officer)
    assert (measured.drift, measured.faults) == (0, 0)
    assert measured.queries_of_a_year <= 2
