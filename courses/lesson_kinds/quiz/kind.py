"""Quiz: questions drawn for each attempt, answers saved one by one, marked by the server."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.lesson_kinds import Kind, Outcome, Unreadable, Weight, travelling
from courses.lesson_kinds.quiz import attempt, packing, screens
from courses.lesson_kinds.quiz.attempt import QuizState
from courses.lesson_kinds.quiz.content import Quiz, read_quiz, read_quizzes, write_questions
from courses.lesson_kinds.quiz.inputs import read_answers, read_marks, read_moment
from courses.lesson_kinds.quiz.models import QuizContent
from courses.lesson_kinds.quiz.weaknesses import weaknesses
from courses.structure.models import Lesson


class QuizKind(Kind):
    name = "quiz"
    label = gettext_lazy("Quiz")
    icon = "quiz"
    learn_template = "quiz/learn.html"
    edit_template = "quiz/edit.html"

    def open(self, content: Quiz, *, rng: Random, now: datetime) -> QuizState:
        return attempt.draw(content, rng=rng, now=now)

    def receive(self, content: Quiz, state: QuizState, data: Mapping[str, Any], now: datetime) -> Outcome:
        """Answers, marks for later, and the end. `answer` maps question to options; `at` says when it was given.

        When time is up, what arrives is no longer taken: the attempt closes with what was saved in time.
        """
        if state.is_over:
            raise Unreadable(_("This attempt has been handed in, so its answers can no longer be changed."))
        if data.get("go") not in {None, "", state.key}:
            raise Unreadable(_("These answers belong to another attempt. Reload the page."))
        if state.is_late(now):
            return self._close(content, state, {}, now)
        answers, marks = read_answers(data), read_marks(data)
        if not (answers or marks or data.get("hand_in") or data.get("begin") or data.get("save")):
            raise Unreadable(_("A quiz takes answers: {“answer”: {question: [options]}}, or hand_in=1."))
        state, news = attempt.take(content, state, answers, at=read_moment(data, now))
        drawn = {one.uid for one in state.questions}
        on, off = ({uid for uid, is_on in marks.items() if is_on is wanted} & drawn for wanted in (True, False))
        state = replace(state, marked=(state.marked | on) - off)
        if data.get("hand_in"):
            return self._close(content, state, news, now)
        return Outcome(state, items=news)

    def _close(self, content: Quiz, state: QuizState, news: Mapping[str, Any], now: datetime) -> Outcome:
        closed = attempt.close(content, state, now)
        return Outcome(closed, finished=True, is_over=True, score=closed.score, items=news)

    def learn_context(self, content: Quiz, state: QuizState | None) -> dict[str, Any]:
        return screens.context(content, state)

    def preview_context(self, content: Quiz) -> dict[str, Any]:
        return screens.preview(content)

    def reveal(self, content: Quiz, state: QuizState | None) -> dict[str, Any]:
        return {"results": screens.results(content, state, with_key=True)} if state and state.is_over else {}

    def learn_data(self, content: Quiz, state: QuizState | None) -> dict[str, Any]:
        return screens.data(content, state)

    def state_to_json(self, state: QuizState) -> dict[str, Any]:
        return attempt.to_json(state)

    def state_from_json(self, data: Mapping[str, Any]) -> QuizState:
        return attempt.from_json(data)

    def is_graded(self, content: Quiz) -> bool:
        return content.is_graded

    def gives_score(self, content: Quiz) -> bool:
        return True

    def attempts_allowed(self, content: Quiz) -> int | None:
        return content.attempts

    def deadline(self, content: Quiz, state: QuizState | None) -> datetime | None:
        return state.deadline if state and not state.is_over else None

    def place(self, content: Quiz, state: QuizState | None) -> str:
        if state is None or state.is_over:
            return ""
        return _("question %(number)s of %(all)s") % {"number": state.next_unanswered(), "all": len(state.questions)}

    def walk_through(
        self, content: Quiz, state: QuizState, *, rng: Random, skill: float, text: str = ""
    ) -> Iterator[Mapping[str, Any]]:
        for drawn in state.questions:
            question = content.by_uid[drawn.uid]
            wrong = [one.uid for one in question.shown if not one.is_correct]
            knows = rng.random() < skill or not wrong
            yield {"answer": {drawn.uid: sorted(question.right) if knows else [rng.choice(wrong)]}}
        yield {"hand_in": "1"}

    def load(self, lesson: Lesson) -> Quiz:
        return read_quiz(lesson)

    def load_many(self, lessons: Sequence[Lesson]) -> dict[int, Quiz]:
        return read_quizzes(lessons)

    def create(self, lesson: Lesson) -> Quiz:
        QuizContent.objects.create(lesson=lesson)
        return read_quiz(lesson)

    def copy(self, content: Quiz, *, to: Lesson) -> Quiz:
        QuizContent.objects.create(
            lesson=to,
            is_graded=content.is_graded,
            attempts=content.attempts,
            is_shuffled=content.is_shuffled,
            draw=content.draw,
            minutes=content.minutes,
        )
        write_questions(to, content.questions)
        return read_quiz(to)

    def author_form(self, lesson: Lesson, data: Any = None, files: Any = None) -> Any:
        from courses.lesson_kinds.quiz.forms import QuizForm

        return QuizForm(lesson, self.load(lesson), data)

    def problems(self, content: Quiz) -> list[str]:
        return weaknesses(content)

    def weight(self, content: Quiz) -> Weight:
        """The questions of one attempt: of a larger bank, as many as are drawn, each of middling length."""
        texts = [part for one in content.questions for part in (one.text, *(option.text for option in one.shown))]
        return Weight(page=travelling("\n".join(texts)) * content.asked // max(len(content.questions), 1))

    def pack(self, content: Quiz) -> tuple[dict[str, Any], dict[str, IO[bytes]]]:
        return packing.pack(content), {}

    def unpack(self, lesson: Lesson, values: Mapping[str, Any], files: Mapping[str, Path], *, by: Any) -> Quiz:
        return packing.unpack(lesson, values)


kind = QuizKind()
