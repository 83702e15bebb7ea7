"""Quizzes."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from asn_lms.lib.refusals import Refusal
from courses.lesson_kinds import Unreadable
from courses.lesson_kinds.quiz.attempt import GRACE, QuizState, score, take
from courses.lesson_kinds.quiz.content import Option, Question, Quiz
from courses.lesson_kinds.quiz.kind import kind
from courses.lesson_kinds.quiz.models import QuizContent, QuizQuestion
from courses.structure.models import Lesson
from tests import make

NOON = datetime(2026, 3, 5, 5, tzinfo=UTC)
AT = int(NOON.timestamp() * 1000)


def question(number: int, *, right: int = 1, of: int = 3, several: bool = False, points: str = "1") -> Question:
    """Options `q1o0`…; the first `right` of them are right. Secrets say SECRET, so that a leak is seen."""
    return Question(
        uid=f"q{number}",
        type="multiple" if several else "single",
        text=f"Pertanyaan {number}?",
        points=Decimal(points),
        feedback=f"SECRET-why-{number}",
        options=tuple(
            Option(f"q{number}o{i}", f"Pilihan {number}-{i}", i < right, f"SECRET-said-{number}-{i}") for i in range(of)
        ),
    )


QUIZ = Quiz(questions=(question(1), question(2, right=2, several=True), question(3)), is_shuffled=True)


def begun(quiz: Quiz = QUIZ, seed: int = 1) -> QuizState:
    state: QuizState = kind.open(quiz, rng=Random(seed), now=NOON)
    return state


def answer(state: QuizState, uid: str, *options: str, quiz: Quiz = QUIZ, at: int = AT, now: datetime = NOON) -> Any:
    return kind.receive(quiz, state, {"answer": {uid: list(options)}, "at": at}, now)


def test_each_answer_is_saved_as_it_is_given() -> None:
    outcome = answer(begun(), "q1", "q1o0")
    assert outcome.items == {"q1": ["q1o0"]}
    assert not outcome.finished
    assert outcome.score is None


def test_an_older_answer_never_takes_the_place_of_a_newer_one() -> None:
    state = answer(begun(), "q1", "q1o0", at=AT - 1000).state
    late = answer(state, "q1", "q1o2", at=AT - 5000)
    assert late.items == {}
    assert late.state.answers["q1"].options == ("q1o0",)


def test_the_same_answer_again_changes_nothing_but_is_no_error() -> None:
    state = answer(begun(), "q1", "q1o0").state
    assert answer(state, "q1", "q1o0").items == {}


def test_an_answer_of_another_attempt_is_refused() -> None:
    state = begun(seed=2)
    with pytest.raises(Unreadable):
        kind.receive(QUIZ, state, {"go": begun(seed=1).key, "answer": {"q1": ["q1o0"]}}, NOON)


@pytest.mark.parametrize(
    "data",
    [
        {"answer": {"q9": ["q1o0"]}},
        {"answer": {"q1": ["q2o0"]}},
        {"answer": {"q1": ["q1o0", "q1o1"]}},
        {"answer": ["q1o0"]},
        {"answer": {"q1": [1]}},
        {"answer": {"q1": ["q1o0"]}, "at": "kemarin"},
        {},
    ],
)
def test_what_makes_no_sense_changes_nothing(data: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        kind.receive(QUIZ, begun(), data, NOON)


def test_handing_in_gives_the_score_and_ends_the_attempt() -> None:
    state = answer(begun(), "q1", "q1o0").state
    state = answer(state, "q2", "q2o0", "q2o1").state
    outcome = kind.receive(QUIZ, state, {"hand_in": "1"}, NOON)
    assert outcome.finished
    assert outcome.is_over
    assert outcome.score == Decimal("66.67")
    with pytest.raises(Unreadable):
        answer(outcome.state, "q3", "q3o0")


def test_half_of_the_right_options_is_worth_nothing() -> None:
    state = answer(begun(), "q2", "q2o0").state
    assert score(QUIZ, state) == 0


def test_points_weigh() -> None:
    quiz = Quiz(questions=(question(1, points="3"), question(2)))
    assert score(quiz, answer(begun(quiz), "q1", "q1o0", quiz=quiz).state) == Decimal("75.00")


def test_a_form_without_scripts_answers_the_whole_page_at_once() -> None:
    data = QueryDict("asked=q1&asked=q2&asked=q3&a-q1=q1o0&a-q2=q2o0&a-q2=q2o1&hand_in=1")
    outcome = kind.receive(QUIZ, begun(), data, NOON)
    assert outcome.score == Decimal("66.67")
    assert set(outcome.items["q2"]) == {"q2o0", "q2o1"}


def test_an_emptied_answer_of_several_is_seen_as_empty() -> None:
    state = answer(begun(), "q2", "q2o0").state
    outcome = kind.receive(QUIZ, state, QueryDict("asked=q2&save=1"), NOON + timedelta(seconds=1))
    assert outcome.items == {"q2": []}


def test_a_question_can_be_marked_for_later() -> None:
    state = kind.receive(QUIZ, begun(), {"mark": {"q2": True, "q9": True}}, NOON).state
    assert state.marked == {"q2"}
    assert kind.receive(QUIZ, state, QueryDict("mark=-q2"), NOON).state.marked == frozenset()


def test_after_the_deadline_what_was_saved_in_time_counts() -> None:
    quiz = Quiz(questions=QUIZ.questions, minutes=10)
    state = answer(begun(quiz), "q1", "q1o0", quiz=quiz).state
    end = NOON + timedelta(minutes=10)
    on_its_way = answer(state, "q3", "q3o0", quiz=quiz, now=end + GRACE)
    assert not on_its_way.is_over
    late = answer(state, "q3", "q3o0", quiz=quiz, now=end + GRACE + timedelta(seconds=1))
    assert late.is_over
    assert late.items == {}
    assert late.score == Decimal("33.33")


def test_questions_are_drawn_once_and_kept() -> None:
    quiz = Quiz(questions=tuple(question(i) for i in range(20)), draw=5)
    state = begun(quiz)
    assert len(state.questions) == 5
    assert kind.state_from_json(json.loads(json.dumps(kind.state_to_json(state)))) == state
    assert begun(quiz, seed=7).questions != state.questions


def test_without_shuffling_everybody_sees_the_same_order() -> None:
    quiz = Quiz(questions=QUIZ.questions, is_shuffled=False)
    assert [one.uid for one in begun(quiz).questions] == ["q1", "q2", "q3"]
    assert begun(quiz).questions == begun(quiz, seed=9).questions


def everything(quiz: Quiz, state: QuizState | None) -> str:
    """All that could reach a browser: the page, and the REST answer."""
    context = kind.learn_context(quiz, state)
    page = render_to_string("quiz/learn.html", {**context, "input_url": "/x/", "pass_mark": Decimal(70)})
    return page + json.dumps(kind.learn_data(quiz, state), default=str) + repr(context.get("questions"))


def test_no_question_before_the_start() -> None:
    seen = everything(QUIZ, None)
    assert "Pertanyaan" not in seen
    assert "SECRET" not in seen
    assert "Pilihan" not in seen


@pytest.mark.parametrize("is_graded", [True, False])
def test_no_key_before_the_end(is_graded: bool) -> None:
    quiz = Quiz(questions=QUIZ.questions, is_graded=is_graded)
    state = answer(begun(quiz), "q1", "q1o1", quiz=quiz).state
    seen = everything(quiz, state)
    assert "Pertanyaan 1?" in seen
    assert "SECRET" not in seen
    assert "is_correct" not in seen


def test_a_graded_quiz_that_can_be_tried_again_keeps_its_key_closed() -> None:
    state = answer(begun(), "q1", "q1o1").state
    over = kind.receive(QUIZ, state, {"hand_in": "1"}, NOON).state
    seen = everything(QUIZ, over)
    assert "SECRET-said-1-1" in seen  # what was said about the own choice
    assert "SECRET-why-1" not in seen
    assert "Pilihan 1-0" not in seen  # the right one
    revealed = kind.reveal(QUIZ, over)["results"][[one.uid for one in over.questions].index("q1")]
    assert revealed.right == ("Pilihan 1-0",)
    assert kind.reveal(QUIZ, state) == {}


def test_practice_shows_its_key_after_the_end() -> None:
    quiz = Quiz(questions=QUIZ.questions, is_graded=False, attempts=None)
    over = kind.receive(quiz, begun(quiz), {"hand_in": "1"}, NOON).state
    assert "SECRET-why-1" in everything(quiz, over)


answers = st.dictionaries(
    st.sampled_from(["q1", "q2", "q3"]),
    st.tuples(st.lists(st.integers(0, 2), unique=True, max_size=3), st.integers(0, 10_000)),
)


@given(answers)
def test_a_score_is_a_percentage_and_no_wrong_answer_earns_anything(given_answers: dict[str, Any]) -> None:
    state = begun()
    right = Decimal(0)
    for uid, (numbers, at) in given_answers.items():
        options = [f"{uid}o{i}" for i in numbers[: 3 if uid == "q2" else 1]]
        state, _news = take(QUIZ, state, {uid: options}, at=at)
        right += set(options) == ({"q2o0", "q2o1"} if uid == "q2" else {f"{uid}o0"})
    assert score(QUIZ, state) == (right * 100 / 3).quantize(Decimal("0.01"))
    assert 0 <= score(QUIZ, state) <= 100


@given(st.permutations([(i, AT + i * 1000) for i in range(5)]))
def test_in_whatever_order_answers_arrive_the_newest_stays(arrivals: list[tuple[int, int]]) -> None:
    quiz = Quiz(questions=(question(1, of=5),))
    state = begun(quiz)
    for number, at in arrivals:
        state = answer(state, "q1", f"q1o{number}", quiz=quiz, at=at, now=NOON + timedelta(minutes=1)).state
    assert state.answers["q1"].options == ("q1o4",)


@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 30))
def test_a_draw_never_repeats_a_question_or_loses_an_option(seed: int, many: int, drawn: int) -> None:
    quiz = Quiz(questions=tuple(question(i) for i in range(many)), draw=drawn)
    state = begun(quiz, seed)
    uids = [one.uid for one in state.questions]
    assert len(set(uids)) == len(uids) == min(many, drawn)
    assert all(sorted(one.options) == [f"{one.uid}o{i}" for i in range(3)] for one in state.questions)


# --- authoring ---


@pytest.fixture
def lesson(db: None) -> Lesson:
    return make.version(lessons=1, kind="quiz", published=False).lessons.get()


def edit(lesson: Lesson, *, do: str = "", **changes: Any) -> Any:
    """Send the editor's form as a browser would: everything that it shows, with these changes."""
    form = kind.author_form(lesson)
    data = QueryDict(mutable=True)
    data.update({"is_graded": "on", "attempts": "3", "is_shuffled": "on", "do": do})
    for row in form.rows:
        uid = row.question.uid
        data.appendlist("question", uid)
        data[f"q-{uid}-type"] = row.question.type
        data[f"q-{uid}-text"] = row.question.text
        data[f"q-{uid}-points"] = row.points
        for option in row.options:
            data.appendlist(f"q-{uid}-option", option.uid)
            data[f"o-{option.uid}-text"] = option.text
            if option.is_correct:
                data.appendlist(f"q-{uid}-right", option.uid)
    for name, value in changes.items():
        data[name] = value
    form = kind.author_form(lesson, data, {})
    if form.is_valid():
        form.save(by=None)
    return form


