"""Whatever is sent twice is done once: every POST of the classroom and of the office of cohorts, with and without its key."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.people.models import User
from enrollments.attempts.actions import take_input
from enrollments.attempts.models import AttemptItem
from enrollments.enrolling.actions import enroll
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
SOON = date.today() + timedelta(days=20)
# Who came last, what was answered already, and sessions are no effect of the request.
NOT_COUNTED = {"jobs.idempotencykey", "accounts.idempotencykey", "sessions.session", "usersessions.usersession"}
Asked = tuple[User, str, dict[str, Any]]


def rows() -> dict[str, int]:
    return {
        model._meta.label_lower: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.managed and model._meta.label_lower not in NOT_COUNTED
    }


def place(people: Cast, kind: str = "text") -> Any:
    cohort = make.cohort(version=make.version(kind=kind, organiser=people.bkpsdm), ends_on=SOON, seats=9)
    return enroll(people.learner, cohort, by=people.officer)


def taking_a_place(people: Cast) -> Asked:
    course = make.version(organiser=people.bkpsdm).course
    return people.learner, reverse("take-place", args=[course.code]), {"cohort": "self"}


def finishing_a_lesson(people: Cast) -> Asked:
    held = place(people)
    return people.learner, reverse("lesson", args=[held.pk, held.version.lessons.all()[0].uid]), {"done": "1"}


def giving_back(people: Cast) -> Asked:
    return people.learner, reverse("give-back", args=[place(people).pk]), {"reason": "Dinas luar"}


def opening_a_cohort(people: Cast) -> Asked:
    course = make.version(organiser=people.bkpsdm).course
    return people.officer, reverse("office-cohort-new"), {"course": course.pk, "starts_on": SOON, "ends_on": SOON}


def cancelling_a_cohort(people: Cast) -> Asked:
    address = reverse("office-cohort-state", args=[place(people).cohort_id])
    return people.officer, address, {"do": "cancel", "reason": "Gedung dipakai"}


def adding_a_person(people: Cast) -> Asked:
    address = reverse("office-cohort-add", args=[place(people).cohort_id])
    return people.officer, address, {"q": "lina", "person": people.other_learner.pk}


def withdrawing_several(people: Cast) -> Asked:
    held = place(people)
    asked = {"place": held.pk, "do": "withdraw", "sent": "1", "reason": "Mutasi"}
    return people.officer, reverse("office-cohort-change", args=[held.cohort_id]), asked


def moving_a_deadline(people: Cast) -> Asked:
    return people.officer, reverse("office-place-deadline", args=[place(people).pk]), {"due_on": "2030-01-31"}


def commenting(people: Cast) -> Asked:
    held = place(people, "reflection")
    take_input(held, held.version.lessons.all()[0], {"send": "1", "text": "kata " * 40}, by=people.learner)
    address = reverse("office-answer", args=[AttemptItem.objects.get().pk])
    return people.officer, address, {"comment": "Bagus"}


ALL = [
    taking_a_place,
    finishing_a_lesson,
    giving_back,
    opening_a_cohort,
    cancelling_a_cohort,
    adding_a_person,
    withdrawing_several,
    moving_a_deadline,
    commenting,
]


@pytest.mark.parametrize("ask", ALL)
def test_a_second_click_adds_no_row_and_gets_the_first_answer(client: Client, ask: Callable[[Cast], Asked]) -> None:
    person, address, asked = ask(cast())
    client.force_login(person)
    key = uuid4().hex
    first = client.post(address, {**asked, "idempotency_key": key})
    after = rows()
    second = client.post(address, {**asked, "idempotency_key": key})
    assert second["Idempotency-Replayed"] == "true"
    assert (second.status_code, second.get("Location")) == (first.status_code, first.get("Location"))
    assert rows() == after
    other = client.post(address, {**asked, "idempotency_key": key, "reason": "lain", "q": "lain"})
    assert other.status_code == 409


@pytest.mark.parametrize("ask", [one for one in ALL if one is not opening_a_cohort])
def test_a_retry_without_a_key_does_nothing_twice_either(client: Client, ask: Callable[[Cast], Asked]) -> None:
    person, address, asked = ask(cast())
    client.force_login(person)
    client.post(address, asked)
    after = rows()
    client.post(address, asked)
    assert rows() == after
