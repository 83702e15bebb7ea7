"""Promises of the REST door to places and lessons."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.roles.models import RoleGrant
from enrollments.enrolling.actions import enroll_self_paced
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
SOON = date.today() + timedelta(days=30)
API = "/api/v1"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def client(client: Client, people: Cast) -> Client:
    client.force_login(people.learner)
    return client


def send(client: Client, address: str, **data: Any) -> Any:
    return client.post(f"{API}{address}", data, content_type="application/json")


def test_cohorts_are_those_that_may_be_chosen(client: Client, people: Cast) -> None:
    version = make.version(organiser=people.bkpsdm)
    mine = make.cohort(version=version, ends_on=SOON, seats=5, seats_taken=2)
    make.cohort(version=version, ends_on=SOON, is_open_to_all=False)
    make.cohort(version=version, ends_on=SOON, state="closed")
    make.cohort(ends_on=SOON)
    found = client.get(f"{API}/cohorts", {"course": version.course.code}).json()
    assert [(one["id"], one["seats_left"]) for one in found["items"]] == [(mine.pk, 3)]
    client.force_login(people.officer)
    assert len(client.get(f"{API}/cohorts", {"course": version.course.code}).json()["items"]) == 3


def test_a_place_is_taken_once_and_the_second_asking_gets_the_same(client: Client, people: Cast) -> None:
    version = make.version()
    first = send(client, "/enrollments", course=version.course.code)
    again = send(client, "/enrollments", course=version.course.code)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert send(client, "/enrollments").status_code == 422
    assert send(client, "/enrollments", course="tidak-ada").status_code == 404


def test_a_full_cohort_is_a_conflict_with_a_sentence(client: Client) -> None:
    cohort = make.cohort(ends_on=SOON, seats=1, seats_taken=1)
    answer = send(client, "/enrollments", cohort=cohort.pk)
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"]


def test_an_officer_enrols_people_of_their_units_by_number(client: Client, people: Cast) -> None:
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm), ends_on=SOON, is_open_to_all=False)
    assert send(client, "/enrollments", cohort=cohort.pk).status_code == 404
    client.force_login(people.officer)
    assert send(client, "/enrollments", cohort=cohort.pk, nip=people.learner.nip).status_code == 201
    assert send(client, "/enrollments", cohort=cohort.pk, nip=make.person().nip).status_code == 404
    client.force_login(people.other_learner)
    assert send(client, "/enrollments", cohort=cohort.pk, nip=people.learner.nip).status_code == 404


def test_lists_page_by_cursor_without_gap_or_double(client: Client, people: Cast) -> None:
    wanted = {make.enrollment(learner=people.learner).pk for _ in range(7)}
    make.enrollment()
    seen: list[int] = []
    cursor: Any = None
    while True:
        page = client.get(f"{API}/enrollments", {"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 7
    assert set(seen) == wanted
    assert client.get(f"{API}/enrollments", {"limit": 201}).status_code == 422


def test_a_course_is_learned_and_completed_over_rest(client: Client, people: Cast) -> None:
    version = make.version(lessons=2)
    place = send(client, "/enrollments", course=version.course.code).json()["id"]
    lessons = client.get(f"{API}/enrollments/{place}").json()["lessons"]
    for one in lessons:
        address = f"/enrollments/{place}/lessons/{one['uid']}"
        assert client.get(f"{API}{address}").json()["kind"] == "text"
        answer = send(client, f"{address}/input", done=1)
        assert set(answer.json()) == {"state", "finished", "score", "seq"}
        assert answer.json()["finished"]
    assert client.get(f"{API}/enrollments/{place}").json()["status"] == "completed"


def test_input_that_makes_no_sense_is_422_and_changes_nothing(client: Client, people: Cast) -> None:
    place = enroll_self_paced(people.learner, make.version().course, by=people.learner)
    address = f"/enrollments/{place.pk}/lessons/{place.version.lessons.all()[0].uid}/input"
    assert send(client, address, nonsense=1).status_code == 422
    assert send(client, address, done=1, seq="x").status_code == 422
    assert send(client, address, done=1, seq=0).status_code == 422
    assert client.post(f"{API}{address}", "[1]", content_type="application/json").status_code == 422
    assert client.post(f"{API}{address}", "{", content_type="application/json").status_code in {400, 422}
    place.refresh_from_db()
    assert place.lessons_finished == 0


def test_withdrawing_over_rest_needs_a_reason(client: Client, people: Cast) -> None:
    place = enroll_self_paced(people.learner, make.version().course, by=people.learner)
    address = f"/enrollments/{place.pk}/withdraw"
    assert send(client, address, reason=" ").status_code == 409
    assert send(client, address, reason="Dinas luar").json()["status"] == "withdrawn"


def test_what_is_not_yours_answers_like_what_never_existed(client: Client, people: Cast) -> None:
    version = make.version(organiser=people.bkpsdm)
    theirs = make.enrollment(learner=people.other_learner, cohort=make.cohort(version=version))
    uid = version.lessons.all()[0].uid
    never = client.get(f"{API}/enrollments/{10**15}").content
    for person in (people.learner, people.head, make.person(agency=people.a, role=RoleGrant.Role.OFFICER)):
        client.force_login(person)
        assert client.get(f"{API}/enrollments/{theirs.pk}").content == never
        assert client.get(f"{API}/enrollments/{theirs.pk}/lessons/{uid}").content == never
        assert send(client, f"/enrollments/{theirs.pk}/lessons/{uid}/input", done=1).status_code == 404
        assert send(client, f"/enrollments/{theirs.pk}/withdraw", reason="x").status_code == 404
        assert not client.get(f"{API}/enrollments").json()["items"]
    client.force_login(people.other_head)
    assert client.get(f"{API}/enrollments/{theirs.pk}").status_code == 200
    # Seeing is not doing: a head ends nobody's place.
    assert send(client, f"/enrollments/{theirs.pk}/withdraw", reason="x").status_code == 409
    assert Enrollment.objects.live().count() == 1
    assert client.get(f"{API}/enrollments/{theirs.pk}/lessons/{uuid4()}").status_code == 404


@pytest.mark.parametrize("rows", [3, 30])
def test_lists_ask_the_database_twelve_times_at_most(
    client: Client, people: Cast, rows: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(rows):
        make.enrollment(learner=people.learner, cohort=make.cohort(ends_on=SOON))
    for address in ("/enrollments", "/cohorts"):
        with django_assert_max_num_queries(12):
            assert len(client.get(f"{API}{address}").json()["items"]) == rows
