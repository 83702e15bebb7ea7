"""Reflections."""

from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.template.loader import render_to_string

from courses.lesson_kinds import Unreadable
from courses.lesson_kinds.reflection.kind import LONGEST, Reflection, ReflectionState, kind
from courses.structure.models import Lesson
from tests import make

NOON = datetime(2026, 3, 5, 5, tzinfo=UTC)
AT = int(NOON.timestamp() * 1000)
CASE = Reflection("Ceritakan satu kasus.", min_words=5)


def send(text: str, state: ReflectionState | None = None) -> Any:
    return kind.receive(CASE, state or kind.open(CASE, rng=Random(1), now=NOON), {"send": "1", "text": text}, NOON)


def test_an_answer_of_one_s_own_ends_the_lesson_and_is_kept() -> None:
    outcome = send("Saya pernah salah menilai antrean.")
    assert outcome.finished
    assert outcome.items == {"text": "Saya pernah salah menilai antrean."}
    assert not outcome.is_over


def test_what_is_too_short_is_kept_but_not_sent() -> None:
    outcome = send("Sudah.")
    assert not outcome.finished
    assert outcome.items == {}
    context = kind.learn_context(CASE, outcome.state)
    page = render_to_string("reflection/learn.html", {**context, "input_url": "/x/", "lesson": Lesson()})
    assert "Sudah." in page
    assert 'aria-invalid="true"' in page


def test_a_draft_is_no_answer() -> None:
    outcome = kind.receive(CASE, ReflectionState(), {"draft": "Saya mulai", "at": AT}, NOON)
    assert not outcome.finished
    assert outcome.items == {}
    assert kind.learn_data(CASE, outcome.state)["draft"] == "Saya mulai"


def test_an_older_draft_never_takes_the_place_of_a_newer_one() -> None:
    state = kind.receive(CASE, ReflectionState(), {"draft": "baru", "at": AT - 10}, NOON).state
    assert kind.receive(CASE, state, {"draft": "lama", "at": AT - 500}, NOON).state.draft == "baru"


def test_a_sent_answer_can_be_sent_anew_and_the_lesson_stays_finished() -> None:
    state = send("Saya pernah salah menilai antrean.").state
    assert kind.receive(CASE, state, {"draft": "Saya ubah"}, NOON).finished
    again = send("Sekarang saya menulisnya dengan lebih baik.", state)
    assert again.items == {"text": "Sekarang saya menulisnya dengan lebih baik."}
    assert kind.state_from_json(kind.state_to_json(again.state)) == again.state


def test_markup_in_an_answer_is_shown_as_typed_and_never_runs() -> None:
    state = send("<script>alert(1)</script> satu dua tiga empat lima").state
    page = render_to_string(
        "reflection/learn.html", {**kind.learn_context(CASE, state), "input_url": "/x/", "lesson": Lesson()}
    )
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_an_endless_text_is_cut_and_nonsense_refused() -> None:
    assert len(send("a " * LONGEST).state.sent) <= LONGEST
    with pytest.raises(Unreadable):
        kind.receive(CASE, ReflectionState(), {"answer": "x"}, NOON)


@pytest.fixture
def lesson(db: None) -> Lesson:
    return make.version(lessons=1, kind="reflection", published=False).lessons.get()


def test_the_question_is_written_and_checked(lesson: Lesson) -> None:
    assert kind.problems(kind.load(lesson))
    form = kind.author_form(lesson, {"prompt": "Apa **kasus** Anda? <b>x</b>", "min_words": "20"})
    assert form.is_valid()
    form.save(by=None)
    assert kind.load(lesson) == Reflection("Apa **kasus** Anda? x", 20)
    assert not kind.problems(kind.load(lesson))
    assert "min_words" in kind.author_form(lesson, {"prompt": "", "min_words": "banyak"}).errors


def test_a_package_carries_a_reflection_there_and_back(lesson: Lesson) -> None:
    twin = Lesson.objects.create(
        version=lesson.version, module=lesson.module, uid=uuid4(), position=9, kind="reflection", title="Lain"
    )
    values = {"prompt": "Apa kasus Anda?", "min_words": 40}
    content = kind.unpack(twin, values, {}, by=None)
    assert kind.pack(content) == (values, {})
