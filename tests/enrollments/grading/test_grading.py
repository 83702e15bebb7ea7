"""Promises about open answers and what trainers say to them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.notices.models import Notice
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.attempts.actions import take_input
from enrollments.attempts.models import AttemptItem
from enrollments.enrolling.actions import enroll
from enrollments.enrolling.models import Enrollment
from enrollments.grading.actions import comment_on
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
WORDS = "Saya akan menyapa warga lebih dulu. " * 8


@pytest.fixture
def people() -> Cast:
    return cast()


def sent(people: Cast, learner: Any = None, *, is_taught: bool = True) -> AttemptItem:
    """A reflection that was sent in a cohort which the trainer teaches."""
    version = make.version(kind="reflection", organiser=people.bkpsdm)
    cohort = make.cohort(version=version, ends_on=date.today() + timedelta(days=30))
    if is_taught:
        cohort.trainers.add(people.trainer)
    learner = learner or people.learner
    place = enroll(learner, cohort, by=people.officer)
    take_input(place, version.lessons.all()[0], {"send": "1", "text": WORDS}, by=learner)
    return AttemptItem.objects.latest("pk")


def test_a_comment_reaches_the_learner_on_the_lesson_and_in_the_inbox(client: Client, people: Cast) -> None:
    item = sent(people)
    client.force_login(people.trainer)
    assert "menyapa warga" in client.get(reverse("office-answer", args=[item.pk])).content.decode()
    client.post(reverse("office-answer", args=[item.pk]), {"comment": "Tambahkan satu contoh dari loket Anda."})
    client.force_login(people.learner)
    place = Enrollment.objects.get()
    lesson = reverse("lesson", args=[place.pk, item.attempt.lesson.uid])
    assert "Tambahkan satu contoh dari loket Anda." in client.get(lesson).content.decode()
    assert Notice.objects.get(person=people.learner, kind="comment").link == lesson


def test_a_second_comment_replaces_the_first_and_tells_nobody_again(people: Cast) -> None:
    item = sent(people)
    for text in ("Pertama", "Kedua"):
        comment_on(item, text, by=people.trainer)
    item.refresh_from_db()
    assert item.comment == "Kedua"
    assert Notice.objects.filter(kind="comment").count() == 1


def test_only_trainers_and_officers_of_the_cohort_comment(people: Cast) -> None:
    item = sent(people, is_taught=False)
    for person in (people.trainer, people.learner, people.head, people.other_head):
        with pytest.raises(NotYours):
            comment_on(item, "Bagus", by=person)
    with pytest.raises(Refusal):
        comment_on(item, "  ", by=people.officer)
    comment_on(item, "Bagus", by=people.officer)


def test_an_answer_that_changes_after_the_comment_is_to_be_read_again(client: Client, people: Cast) -> None:
    item = sent(people)
    comment_on(item, "Bagus", by=people.trainer)
    client.force_login(people.trainer)
    assert not client.get(reverse("office-answers")).context["found"].rows
    place = Enrollment.objects.get()
    take_input(place, item.attempt.lesson, {"send": "1", "text": f"{WORDS} Lalu bertanya."}, by=people.learner)
    found = client.get(reverse("office-answers")).context["found"]
    assert found.rows == [item]
    assert found.counts == {"": 1, "read": 0, "all": 1}


def test_another_trainers_answers_are_not_found(client: Client, people: Cast) -> None:
    item = sent(people, is_taught=False)
    client.force_login(people.trainer)
    assert not client.get(reverse("office-answers"), {"show": "all"}).context["found"].rows
    assert client.get(reverse("office-answer", args=[item.pk])).status_code == 404
    assert client.post(reverse("office-answer", args=[item.pk]), {"comment": "x"}).status_code == 404
    client.force_login(people.learner)
    assert client.get(reverse("office-answers")).status_code == 403


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_asks_the_database_twelve_times_at_most(
    client: Client, people: Cast, rows: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(rows):
        item = sent(people, make.person(agency=people.a))
    client.force_login(people.trainer)
    with django_assert_max_num_queries(12):
        assert client.get(reverse("office-answers")).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(reverse("office-answer", args=[item.pk])).status_code == 200
