"""What a learner sees of a quiz. The key (which option is right, and why) leaves this page only after the attempt is over."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from asn_lms.lib.richtext import render
from courses.lesson_kinds.quiz.attempt import Answer, QuizState, is_right
from courses.lesson_kinds.quiz.content import Quiz

_NOTHING = Answer((), 0)


@dataclass(frozen=True)
class ShownOption:
    uid: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownQuestion:
    """A question while the attempt goes on: no key in it."""

    number: int
    uid: str
    html: str
    text: str
    takes_several: bool
    options: tuple[ShownOption, ...]
    is_answered: bool
    is_marked: bool
    at: int


@dataclass(frozen=True)
class Result:
    """A question after the end. `right` and `why` are empty unless the key may be shown."""

    number: int
    uid: str
    html: str
    is_right: bool
    chosen: tuple[str, ...]
    said: tuple[str, ...]
    has_key: bool = False
    right: tuple[str, ...] = ()
    why: str = field(default="")


def context(quiz: Quiz, state: QuizState | None) -> dict[str, Any]:
    known: dict[str, Any] = {
        "quiz": quiz,
        "asked": quiz.asked,
        "stage": "start" if state is None else "over" if state.is_over else "open",
        "key": state.key if state else "",
    }
    if state is None:
        return known
    if state.is_over:
        # A graded quiz may be tried again, so its key stays closed here; Kind.reveal opens it when nothing can be gained by it.
        shown = results(quiz, state, with_key=not quiz.is_graded)
        return {**known, "results": shown, "score": state.score, "closed_at": state.closed_at}
    shown_questions = questions(quiz, state)
    now = timezone.now()
    return {
        **known,
        "questions": shown_questions,
        "current": state.next_unanswered(),
        "answered": state.answered,
        "marked": len(state.marked),
        "left": len(state.questions) - state.answered,
        "deadline": state.deadline,
        "is_late": state.is_late(now),
        "now": now,
    }


def preview(quiz: Quiz) -> dict[str, Any]:
    """Every question with its key, for those who write and judge the quiz."""
    return {
        **context(quiz, None),
        "stage": "preview",
        "all": [(one, render(one.text), render(one.feedback)) for one in quiz.questions],
    }


def questions(quiz: Quiz, state: QuizState) -> list[ShownQuestion]:
    shown = []
    for number, drawn in enumerate(state.questions, 1):
        question = quiz.by_uid.get(drawn.uid)
        if question is None:
            continue
        texts = {one.uid: one.text for one in question.options}
        answer = state.answers.get(drawn.uid, _NOTHING)
        shown.append(
            ShownQuestion(
                number=number,
                uid=drawn.uid,
                html=render(question.text),
                text=question.text,
                takes_several=question.takes_several,
                options=tuple(
                    ShownOption(uid, texts[uid], uid in answer.options) for uid in drawn.options if uid in texts
                ),
                is_answered=bool(answer.options),
                is_marked=drawn.uid in state.marked,
                at=answer.at,
            )
        )
    return shown


def results(quiz: Quiz, state: QuizState, *, with_key: bool) -> list[Result]:
    """How each question went. What was said about the chosen options is always shown; the key only when it may be."""
    found = []
    for number, drawn in enumerate(state.questions, 1):
        question = quiz.by_uid.get(drawn.uid)
        if question is None:
            continue
        answer = state.answers.get(drawn.uid, _NOTHING)
        went_well = is_right(question, answer.options)
        chosen = [one for one in question.shown if one.uid in answer.options]
        open_key = with_key or went_well
        found.append(
            Result(
                number=number,
                uid=drawn.uid,
                html=render(question.text),
                is_right=went_well,
                chosen=tuple(one.text for one in chosen),
                said=tuple(one.feedback for one in chosen if one.feedback),
                has_key=open_key,
                right=tuple(one.text for one in question.shown if one.is_correct) if open_key else (),
                why=render(question.feedback) if open_key and question.feedback else "",
            )
        )
    return found


def data(quiz: Quiz, state: QuizState | None) -> dict[str, Any]:
    """The same for REST."""
    known: dict[str, Any] = {
        "graded": quiz.is_graded,
        "asked": quiz.asked,
        "minutes": quiz.minutes,
        "attempts": quiz.attempts,
        "stage": "start" if state is None else "over" if state.is_over else "open",
    }
    if state is None:
        return known
    known["go"] = state.key
    if state.is_over:
        known["score"] = _plain(state.score)
        known["results"] = [
            {"question": one.uid, "right": one.is_right, "answer": list(one.chosen), "feedback": list(one.said)}
            | ({"key": list(one.right), "explanation": str(one.why)} if one.has_key else {})
            for one in results(quiz, state, with_key=not quiz.is_graded)
        ]
        return known
    known["deadline"] = state.deadline.isoformat() if state.deadline else None
    known["questions"] = [
        {
            "uid": one.uid,
            "html": str(one.html),
            "several": one.takes_several,
            "options": [{"uid": option.uid, "text": option.text} for option in one.options],
            "answer": [option.uid for option in one.options if option.is_chosen],
            "at": one.at,
            "marked": one.is_marked,
        }
        for one in questions(quiz, state)
    ]
    return known


def _plain(score: Decimal | None) -> str | None:
    return None if score is None else f"{score:.2f}"