def texts(lesson: Lesson) -> list[str]:
    return [one.text for one in kind.load(lesson).questions]


def test_questions_are_added_moved_and_removed_without_scripts(lesson: Lesson) -> None:
    edit(lesson, do="add:single")
    edit(lesson, do="add:true_false")
    first, second = kind.load(lesson).questions
    edit(lesson, **{f"q-{first.uid}-text": "Satu?", f"q-{second.uid}-text": "Dua?"})
    assert texts(lesson) == ["Satu?", "Dua?"]
    edit(lesson, do=f"up:{second.uid}")
    assert texts(lesson) == ["Dua?", "Satu?"]
    edit(lesson, do=f"remove:{first.uid}")
    assert texts(lesson) == ["Dua?"]
    assert [one.text for one in kind.load(lesson).questions[0].options] == ["Benar", "Salah"]


def test_saving_twice_is_saving_once(lesson: Lesson) -> None:
    edit(lesson, do="add:single")
    edit(lesson)
    edit(lesson)
    assert QuizQuestion.objects.filter(lesson=lesson).count() == 1


def test_what_is_missing_in_a_draft_stands_against_publishing_not_against_saving(lesson: Lesson) -> None:
    assert kind.problems(kind.load(lesson))
    edit(lesson, do="add:single")
    assert len(kind.problems(kind.load(lesson))) == 3
    row = kind.load(lesson).questions[0]
    one, two = row.options[:2]
    edit(lesson, **{f"q-{row.uid}-text": "Apa?", f"o-{one.uid}-text": "Ya", f"o-{two.uid}-text": "Tidak"})
    edit(lesson, **{f"q-{row.uid}-right": one.uid})
    assert kind.problems(kind.load(lesson)) == []
    assert [option.text for option in kind.load(lesson).questions[0].shown] == ["Ya", "Tidak"]


