"""Promises of cost: a page asks the database a small constant number of questions."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import PersonNumber, Placement
from accounts.roles.models import RoleGrant
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
START = date(2000, 1, 1)


def fill(who: Cast, count: int, offset: int) -> None:
    person = who.learner
    for number in range(offset, offset + count):
        day = START + timedelta(days=10 * number)
        ends = day + timedelta(days=5)
        unit = make.agency(parent=Agency.objects.get(pk=who.a.pk))
        Placement.objects.create(person=person, agency=unit, employment="pns", from_on=day, until_on=ends)
        PersonNumber.objects.create(person=person, number=make.nip(), from_on=day, until_on=ends)
        RoleGrant.objects.create(person=person, role="trainer", agency=unit, from_on=day, until_on=ends)
        record("person.edited", person, by=who.officer)
        record("agency.edited", who.a, by=who.admin, agency=who.a)


@pytest.mark.parametrize("what", ["person", "edit", "transfer", "unit", "move", "role"])
def test_pages_of_one_thing_cost_the_same_at_3_and_at_30_rows(client: Client, what: str) -> None:
    who = cast()
    client.force_login(who.officer)
    address = {
        "person": f"/office/people/{who.learner.pk}/",
        "edit": f"/office/people/{who.learner.pk}/edit/",
        "transfer": f"/office/people/{who.learner.pk}/transfer/",
        "unit": f"/office/agencies/{who.a.pk}/",
        "move": f"/office/agencies/{who.a.pk}/move/",
        "role": f"/office/roles/new/?person={who.learner.pk}&agency={who.a.pk}",
    }[what]

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    fill(who, 3, 0)
    queries()  # what is kept between requests is kept now
    few = queries()
    fill(who, 27, 3)
    assert queries() == few <= 12
