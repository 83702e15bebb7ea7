"""The list of people on the screen: names by address, numbers by form, heads that sort, one list over all of one's units."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.signin.actions import acknowledge
from accounts.signin.queries import current_notice
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
PEOPLE = "/reports/people/"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def come(client: Client) -> Callable[[User], Client]:
    def come(person: User) -> Client:
        notice = current_notice()
        assert notice
        acknowledge(person, notice)
        client.force_login(person)
        return client

    return come


def shown(answer: Any) -> list[str]:
    """Names in the table, in their order."""
    return re.findall(r'<a href="/reports/people/\d+/[^"]*">([^<]+)</a>', answer.content.decode())


def links(answer: Any) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', answer.content.decode())]


def test_a_name_becomes_an_address_and_a_number_never_does(people: Cast, come: Callable[[User], Client]) -> None:
    head = come(people.head)
    unit = people.a.pk
    answer = head.post(PEOPLE, {"q": " Rina  Pes ", "agency": unit, "sort": "-jp"})
    assert (answer.status_code, re.sub(r"year=\d+", "year=Y", answer["Location"])) == (
        302,
        f"{PEOPLE}?agency={unit}&year=Y&sort=-jp&q=Rina+Pes",
    )
    number = str(people.learner.nip)
    by_form = head.post(PEOPLE, {"q": f"{number[:8]} {number[8:]}", "agency": unit})
    assert shown(by_form) == ["Rina Peserta"]
    assert not [link for link in links(by_form) if number in link]
    by_address = head.get(PEOPLE, {"q": number})
    assert (by_address.status_code, number in by_address["Location"]) == (302, False)


def test_pages_of_a_search_by_number_go_on_by_form(people: Cast, come: Callable[[User], Client]) -> None:
    head = come(people.head)
    for number in range(30):
        make.person(f"Nama {number:02}", agency=people.a, nip=f"17870911{2010011000 + number}")
    part = "17870911"
    first = head.post(PEOPLE, {"q": part})
    after = re.search(r'name="after" value="([^"]+)"', first.content.decode())
    assert after
    second = head.post(PEOPLE, {"q": part, "after": after[1], "sort": "name"})
    assert len(shown(first)) == 25
    assert len({*shown(first), *shown(second)}) == len(shown(first)) + len(shown(second)) == 30


@pytest.mark.parametrize("column", ["name", "unit", "jp", "missing", "completed", "in_progress", "overdue"])
def test_pressing_a_head_sorts_and_pressing_it_again_turns_the_order(
    people: Cast, come: Callable[[User], Client], column: str
) -> None:
    """`aria-sort` says it to who listens, and to nobody else's column."""
    head = come(people.head)
    address = PEOPLE
    orders = []
    for _press in range(2):
        page = head.get(address + ("" if "?" in address else "?show=all"))
        address = PEOPLE + next(
            link.replace("&amp;", "&")
            for link in re.findall(rf'id="by-{column}" href="([^"]+)"', page.content.decode())
        )
        page = head.get(address)
        text = page.content.decode()
        assert text.count("aria-sort=") == 1
        sorted_by = re.search(r'aria-sort="(\w+)"[^>]*><a class="sort" id="by-(\w+)"', text)
        assert sorted_by
        assert sorted_by[2] == column
        orders.append(sorted_by[1])
    assert set(orders) == {"ascending", "descending"}


def test_the_next_page_keeps_filter_order_and_search(people: Cast, come: Callable[[User], Client]) -> None:
    head = come(people.head)
    for number in range(30):
        make.person(f"Nama {number:02}", agency=people.a)
    first = head.get(PEOPLE, {"q": "nama", "sort": "-name", "show": "below"})
    [more] = {link for link in links(first) if "after=" in link}
    second = head.get(PEOPLE + more)
    assert shown(first) + shown(second) == [f"Nama {number:02}" for number in reversed(range(30))]


def test_an_officer_with_several_grants_sees_one_list_over_all_of_them(
    people: Cast, come: Callable[[User], Client]
) -> None:
    """And what lies below another of the units is not there twice; one unit is one choice away, with nobody else's."""
    section = make.agency("Seksi A1", parent=people.a)
    make.person("Sari Seksi", agency=section)
    officer = make.person("Omar Dua", agency=people.bkpsdm, role=RoleGrant.Role.OFFICER, over=people.a)
    for unit in (people.b, section):
        RoleGrant.objects.create(person=officer, role="officer", agency=unit, from_on="2020-01-01")
    client = come(officer)
    whole = client.get(f"{PEOPLE}?sort=name")
    assert shown(whole) == ["Bima Kepala", "Hadi Kepala", "Lina Peserta", "Rina Peserta", "Sari Seksi"]
    one = client.get(f"{PEOPLE}?agency={people.b.pk}&sort=name")
    assert shown(one) == ["Bima Kepala", "Lina Peserta"]
    assert f'<option value="{people.bkpsdm.pk}"' not in whole.content.decode()
    person = client.get(f"{PEOPLE}{people.other_learner.pk}/?year=2026")
    assert "Dinas B" in person.content.decode()
    assert client.get(f"{PEOPLE}?agency={people.bkpsdm.pk}").status_code == 404
    assert client.get(f"{PEOPLE}{people.officer.pk}/").status_code == 404


def test_who_has_one_grant_sees_its_unit(people: Cast, come: Callable[[User], Client]) -> None:
    assert "Dinas A" in come(people.head).get(PEOPLE).content.decode().split("<h1>")[1][:100]


def test_the_part_that_is_swapped_is_the_list_alone(people: Cast, come: Callable[[User], Client]) -> None:
    part = come(people.head).get(f"{PEOPLE}?sort=jp", headers={"HX-Request": "true", "HX-Target": "list"})
    assert part.content.decode().lstrip().startswith('<section id="list"')


@pytest.mark.parametrize("asked", ["", "sort=-jp&show=below", "q=nama", "q=nobodyatall", "q=namma"])
def test_the_list_asks_no_more_for_more_people(people: Cast, come: Callable[[User], Client], asked: str) -> None:
    head = come(people.head)

    def queries() -> int:
        head.get(f"{PEOPLE}?{asked}")
        with CaptureQueriesContext(connection) as caught:
            assert head.get(f"{PEOPLE}?{asked}").status_code == 200
        return len(caught)

    def add(count: int) -> None:
        for number in range(count):
            make.enrollment(learner=make.person(f"Nama {number}", agency=make.agency(parent=people.a)))

    add(3)
    few = queries()
    add(27)
    assert queries() <= few <= 12
