"""Promises about people: the past is kept, and a closed account opens nothing."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib import auth
from django.db import connection
from django.http import HttpRequest
from django.test import Client

from accounts.agencies.models import Agency
from accounts.audit.models import AuditEntry
from accounts.people.actions import (
    Service,
    add_person,
    change_number,
    deactivate_person,
    edit_person,
    reactivate_person,
    transfer,
)
from accounts.people.models import Placement, Rank, User
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
TODAY = local_day("Asia/Jakarta")
NIP = "199003022015031901"


def get_user(client: Client) -> Any:
    """Who a request with this client's session would come from."""
    request = HttpRequest()
    request.session = client.session
    return auth.get_user(request)


def service(who: Cast, **values: object) -> Service:
    rank = Rank.objects.get(scheme="pns", golongan="III/a")
    given = {"agency": who.a, "post": "Analis", "rank": rank, "employment": "pns", **values}
    return Service(**given)  # type: ignore[arg-type]  # what the test states


def test_a_new_person_is_written_down_with_number_and_placement_and_cannot_sign_in_yet() -> None:
    who = cast()
    person = add_person(by=who.officer, nip="19900302 201503 1 901", service=service(who), name="Rekaan Baru")
    assert (person.nip, person.birth_on, person.sex) == (NIP, date(1990, 3, 2), "1")
    assert not person.has_usable_password()
    assert person.numbers.get().from_on == date(2015, 3, 1)
    assert person.placements.get().from_on == TODAY


def test_a_number_is_never_given_twice_not_even_one_that_ended() -> None:
    who = cast()
    person = add_person(by=who.officer, nip=NIP, service=service(who), name="Satu")
    with pytest.raises(Refusal) as caught:
        add_person(by=who.officer, nip=NIP, service=service(who), name="Dua")
    assert caught.value.field == "nip"
    change_number(person, "199003022015031902", from_on=TODAY, by=who.officer)
    with pytest.raises(Refusal):
        add_person(by=who.officer, nip=NIP, service=service(who), name="Dua")


def test_a_changed_number_keeps_the_old_one_in_the_history() -> None:
    who = cast()
    old = who.learner.nip
    change_number(who.learner, "199003022015031902", from_on=TODAY, by=who.officer)
    assert list(who.learner.numbers.values_list("number", "until_on")) == [
        ("199003022015031902", None),
        (old, TODAY - timedelta(days=1)),
    ]
    assert "199003022015031902" not in str(AuditEntry.objects.about(who.learner).get().details)


def test_a_transfer_ends_one_placement_and_begins_the_next() -> None:
    who = cast()
    person = add_person(by=who.officer, nip=NIP, service=service(who), name="Satu", from_on=date(2020, 1, 1))
    transfer(person, service(who, agency=who.b, post="Kasi"), from_on=date(2026, 3, 1), by=who.officer)
    person.refresh_from_db()
    assert person.agency == who.b
    assert list(person.placements.values_list("agency", "post", "from_on", "until_on")) == [
        (who.b.pk, "Kasi", date(2026, 3, 1), None),
        (who.a.pk, "Analis", date(2020, 1, 1), date(2026, 2, 28)),
    ]


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2019, 5, 5), TODAY + timedelta(days=1)])
def test_a_transfer_before_the_present_placement_or_in_the_future_is_refused(day: date) -> None:
    who = cast()
    person = add_person(by=who.officer, nip=NIP, service=service(who), name="Satu", from_on=date(2020, 1, 1))
    with pytest.raises(Refusal) as caught:
        transfer(person, service(who, agency=who.b), from_on=day, by=who.officer)
    assert caught.value.field == "from_on"
    assert person.placements.count() == 1


def test_a_person_without_a_placement_does_not_lose_the_past_by_a_transfer() -> None:
    who = cast()
    transfer(who.learner, service(who, agency=who.b), from_on=TODAY, by=who.officer)
    assert [row.agency for row in who.learner.placements.all()] == [who.b, who.a]


def test_a_rank_of_pppk_does_not_fit_a_pns() -> None:
    who = cast()
    with pytest.raises(Refusal) as caught:
        transfer(
            who.learner,
            service(who, rank=Rank.objects.get(scheme="pppk", golongan="IX")),
            from_on=TODAY,
            by=who.officer,
        )
    assert caught.value.field == "rank"


def test_a_transfer_signs_the_person_out_and_may_end_their_roles() -> None:
    who = cast()
    client = Client()
    client.force_login(who.head)
    assert get_user(client).is_authenticated
    transfer(who.head, service(who, agency=who.b), from_on=TODAY, by=who.officer, end_roles=True)
    assert not get_user(client).is_authenticated
    assert User.objects.get(pk=who.head.pk).reach("head") == []


def test_an_officer_reaches_neither_people_nor_units_of_another_subtree() -> None:
    who = cast()
    local = make.person(agency=who.a, role="officer")
    with pytest.raises(NotYours):
        edit_person(who.other_learner, by=local, name="X")
    with pytest.raises(NotYours):
        transfer(who.learner, service(who, agency=who.b), from_on=TODAY, by=local)
    with pytest.raises(NotYours):
        deactivate_person(who.other_learner, by=local)
    with pytest.raises(NotYours):
        edit_person(who.learner, by=who.head, name="X")


def test_a_closed_account_loses_sessions_roles_and_tokens_at_once() -> None:
    who = cast()
    client = Client()
    client.force_login(who.head)
    assert get_user(client).is_authenticated
    deactivate_person(who.head, by=who.officer)
    person = User.objects.get(pk=who.head.pk)
    assert not person.is_active
    assert person.deactivated_on == TODAY
    assert person.reach("head") == []
    assert not person.grants.filter(until_on__isnull=True).exists()
    assert not get_user(client).is_authenticated
    assert reactivate_person(person, by=who.officer).is_active
    assert User.objects.get(pk=who.head.pk).reach("head") == []


def test_nobody_closes_their_own_account() -> None:
    who = cast()
    with pytest.raises(Refusal):
        deactivate_person(who.officer, by=who.officer)


def test_an_old_e_mail_address_opens_no_door_after_a_change() -> None:
    who = cast()
    EmailAddress.objects.create(user=who.learner, email=who.learner.email, verified=True, primary=True)
    edit_person(who.learner, by=who.officer, email="baru@contoh.go.id")
    assert not EmailAddress.objects.filter(user=who.learner).exists()
    with pytest.raises(Refusal):
        edit_person(who.other_learner, by=who.officer, email="BARU@contoh.go.id")


@pytest.mark.django_db(transaction=True)
def test_two_transfers_at_once_leave_one_open_placement() -> None:
    who = cast()
    person = add_person(by=who.officer, nip=NIP, service=service(who), name="Satu", from_on=date(2020, 1, 1))
    told: list[str] = []

    def go(unit: Agency) -> None:
        try:
            transfer(person, service(who, agency=unit), from_on=date(2026, 3, 1), by=who.officer)
            told.append("done")
        except Refusal as refusal:
            told.append(refusal.field or "")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(unit,)) for unit in (who.b, who.bkpsdm)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", "from_on"]
    assert Placement.objects.filter(person=person, until_on__isnull=True).count() == 1
    assert User.objects.get(pk=person.pk).agency == Placement.objects.get(person=person, until_on__isnull=True).agency
