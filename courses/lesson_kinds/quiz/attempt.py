"""One attempt at a quiz: what was drawn, what was answered, and what it is worth. Knows no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from django.utils.translation import gettext as _

from courses.lesson_kinds import Unreadable
from courses.lesson_kinds.quiz.content import Question, Quiz

# Answers that were on their way when time was up are still taken; promise R11 allows a minute.
GRACE = timedelta(seconds=20)


@dataclass(frozen=True)
class Drawn:
    """A question of this attempt, and the order in which it shows its options."""

    uid: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """The options that were chosen, and when, in milliseconds since 1970 by the clock of the server."""

    options: tuple[str, ...]
    at: int


@dataclass(frozen=True)
class QuizState:
    """`key` names the attempt, so that an answer that a device kept can never fall into another one."""

    key: str
    questions: tuple[Drawn, ...]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()
    opened_at: datetime | None = None
    deadline: datetime | None = None
    closed_at: datetime | None = None
    score: Decimal | None = None

    @property
    def is_over(self) -> bool:
        return self.closed_at is not None

    def is_late(self, now: datetime) -> bool:
        """Whether time, and the grace for answers on their way, has run out."""
        return self.deadline is not None and now > self.deadline + GRACE

    @property
    def answered(self) -> int:
        return sum(1 for one in self.questions if self.answers.get(one.uid, Answer((), 0)).options)

    def next_unanswered(self) -> int:
        """Number (from 1) of the first question without an answer, or of the last question."""
        for number, one in enumerate(self.questions, 1):
            if not self.answers.get(one.uid, Answer((), 0)).options:
                return number
        return len(self.questions)


def draw(quiz: Quiz, *, rng: Random, now: datetime) -> QuizState:
    """Choose and freeze the questions, their order and that of their options. True and false keep theirs."""
    chosen = list(quiz.questions)
    if quiz.draw and quiz.draw < len(chosen):
        kept = set(rng.sample(range(len(chosen)), quiz.draw))
        chosen = [one for number, one in enumerate(chosen) if number in kept]
    if quiz.is_shuffled:
        rng.shuffle(chosen)
    return QuizState(
        key=f"{rng.getrandbits(64):016x}",
        questions=tuple(Drawn(one.uid, _order(one, quiz, rng)) for one in chosen),
        opened_at=now,
        deadline=now + timedelta(minutes=quiz.minutes) if quiz.minutes else None,
    )


def _order(question: Question, quiz: Quiz, rng: Random) -> tuple[str, ...]:
    uids = [one.uid for one in question.shown]
    if quiz.is_shuffled and question.type != "true_false":
        rng.shuffle(uids)
    return tuple(uids)


def take(
    quiz: Quiz, state: QuizState, answers: Mapping[str, Iterable[str]], *, at: int
) -> tuple[QuizState, dict[str, list[str]]]:
    """The state with these answers, and those of them that were news. One older than what is kept changes nothing.

    Raises Unreadable for a question or option that this attempt did not draw, or two options where one is asked for.
    """
    kept, news = dict(state.answers), {}
    drawn = {one.uid: one for one in state.questions}
    for uid, chosen in answers.items():
        if uid not in drawn or uid not in quiz.by_uid:
            raise Unreadable(_("This question does not belong to this attempt. Reload the page."))
        options = tuple(one for one in drawn[uid].options if one in set(chosen))
        if len(options) != len(set(chosen)):
            raise Unreadable(_("This option does not belong to the question. Reload the page."))
        if len(options) > 1 and not quiz.by_uid[uid].takes_several:
            raise Unreadable(_("Choose one option only."))
        before = kept.get(uid)
        if before is not None and before.at > at:
            continue
        kept[uid] = Answer(options, at)
        if before is None or before.options != options:
            news[uid] = list(options)
    return replace(state, answers=kept), news


def is_right(question: Question, options: Iterable[str]) -> bool:
    """All right options and no other: there is no part of a point."""
    return bool(question.right) and frozenset(options) == question.right


def score(quiz: Quiz, state: QuizState) -> Decimal:
    """Points of the right answers in hundredths of all points that were drawn: 0.00–100.00, halves up."""
    drawn = [quiz.by_uid[one.uid] for one in state.questions if one.uid in quiz.by_uid]
    whole = sum((one.points for one in drawn), Decimal(0))
    if not whole:
        return Decimal("0.00")
    nothing = Answer((), 0)
    won = sum((one.points for one in drawn if is_right(one, state.answers.get(one.uid, nothing).options)), Decimal(0))
    return (won * 100 / whole).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def close(quiz: Quiz, state: QuizState, now: datetime) -> QuizState:
    return replace(state, closed_at=now, score=score(quiz, state))


def to_json(state: QuizState) -> dict[str, Any]:
    def moment(value: datetime | None) -> str | None:
        return value.isoformat() if value else None

    return {
        "key": state.key,
        "questions": [[one.uid, list(one.options)] for one in state.questions],
        "answers": {uid: [list(one.options), one.at] for uid, one in state.answers.items()},
        "marked": sorted(state.marked),
        "opened_at": moment(state.opened_at),
        "deadline": moment(state.deadline),
        "closed_at": moment(state.closed_at),
        "score": None if state.score is None else str(state.score),
    }


def from_json(data: Mapping[str, Any]) -> QuizState:
    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(data[name]) if data.get(name) else None

    return QuizState(
        key=str(data.get("key", "")),
        questions=tuple(Drawn(uid, tuple(options)) for uid, options in data.get("questions", [])),
        answers={uid: Answer(tuple(options), int(at)) for uid, (options, at) in data.get("answers", {}).items()},
        marked=frozenset(data.get("marked", [])),
        opened_at=moment("opened_at"),
        deadline=moment("deadline"),
        closed_at=moment("closed_at"),
        score=None if data.get("score") is None else Decimal(data["score"]),
    )