def test_an_error_is_said_and_nothing_typed_is_lost(lesson: Lesson) -> None:
    edit(lesson, do="add:single")
    row = kind.load(lesson).questions[0]
    form = edit(lesson, **{f"q-{row.uid}-points": "banyak", f"q-{row.uid}-text": "Sudah diketik"})
    assert not form.is_valid()
    assert form.rows[0].errors
    assert form.rows[0].points == "banyak"
    page = render_to_string("quiz/edit.html", {"form": form})
    assert "Sudah diketik" in page
    assert 'value="banyak"' in page


def test_a_graded_quiz_needs_a_number_of_attempts(lesson: Lesson) -> None:
    assert "attempts" in edit(lesson, attempts="").errors


@pytest.mark.django_db
def test_a_published_quiz_never_changes() -> None:
    published = make.version(lessons=1, kind="quiz").lessons.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        QuizContent.objects.filter(lesson=published).update(attempts=9)


def sibling(lesson: Lesson) -> Lesson:
    return Lesson.objects.create(
        version=lesson.version, module=lesson.module, uid=uuid4(), position=99, kind="quiz", title="Lain"
    )


PACKAGE = {
    "graded": True,
    "attempts": 2,
    "shuffle": False,
    "draw": None,
    "minutes": 15,
    "questions": [
        {
            "uid": "3f0e2f64-7a3f-4b86-b0a3-0b1a40e0f001",
            "type": "single",
            "text": "Apa yang **pertama**?",
            "points": "2.50",
            "feedback": "Karena itu.",
            "options": [
                {"uid": "3f0e2f64-7a3f-4b86-b0a3-0b1a40e0f002", "text": "Ini", "correct": True, "feedback": None},
                {"uid": "3f0e2f64-7a3f-4b86-b0a3-0b1a40e0f003", "text": "Itu", "correct": False, "feedback": "Bukan."},
            ],
        }
    ],
}


