"""Which links the frame of a page shows, and to whom."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.navigation import OFFICE, REPORTS, STUDY, Frame
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


# Addresses as the house has them; "office-audit" is left out, as if that area did not exist.
_PATHS = {
    "home": "",
    "catalogue": "catalogue/",
    "certificates": "certificates/",
    "inbox": "inbox/",
    "my-data": "me/",
    "preferences": "me/preferences/",
    "office": "office/",
    "report": "reports/",
    "report-people": "reports/people/",
    "exports": "reports/exports/",
    "jobs": "jobs/",
    **{
        f"office-{name}": f"office/{name}/"
        for name in ("courses", "cohorts", "people", "reviews", "imports", "reminders", "agencies", "roles")
    },
}
urlpatterns = [path(route, _nothing, name=name) for name, route in _PATHS.items()]


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def _own_addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


def frame(user: User | AnonymousUser, at: str = "/") -> Frame:
    request = RequestFactory().get(at)
    request.user = user
    return Frame(request)


def urls(user: User, at: str = "/office/") -> list[str]:
    office = frame(user, at).office
    return [link.url for link in [*office.first, *office.rest]]


def test_a_learner_has_four_places_and_no_office(people: Cast) -> None:
    nav = frame(people.learner)
    assert [link.url for link in nav.study] == ["/", "/catalogue/", "/certificates/", "/inbox/"]
    assert nav.office.first == []
    assert [link.url for link in nav.account] == ["/me/", "/me/preferences/"]


def test_an_officer_reaches_the_office_from_the_menu(people: Cast) -> None:
    assert "/office/" in [link.url for link in frame(people.officer).account]
    assert "/office/courses/" in urls(people.officer)


def test_officers_and_administrators_see_units_and_roles(people: Cast) -> None:
    for person in (people.admin, people.officer):
        assert {"/office/agencies/", "/office/roles/"} <= set(urls(person))
    assert not {"/office/agencies/", "/office/roles/"} & set(urls(people.trainer))


def test_a_reviewer_sees_reviews_and_a_trainer_cohorts_and_nothing_else(people: Cast) -> None:
    assert urls(people.reviewer) == ["/office/reviews/"]
    assert urls(people.trainer) == ["/office/cohorts/"]


def test_a_head_sees_the_reports_room(people: Cast) -> None:
    assert urls(people.head, "/reports/") == ["/reports/", "/reports/people/", "/reports/exports/"]
    assert "/reports/" in [link.url for link in frame(people.head).account]


def test_a_head_stays_in_their_room_while_long_work_runs(people: Cast) -> None:
    assert urls(people.head, "/jobs/") == urls(people.head, "/reports/")
    assert frame(people.head, "/jobs/").start == "/reports/"


def test_a_grant_that_ended_opens_no_room(people: Cast) -> None:
    RoleGrant.objects.filter(person=people.head).update(until_on=date(2021, 1, 1))
    assert frame(people.head).roles == frozenset()
    assert urls(people.head, "/reports/") == []


def test_five_links_fit_under_a_thumb_and_the_rest_is_behind_more(people: Cast) -> None:
    office = frame(people.admin, "/office/").office
    assert len(office.first) == 4
    assert len(office.rest) > 1
    assert frame(people.reviewer, "/office/reviews/").office.rest == []


def test_an_area_that_does_not_exist_is_not_linked(people: Cast) -> None:
    assert "office-audit" in [entry.name for entry in OFFICE]
    assert "/office/audit/" not in urls(people.admin)


@pytest.mark.parametrize(
    ("at", "current"),
    [
        ("/office/", {"/office/": "page"}),
        ("/office/courses/", {"/office/courses/": "page"}),
        ("/office/courses/12/outline/", {"/office/courses/": "true"}),
        ("/office/elsewhere/", {"/office/": "true"}),
    ],
)
def test_one_link_says_where_we_are(people: Cast, at: str, current: dict[str, str]) -> None:
    office = frame(people.officer, at).office
    assert {link.url: link.current for link in [*office.first, *office.rest] if link.current} == current


def test_home_is_not_current_on_every_page_below_it(people: Cast) -> None:
    assert [link.current for link in frame(people.learner, "/courses/KE-01/").study] == ["", "", "", ""]
    assert [link.current for link in frame(people.learner, "/").study] == ["page", "", "", ""]


def test_the_frame_costs_one_query_for_roles_and_one_for_messages(
    people: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    officer = User.objects.select_related("agency").get(pk=people.officer.pk)
    with django_assert_num_queries(2):
        nav = frame(officer, "/office/")
        assert nav.office
        assert nav.account
        assert nav.start
        assert nav.room
        assert nav.standing
        assert nav.unread == 0
        assert nav.roles


def test_nobody_costs_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        nav = frame(AnonymousUser())
        assert nav.unread == 0
        assert nav.standing == ""
        assert nav.office.first == []


def test_unread_messages_are_ones_own(people: Cast) -> None:
    for person in (people.learner, people.learner, people.other_learner):
        person.notices.create(kind="test", about=str(person.notices.count()), title="Kabar")
    assert frame(people.learner).unread == 2


def test_standing_names_unit_and_post() -> None:
    unit = make.agency("Dinas Komunikasi dan Informatika", short_name="Diskominfo")
    person = make.person("Rina", agency=unit, post="Pranata Komputer Ahli Muda")
    assert frame(person).standing == "Diskominfo · Pranata Komputer Ahli Muda"


def test_an_officer_reads_reports_without_leaving_the_office(people: Cast) -> None:
    assert "/office/courses/" in urls(people.officer, "/reports/people/")
    assert "/reports/" in urls(people.officer, "/reports/people/")


def test_every_entry_has_its_own_address() -> None:
    for room in (STUDY, OFFICE, REPORTS):
        names = [entry.name for entry in room]
        assert len(names) == len(set(names))
