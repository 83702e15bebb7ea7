"""The team of a superior: who serves directly in the unit that they head, and nobody else."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.signin.actions import acknowledge
from accounts.signin.queries import current_notice
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def team(client: Client, person: User, asked: str = "") -> tuple[int, str]:
    notice = current_notice()
    assert notice
    acknowledge(person, notice)
    client.force_login(person)
    answer = client.get(f"/team/{asked}")
    return answer.status_code, answer.content.decode()


def names(page: str) -> list[str]:
    return re.findall(r'<a href="/reports/people/\d+/">([^<]+)</a>', page)


def test_a_head_sees_who_serves_directly_in_the_unit_and_nobody_below_beside_or_gone(
    client: Client, people: Cast
) -> None:
    make.person("Sari Seksi", agency=make.agency("Seksi A1", parent=people.a))
    make.person("Gani Pergi", agency=people.a, is_active=False, deactivated_on=date(2026, 1, 1))
    make.person("Ani Staf", agency=people.a)
    status, page = team(client, people.head, "?sort=name")
    assert (status, names(page)) == (200, ["Ani Staf", "Rina Peserta"])


@pytest.mark.parametrize("basis", ["definitive", "plt", "plh"])
def test_who_acts_for_a_head_sees_that_team_too(client: Client, people: Cast, basis: str) -> None:
    RoleGrant.objects.create(person=people.head, role="head", agency=people.b, basis=basis, from_on="2020-01-01")
    _status, page = team(client, people.head, "?sort=name")
    assert names(page) == ["Bima Kepala", "Lina Peserta", "Rina Peserta"]


@pytest.mark.parametrize("who", ["learner", "officer", "reviewer", "trainer", "admin"])
def test_who_heads_nothing_has_no_team_and_no_link_to_one(client: Client, people: Cast, who: str) -> None:
    status, _page = team(client, people[who])
    assert status == 403
    assert "/team/" not in client.get("/").content.decode()


def test_a_grant_that_ended_shows_no_team(client: Client, people: Cast) -> None:
    RoleGrant.objects.filter(person=people.head).update(until_on=date(2021, 1, 1))
    assert team(client, people.head)[0] == 403


def test_the_week_counts_everybody_who_studied_in_it_and_nobody_twice(client: Client, people: Cast) -> None:
    now = timezone.now()
    for ago in (timedelta(days=1), timedelta(days=2)):
        make.enrollment(learner=people.learner, last_activity_at=now - ago)
    late = make.person("Ani Lama", agency=people.a)
    make.enrollment(learner=late, last_activity_at=now - timedelta(days=8), due_on=date(2020, 1, 1))
    make.enrollment(learner=people.head, last_activity_at=now)
    _status, page = team(client, people.head, "?sort=name")
    heading = re.search(r'<h2 id="h-list">([^<]+)</h2>', page)
    assert heading
    assert re.findall(r"\d+", heading[1]) == ["1", "2", "7"]
    [lama, rina] = page.split("<tbody")[1].split("</tr>")[:2]
    assert ('data-tone="bad"' in lama, "#done" in lama.split("</td>")[-2]) == (True, False)
    assert ('data-tone="bad"' in rina, "#done" in rina.split("</td>")[-2]) == (False, True)


def test_a_large_team_pages_in_any_order(client: Client, people: Cast) -> None:
    for number in range(30):
        make.person(f"Nama {number:02}", agency=people.a)
    _status, first = team(client, people.head, "?sort=-name")
    more = re.search(r'href="([^"]*after=[^"]+)"', first)
    assert more
    _status, second = team(client, people.head, more[1].replace("&amp;", "&"))
    assert names(first) + names(second) == ["Rina Peserta", *(f"Nama {number:02}" for number in reversed(range(30)))]


@pytest.mark.parametrize("count", [3, 30])
def test_the_team_costs_no_more_queries_for_more_people(
    client: Client, people: Cast, count: int, django_assert_max_num_queries: object
) -> None:
    for _number in range(count):
        make.enrollment(learner=make.person(agency=people.a))
    team(client, people.head)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert client.get("/team/").status_code == 200
