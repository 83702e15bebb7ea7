"""Promises about roles: dated, within reach, never to oneself."""

from datetime import date, timedelta

import pytest

from accounts.people.models import User
from accounts.roles.actions import end_role, grant_role
from accounts.roles.models import RoleGrant
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal
from tests import make
from tests.cast import cast

pytestmark = pytest.mark.django_db
Role = RoleGrant.Role
TODAY = local_day("Asia/Jakarta")
YESTERDAY = TODAY - timedelta(days=1)


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_an_officer_gives_a_role_in_their_units_and_it_counts_from_its_first_day() -> None:
    who = cast()
    grant_role(who.learner, Role.TRAINER, who.a, by=who.officer)
    assert fresh(who.learner).reach("trainer") == [who.a.path]
    grant_role(who.other_learner, Role.TRAINER, who.b, by=who.officer, from_on=TODAY + timedelta(days=3))
    assert fresh(who.other_learner).reach("trainer") == []


def test_only_an_administrator_makes_an_administrator() -> None:
    who = cast()
    with pytest.raises(NotYours):
        grant_role(who.learner, Role.ADMIN, who.a, by=who.officer)
    assert grant_role(who.learner, Role.ADMIN, who.a, by=who.admin)


def test_nobody_gives_a_role_to_themselves() -> None:
    who = cast()
    for person in (who.officer, who.admin):
        with pytest.raises(NotYours):
            grant_role(person, Role.HEAD, who.a, by=person)


def test_no_role_reaches_beyond_the_reach_of_who_gives_it() -> None:
    who = cast()
    local = make.person(agency=who.a, role=Role.OFFICER)
    with pytest.raises(NotYours):
        grant_role(who.learner, Role.OFFICER, who.city, by=local)
    with pytest.raises(NotYours):
        grant_role(who.other_learner, Role.TRAINER, who.a, by=local)
    for person in (who.head, who.trainer, who.reviewer, who.learner):
        with pytest.raises(NotYours):
            grant_role(who.other_learner, Role.TRAINER, who.a, by=person)


def test_a_unit_has_one_definitive_head_and_an_acting_one_beside() -> None:
    who = cast()
    with pytest.raises(Refusal) as caught:
        grant_role(who.learner, Role.HEAD, who.a, by=who.officer)
    assert who.head.name in str(caught.value.sentence)
    assert grant_role(who.learner, Role.HEAD, who.a, by=who.officer, basis="plt", decree="SK 1/2026")


def test_the_same_role_in_the_same_unit_is_given_once_at_a_time() -> None:
    who = cast()
    grant_role(who.learner, Role.TRAINER, who.a, by=who.officer)
    with pytest.raises(Refusal):
        grant_role(who.learner, Role.TRAINER, who.a, by=who.officer)


def test_only_a_head_can_be_acting() -> None:
    who = cast()
    with pytest.raises(Refusal) as caught:
        grant_role(who.learner, Role.TRAINER, who.a, by=who.officer, basis="plt")
    assert caught.value.field == "basis"


def test_a_role_ends_with_its_last_day() -> None:
    who = cast()
    grant = who.head.grants.get()
    end_role(grant, until_on=TODAY, by=who.officer)
    assert fresh(who.head).reach("head")
    assert not RoleGrant.objects.effective(TODAY + timedelta(days=1)).filter(pk=grant.pk).exists()


def test_a_role_can_be_ended_at_once_but_the_past_stays() -> None:
    who = cast()
    grant = who.head.grants.get()
    end_role(grant, until_on=YESTERDAY, by=who.officer)
    assert fresh(who.head).reach("head") == []
    other = who.other_head.grants.get()
    with pytest.raises(Refusal):
        end_role(other, until_on=date(2024, 1, 1), by=who.officer)


def test_a_role_given_by_mistake_today_is_taken_back_whole() -> None:
    who = cast()
    grant = grant_role(who.learner, Role.OFFICER, who.a, by=who.admin)
    assert end_role(grant, until_on=YESTERDAY, by=who.admin) is None
    assert fresh(who.learner).reach("officer") == []


def test_an_officer_does_not_end_an_administrators_role() -> None:
    who = cast()
    with pytest.raises(NotYours):
        end_role(who.admin.grants.get(), until_on=YESTERDAY, by=who.officer)
