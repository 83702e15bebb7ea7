"""Promises of the tree of units."""

import threading

import pytest
from django.db import connection

from accounts.agencies.actions import (
    add_agency,
    deactivate_agency,
    edit_agency,
    move_agency,
    reactivate_agency,
)
from accounts.agencies.models import Agency
from accounts.audit.models import AuditEntry
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from tests import make
from tests.cast import cast

pytestmark = pytest.mark.django_db


def test_an_officer_adds_a_unit_below_their_own_and_its_zone_follows() -> None:
    who = cast()
    who.a.zone = Agency.Zone.WIT
    who.a.save()
    unit = add_agency(code="A-1", name="Bidang Satu", parent=who.a, by=who.officer)
    assert Agency.objects.get_parent(unit) == who.a
    assert (unit.zone, unit.kind) == (Agency.Zone.WIT, Agency.Kind.UNIT)
    assert AuditEntry.objects.about(unit).get().actor == who.officer


def test_nobody_adds_a_unit_outside_their_reach() -> None:
    who = cast()
    local = make.person(agency=who.a, role="officer")
    with pytest.raises(NotYours):
        add_agency(code="B-1", name="Bidang", parent=who.b, by=local)
    with pytest.raises(NotYours):
        add_agency(code="B-1", name="Akar", parent=None, by=who.admin)
    with pytest.raises(NotYours):
        add_agency(code="B-1", name="Bidang", parent=who.a, by=who.head)


def test_a_code_is_given_once_whatever_its_case() -> None:
    who = cast()
    add_agency(code="Ab-1", name="Satu", parent=who.a, by=who.officer)
    with pytest.raises(Refusal) as caught:
        add_agency(code="aB-1", name="Dua", parent=who.a, by=who.officer)
    assert caught.value.field == "code"


def test_a_unit_moves_with_everything_below_it_and_grants_follow() -> None:
    who = cast()
    unit = make.agency("Bidang", parent=who.a)
    team = make.agency("Tim", parent=unit)
    person = make.person(agency=team)
    move_agency(unit, who.b, by=who.officer)
    team.refresh_from_db()
    who.b.refresh_from_db()
    assert team.is_within(who.b)
    fresh = User.objects.get(pk=who.other_head.pk)
    assert [path for path in fresh.reach("head") if team.path.startswith(path)]
    assert User.objects.get(pk=person.pk).agency == team


def test_a_unit_cannot_hang_below_itself() -> None:
    who = cast()
    unit = make.agency("Bidang", parent=who.a)
    with pytest.raises(Refusal):
        move_agency(who.a, unit, by=who.officer)
    with pytest.raises(Refusal):
        move_agency(unit, Agency.objects.get(pk=who.a.pk), by=who.officer)


def test_nobody_moves_the_root_of_their_own_reach() -> None:
    who = cast()
    local = make.person(agency=who.a, role="officer")
    with pytest.raises(NotYours):
        move_agency(who.a, who.b, by=local)


def test_history_stays_with_the_unit_when_it_moves() -> None:
    who = cast()
    unit = add_agency(code="X", name="Bidang", parent=who.a, by=who.officer)
    local_b = make.person(agency=who.b, role="officer")
    assert not AuditEntry.objects.visible_to(local_b).about(unit).exists()
    move_agency(unit, who.b, by=who.officer)
    assert AuditEntry.objects.visible_to(User.objects.get(pk=local_b.pk)).about(unit).count() == 2


def test_a_unit_with_active_people_is_not_closed_and_the_sentence_says_how_many() -> None:
    who = cast()
    with pytest.raises(Refusal) as caught:
        deactivate_agency(who.a, by=who.officer)
    assert "2" in str(caught.value.sentence)
    assert str(who.city) in str(caught.value.sentence)


def test_a_unit_with_active_units_below_is_not_closed() -> None:
    who = cast()
    unit = make.agency("Bidang", parent=who.a)
    make.agency("Tim", parent=unit)
    with pytest.raises(Refusal):
        deactivate_agency(unit, by=who.officer)


def test_an_empty_unit_closes_and_opens_again() -> None:
    who = cast()
    unit = make.agency("Bidang", parent=who.a)
    assert not deactivate_agency(unit, by=who.officer).is_active
    with pytest.raises(Refusal):
        add_agency(code="Y", name="Tim", parent=unit, by=who.officer)
    assert reactivate_agency(unit, by=who.officer).is_active


def test_an_edit_that_changes_nothing_leaves_no_trace() -> None:
    who = cast()
    edit_agency(who.a, by=who.officer, name=who.a.name)
    assert not AuditEntry.objects.about(who.a).exists()
    edit_agency(who.a, by=who.officer, name="Dinas A Baru")
    assert AuditEntry.objects.about(who.a).get().details["before"] == {"name": "Dinas A"}


@pytest.mark.django_db(transaction=True)
def test_units_added_at_once_get_places_of_their_own() -> None:
    root = make.agency("Kota")
    problems: list[BaseException] = []

    def add(number: int) -> None:
        try:
            add_agency(code=f"P{number}", name=f"Unit {number}", parent=root, by=None)
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert Agency.objects.get(pk=root.pk).numchild == 8
    assert Agency.objects.find_problems() == ([], [], [], [], [])
