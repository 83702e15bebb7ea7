"""Bits and keys: one each, at random, never twice; and the database holds to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from asn_lms.lib.sealed import SealBroken
from enrollments.badges import actions
from enrollments.badges.actions import KeyIsTheName, give_badges, replace_key
from enrollments.badges.models import LIST_BITS, Badge, BadgeIssuer, IssuerKey, StatusList
from enrollments.badges.tasks import sweep, sweep_all
from enrollments.certificates.models import Certificate
from tests import make
from tests.enrollments.badges.issued import credential_of, drawn, issued, organiser

pytestmark = pytest.mark.django_db


def test_each_organiser_signs_with_its_own_key_and_keeps_its_own_list() -> None:
    one, other = issued(), issued()
    assert BadgeIssuer.objects.count() == IssuerKey.objects.count() == StatusList.objects.count() == 2
    names = {credential_of(row)["issuer"]["id"] for row in (one, other)}
    assert len(names) == 2


def test_places_in_the_list_are_random_and_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    by = organiser()
    drawn_places = iter([5, 5, 5, 9])
    monkeypatch.setattr("secrets.randbelow", lambda _size: next(drawn_places))
    issued(by)
    issued(by)
    assert list(Badge.objects.order_by("pk").values_list("index", flat=True)) == [5, 9]
    assert StatusList.objects.get().taken == 2


def test_a_full_list_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "LIST_ROOM", 2)
    by = organiser()
    rows = [drawn(by) for _ in range(5)]
    assert give_badges() == len(rows)
    assert list(StatusList.objects.order_by("number").values_list("number", "taken")) == [(1, 2), (2, 2), (3, 1)]


def test_what_was_delivered_before_yesterday_waits_for_the_sweep_of_all() -> None:
    """There are millions of them; what was not delivered yet, or lately, is looked for every ten minutes."""
    old, lately, signed = drawn(), drawn(), drawn()
    now = timezone.now()
    for row, days in ((old, 3), (lately, 0)):
        Certificate.objects.filter(pk=row.pk).update(delivered_at=now - timedelta(days=days))
    Certificate.objects.filter(pk=signed.pk).update(delivered_at=None)
    sweep()
    assert set(Badge.objects.values_list("certificate", flat=True)) == {lately.pk, signed.pk}
    sweep_all()
    assert Badge.objects.filter(certificate=old).exists()


def test_the_database_refuses_a_place_twice_outside_the_list_or_a_second_key() -> None:
    first, second = issued(organiser()), drawn()
    badge = first.badge
    for index in (badge.index, LIST_BITS):
        with pytest.raises(IntegrityError), transaction.atomic():
            Badge.objects.create(certificate=second, status_list=badge.status_list, index=index)
    issuer = badge.status_list.issuer
    with pytest.raises(IntegrityError), transaction.atomic():
        issuer.keys.create(public="z6MkSecond", sealed=b"x")
    with pytest.raises(IntegrityError), transaction.atomic():
        issuer.keys.update(retired_at=timezone.now())  # and its private part would still be there
    with pytest.raises(IntegrityError), transaction.atomic():
        issuer.keys.update(is_betrayed=True)  # and it would go on signing


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_give_one_badge_each_and_make_one_issuer() -> None:
    by = organiser()
    for _ in range(6):
        drawn(by)

    def work(_: int) -> int:
        try:
            return give_badges()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(work, range(4))) == 6
    assert Badge.objects.count() == 6
    assert StatusList.objects.get().taken == 6
    assert IssuerKey.objects.count() == 1


@pytest.mark.usefixtures("on_the_web")
def test_a_replaced_key_leaves_no_private_part_behind() -> None:
    row = issued()
    issuer = BadgeIssuer.objects.get()
    old = issuer.keys.get()
    call_command("replace_badge_key", issuer.slug, "--json")
    old.refresh_from_db()
    assert old.sealed is None
    assert old.retired_at
    assert credential_of(row)["proof"]["verificationMethod"].endswith(issuer.keys.get(retired_at=None).public)


def test_where_the_name_is_the_key_it_cannot_be_replaced() -> None:
    issued()
    with pytest.raises(KeyIsTheName):
        replace_key(BadgeIssuer.objects.get(), is_betrayed=False, by=None)


def test_without_the_secret_key_nobody_signs(settings: Any) -> None:
    row = issued()
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(SealBroken):
        credential_of(row)


def test_two_organisers_whose_codes_look_alike_have_two_names() -> None:
    issued(make.agency("Dinas A", code="DINAS 1"))
    issued(make.agency("Dinas B", code="dinas-1"))
    assert len(set(BadgeIssuer.objects.values_list("slug", flat=True))) == 2
