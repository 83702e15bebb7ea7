"""Saved views: one's own, at most twenty, one of them first, and never more than one may see."""

import re
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.signin.actions import acknowledge
from accounts.signin.queries import current_notice
from asn_lms.lib.refusals import Refusal
from enrollments.reports.listing import Listing
from enrollments.reports.models import MOST_VIEWS, SavedView
from enrollments.reports.saved import change_view, save_view, views_of
from enrollments.reports.staff import Column, Order
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
VIEWS = "/reports/people/views/"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def head(people: Cast, client: Client) -> Client:
    return come(client, people.head)


def come(client: Client, person: User) -> Client:
    notice = current_notice()
    assert notice
    acknowledge(person, notice)
    client.force_login(person)
    return client


def below(people: Cast, **changes: object) -> Listing:
    return Listing(people.a.pk, None, "below", Order(Column.JP), "rina", **changes)


def test_what_was_saved_is_what_opens(people: Cast, head: Client) -> None:
    body = {"name": "Kurang JP", "agency": people.a.pk, "show": "below", "sort": "jp", "q": "rina"}
    saved = head.post(VIEWS, body)
    assert (saved.status_code, saved["Location"]) == (
        302,
        f"/reports/people/?agency={people.a.pk}&show=below&sort=jp&q=rina",
    )
    page = head.get(saved["Location"]).content.decode()
    assert re.search(r'aria-current="true"><svg[^>]*>.*?</svg>Kurang JP</a>', page)
    assert "Rina Peserta" in page


def test_the_one_that_opens_first_opens_first_and_only_it(people: Cast, head: Client) -> None:
    first = save_view(people.head, "Satu", below(people), is_default=True)
    assert (
        head.get("/reports/people/")["Location"] == f"/reports/people/?agency={people.a.pk}&show=below&sort=jp&q=rina"
    )
    second = save_view(people.head, "Dua", Listing(people.a.pk, order=Order()), is_default=True)
    assert head.get("/reports/people/")["Location"] == f"/reports/people/?agency={people.a.pk}&sort=name"
    change_view(first, name="Satu", is_default=True)
    second.refresh_from_db()
    assert not second.is_default
    assert head.get(f"/reports/people/?agency={people.a.pk}").status_code == 200


def test_a_view_of_a_unit_that_is_no_longer_ones_own_opens_nothing(people: Cast, head: Client) -> None:
    save_view(people.head, "Satu", below(people), is_default=True)
    RoleGrant.objects.filter(person=people.head).update(agency=people.b)
    page = head.get("/reports/people/")
    assert page.status_code == 200
    assert "Satu" not in page.content.decode()
    assert [row.address for row in views_of(User.objects.get(pk=people.head.pk))] == [""]
    assert "Satu" in head.get(VIEWS).content.decode()


def test_two_views_of_one_person_have_two_names_whatever_the_capitals(people: Cast, head: Client) -> None:
    save_view(people.head, "Kurang", below(people))
    save_view(people.other_head, "Kurang", Listing(people.b.pk))
    with pytest.raises(Refusal):
        save_view(people.head, "KURANG", below(people))
    page = head.post(VIEWS, {"name": "kurang", "agency": people.a.pk, "q": "rina"}).content.decode()
    assert 'value="kurang"' in page
    assert 'aria-invalid="true"' in page
    assert 'name="q" value="rina"' in page
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(owner=people.head, place=2, name="kurang")


def test_the_twentieth_is_saved_and_the_one_after_it_is_not(people: Cast) -> None:
    for number in range(MOST_VIEWS):
        save_view(people.head, f"Tampilan {number}", below(people))
    with pytest.raises(Refusal):
        save_view(people.head, "Satu lagi", below(people))
    SavedView.objects.get(name="Tampilan 7").delete()
    assert save_view(people.head, "Satu lagi", below(people)).place == 8
    for place in (0, MOST_VIEWS + 1):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedView.objects.create(owner=people.other_head, place=place, name="x")


@pytest.mark.parametrize("text", ["199001012015031002", "1990 0101 2015", "19900"])
def test_a_number_is_in_no_view(people: Cast, text: str) -> None:
    with pytest.raises(Refusal):
        save_view(people.head, "Nomor", Listing(people.a.pk, text=text))
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(owner=people.head, place=1, name="Nomor", text=text)


def test_a_view_is_its_owners_alone(people: Cast, head: Client) -> None:
    theirs = save_view(people.other_head, "Rahasia", Listing(people.b.pk))
    for address in (f"{VIEWS}{theirs.pk}/", f"{VIEWS}999999/"):
        assert head.get(address).status_code == head.post(address, {"name": "x"}).status_code == 404
        assert head.post(f"{address}delete/").status_code == 404
    assert "Rahasia" not in head.get(VIEWS).content.decode()
    assert SavedView.objects.get().name == "Rahasia"


def test_no_view_is_saved_of_a_unit_that_one_may_not_read(people: Cast, head: Client) -> None:
    assert head.post(VIEWS, {"name": "Dinas B", "agency": people.b.pk}).status_code == 404
    assert not SavedView.objects.exists()


def test_renaming_and_deleting_work_from_the_screens(people: Cast, head: Client) -> None:
    view = save_view(people.head, "Satu", below(people))
    answer = head.post(f"{VIEWS}{view.pk}/", {"name": "Lain", "is_default": "on"})
    assert answer.status_code == 302
    view.refresh_from_db()
    assert (view.name, view.is_default) == ("Lain", True)
    assert "aria-invalid" in head.post(f"{VIEWS}{view.pk}/", {"name": " "}).content.decode()
    assert head.post(f"{VIEWS}{view.pk}/delete/").status_code == 302
    assert head.post(f"{VIEWS}{view.pk}/delete/").status_code == 404
    assert not SavedView.objects.exists()


def test_who_reads_no_reports_saves_none(people: Cast, client: Client) -> None:
    assert come(client, people.learner).post(VIEWS, {"name": "x"}).status_code == 403


@pytest.mark.parametrize("count", [3, 20])
def test_many_views_cost_no_more_queries(
    people: Cast, head: Client, count: int, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for number in range(count):
        unit = make.agency(parent=people.a)
        save_view(people.head, f"Tampilan {number}", Listing(unit.pk))
    for address in (VIEWS, "/reports/people/?show=all"):
        head.get(address)
        with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
            assert head.get(address).status_code == 200
