"""What a megabyte costs: one row that administrators set, and what pages say by it."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.audit.models import AuditEntry
from asn_lms.lib.refusals import NotYours
from asn_lms.lib.words import rupiah
from courses.taxonomy.actions import set_mobile_data
from courses.taxonomy.models import MEBIBYTE, MobileData
from courses.taxonomy.terms import mobile_data
from tests.cast import Cast, cast

prices = st.decimals(0, 10_000, places=2)
sizes = st.integers(0, 10**10)
VALUES: dict[str, Any] = {
    "rupiah_per_mb": Decimal("12.5"),
    "kilobits_per_second": 800,
    "heavy_mb": 5,
    "basis": "Paket 8 GB seharga Rp 100.000",
}


@given(prices, sizes, sizes)
def test_two_files_cost_as_much_as_one_of_their_size(price: Decimal, one: int, other: int) -> None:
    row = MobileData(rupiah_per_mb=price)
    together = row.rupiah(one + other)
    assert abs(row.rupiah(one) + row.rupiah(other) - together) < Decimal("0.001")
    assert row.rupiah(MEBIBYTE) == price


@given(st.integers(1, 1_000_000), sizes)
def test_what_has_come_within_the_said_time_is_everything(speed: int, size: int) -> None:
    seconds = MobileData(kilobits_per_second=speed).seconds(size)
    assert seconds * speed * 1000 >= size * 8 > (seconds - 1) * speed * 1000 or size == seconds == 0


def test_a_price_is_never_said_lower_than_it_is() -> None:
    assert [rupiah(value, language="id") for value in ("0", "0.01", "119.2", "1250")] == [
        "Rp 0",
        "Rp 1",
        "Rp 120",
        "Rp 1.250",
    ]


def test_a_lesson_is_heavy_above_the_limit_and_not_at_it() -> None:
    row = MobileData(heavy_mb=20)
    assert [row.is_heavy(20 * MEBIBYTE + more) for more in (0, 1)] == [False, True]


@pytest.mark.django_db
def test_there_is_one_row() -> None:
    MobileData.objects.get_or_create(pk=1, defaults=VALUES)
    with pytest.raises(IntegrityError, match="cost_of_mobile_data_is_one_row"), transaction.atomic():
        MobileData.objects.create(pk=2)


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def test_only_administrators_set_it_and_it_stands_in_the_audit_once(people: Cast) -> None:
    with pytest.raises(NotYours):
        set_mobile_data(VALUES, by=people.officer)
    for _again in range(2):
        set_mobile_data(VALUES, by=people.admin)
    (entry,) = AuditEntry.objects.filter(action="mobile_data.set")
    assert entry.details["rupiah_per_mb"] == "12.5"
    assert MobileData.objects.get().heavy_mb == 5


def test_an_administrator_sets_it_with_a_decimal_comma_and_pages_say_it_at_once(
    people: Cast, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(people.admin)
    address = reverse("office-mobile-data")
    assert mobile_data().rupiah_per_mb == 10
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, {**VALUES, "rupiah_per_mb": "7,5"}).status_code == 302
    assert mobile_data().rupiah_per_mb == Decimal("7.5")


def test_what_was_not_committed_is_not_said(people: Cast) -> None:
    assert mobile_data().heavy_mb == 20
    with transaction.atomic():
        set_mobile_data(VALUES, by=people.admin)
        transaction.set_rollback(True)
    assert mobile_data().heavy_mb == 20


def test_who_looks_twice_asks_the_database_once(people: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert mobile_data() == mobile_data()


@pytest.mark.parametrize(
    "wrong", [{"rupiah_per_mb": "-1"}, {"kilobits_per_second": "0"}, {"heavy_mb": "0"}, {"rupiah_per_mb": "murah"}]
)
def test_nonsense_is_said_beside_its_field_and_changes_nothing(
    people: Cast, client: Client, wrong: dict[str, str]
) -> None:
    client.force_login(people.admin)
    answer = client.post(reverse("office-mobile-data"), {**VALUES, "rupiah_per_mb": "7", **wrong})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == list(wrong)
    assert mobile_data().rupiah_per_mb == 10
