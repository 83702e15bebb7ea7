"""Every kind on the learner's own page: without scripts, within the queries, and without a key that leaks."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.structure.models import CourseVersion
from enrollments.attempts.models import Attempt
from enrollments.enrolling.actions import enroll_self_paced
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.cast import Cast, cast
from tests.courses.lesson_kinds.quizzes import quiz_of

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def client(client: Client, people: Cast) -> Client:
    client.force_login(people.learner)
    return client


def learning(people: Cast, version: CourseVersion) -> tuple[Enrollment, str]:
    enrollment = enroll_self_paced(people.learner, version.course, by=people.learner)
    return enrollment, reverse("lesson", args=[enrollment.pk, version.lessons.get().uid])


def test_a_quiz_is_begun_answered_and_handed_in_without_scripts(client: Client, people: Cast) -> None:
    enrollment, page = learning(people, quiz_of(2))
    before = client.get(page).content.decode()
    assert "Pertanyaan" not in before
    client.post(page, {"begin": "1"})
    going = client.get(page).content.decode()
    assert "Pertanyaan 0?" in going
    assert "RAHASIA" not in going
    state = Attempt.objects.get().state
    (first, options), (second, _others) = state["questions"]
    client.post(page, {"go": state["key"], "asked": [first, second], f"a-{first}": options[0], "save": "1"})
    assert "checked" in client.get(page).content.decode()
    client.post(page, {"go": state["key"], "asked": [first, second], f"a-{first}": options[0], "hand_in": "1"})
    attempt = Attempt.objects.get()
    assert attempt.closed_at is not None
    assert attempt.score in {0, 50}
    assert enrollment.status == Enrollment.Status.ACTIVE


def wrong_all_the_way(client: Client, page: str) -> str:
    client.post(page, {"begin": "1"})
    attempt = Attempt.objects.order_by("-id").first()
    assert attempt is not None
    client.post(page, {"go": attempt.state["key"], "hand_in": "1"})
    return client.get(page).content.decode()


def test_the_key_is_opened_only_when_no_attempt_is_left(client: Client, people: Cast) -> None:
    _enrollment, page = learning(people, quiz_of(2, attempts=2))
    after_one = wrong_all_the_way(client, page)
    assert "RAHASIA" not in after_one
    assert "Tepat 0" not in after_one
    after_two = wrong_all_the_way(client, page)
    assert "RAHASIA-0" in after_two
    assert "Tepat 0" in after_two


def test_a_script_saves_one_answer_and_is_told_the_state_without_a_key(client: Client, people: Cast) -> None:
    _enrollment, page = learning(people, quiz_of(3))
    client.post(page, {"begin": "1"})
    state = Attempt.objects.get().state
    uid, options = state["questions"][0]
    data = {"go": state["key"], "answer": {uid: [options[1]]}}
    answer = client.post(page, data, content_type="application/json", headers=JSON)
    assert answer.status_code == 200
    assert answer.json()["state"]["questions"][0]["answer"] == [options[1]]
    assert "RAHASIA" not in answer.content.decode()


def test_an_answer_that_a_device_kept_never_falls_into_the_next_attempt(client: Client, people: Cast) -> None:
    _enrollment, page = learning(people, quiz_of(2, attempts=3))
    client.post(page, {"begin": "1"})
    old = Attempt.objects.get().state
    client.post(page, {"go": old["key"], "hand_in": "1"})
    client.post(page, {"begin": "1"})
    uid, options = old["questions"][0]
    data = {"go": old["key"], "answer": {uid: [options[0]]}}
    assert client.post(page, data, content_type="application/json", headers=JSON).status_code == 422
    newest = Attempt.objects.order_by("-id").first()
    assert newest is not None
    assert newest.state["answers"] == {}


@pytest.mark.parametrize("count", [3, 30])
def test_a_quiz_page_asks_the_database_twelve_times_at_most(client: Client, people: Cast, count: int) -> None:
    _enrollment, page = learning(people, quiz_of(count))
    client.post(page, {"begin": "1"})
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(page).status_code == 200
    assert len(asked) <= 12, [one["sql"][:90] for one in asked]


@pytest.mark.parametrize("kind", ["text", "video", "document", "reflection"])
def test_a_lesson_of_any_kind_asks_the_database_twelve_times_at_most(client: Client, people: Cast, kind: str) -> None:
    _enrollment, page = learning(people, make.version(lessons=1, kind=kind))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).status_code == 200
    assert len(asked) <= 12, [one["sql"][:90] for one in asked]


def test_a_reflection_that_is_too_short_comes_back_with_every_word(client: Client, people: Cast) -> None:
    _enrollment, page = learning(people, make.version(lessons=1, kind="reflection"))
    client.post(page, {"text": "Baru tiga kata", "send": "1"})
    shown = client.get(page).content.decode()
    assert "Baru tiga kata" in shown
    assert 'aria-invalid="true"' in shown
    client.post(page, {"text": "kata " * 40, "send": "1"})
    assert Attempt.objects.get().is_finished