def test_a_package_carries_a_quiz_there_and_back(lesson: Lesson) -> None:
    twin = sibling(lesson)
    kind.unpack(twin, PACKAGE, {}, by=None)
    assert kind.pack(kind.load(twin)) == (PACKAGE, {})


def test_a_damaged_question_of_a_package_is_named(lesson: Lesson) -> None:
    damaged = {**PACKAGE, "questions": [{**PACKAGE["questions"][0], "type": "essay"}]}  # type: ignore[index]
    with pytest.raises(Refusal, match="1"):
        kind.unpack(sibling(lesson), damaged, {}, by=None)


def test_the_next_version_begins_with_the_same_questions(lesson: Lesson) -> None:
    first, second = sibling(lesson), lesson
    kind.unpack(first, PACKAGE, {}, by=None)
    QuizContent.objects.filter(lesson=second).delete()
    assert kind.copy(kind.load(first), to=second) == kind.load(first)


def test_a_quiz_is_read_in_one_query_whatever_its_size(lesson: Lesson, django_assert_num_queries: Any) -> None:
    for _time in range(6):
        edit(lesson, do="add:single")
    with django_assert_num_queries(1):
        kind.load(lesson)


def test_a_quiz_weighs_the_questions_of_one_attempt_and_never_their_explanations() -> None:
    questions = tuple(question(i) for i in range(40))
    whole, drawn = (kind.weight(Quiz(questions=questions, draw=draw)).page for draw in (None, 10))
    assert drawn == whole // 4
    talkative = tuple(replace(one, feedback="Panjang. " * 500) for one in questions)
    assert kind.weight(Quiz(questions=talkative)).page == whole
    assert kind.weight(Quiz()).total == 0
