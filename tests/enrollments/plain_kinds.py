"""Two lesson kinds for tests: the smallest that finishes, and the smallest that is graded. They have no tables."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from courses.lesson_kinds import Kind, Outcome, Unreadable, Weight


@dataclass(frozen=True)
class Page:
    is_done: bool = False
    at: str = ""


@dataclass(frozen=True)
class Exam:
    answers: Mapping[str, str]
    drawn: int = 0
    begun: str = ""


class WithoutTables(Kind):
    """Content is the lesson itself."""

    edit_template = "none.html"

    def load(self, lesson: Any) -> Any:
        return lesson

    def create(self, lesson: Any) -> Any:
        return lesson

    def copy(self, content: Any, *, to: Any) -> Any:
        return to

    def author_form(self, lesson: Any, data: Any = None, files: Any = None) -> Any:
        raise NotImplementedError

    def problems(self, content: Any) -> list[str]:
        return []

    def weight(self, content: Any) -> Weight:
        return Weight()

    def pack(self, content: Any) -> Any:
        raise NotImplementedError

    def unpack(self, lesson: Any, values: Any, files: Any, *, by: Any) -> Any:
        raise NotImplementedError

    def learn_context(self, content: Any, state: Any) -> dict[str, Any]:
        return {"state": state}

    def learn_data(self, content: Any, state: Any) -> dict[str, Any]:
        return {} if state is None else self.state_to_json(state)

    def state_to_json(self, state: Any) -> dict[str, Any]:
        return asdict(state)


class PlainKind(WithoutTables):
    """Read, and say that you have."""

    name = "plain"
    label = "Plain"
    icon = "document"
    learn_template = "plain/learn.html"

    def open(self, content: Any, *, rng: Random, now: datetime) -> Page:
        return Page()

    def receive(self, content: Any, state: Page, data: Mapping[str, Any], now: datetime) -> Outcome:
        if "at" in data:
            return Outcome(replace(state, at=str(data["at"])))
        if data.get("done") != "1":
            raise Unreadable("Say that it is done.")
        return Outcome(replace(state, is_done=True), finished=True)

    def state_from_json(self, data: Mapping[str, Any]) -> Page:
        return Page(**data)

    def place(self, content: Any, state: Page) -> str:
        return state.at


class ExamKind(WithoutTables):
    """Three attempts; handing in says the score that it earns."""

    name = "exam"
    label = "Exam"
    icon = "quiz"
    learn_template = "exam/learn.html"

    def open(self, content: Any, *, rng: Random, now: datetime) -> Exam:
        return Exam(answers={}, drawn=rng.randint(1, 9))

    def receive(self, content: Any, state: Exam, data: Mapping[str, Any], now: datetime) -> Outcome:
        if "hand_in" in data:
            return Outcome(
                state, finished=True, is_over=True, score=Decimal(str(data["hand_in"])).quantize(Decimal("0.01"))
            )
        if "question" not in data:
            raise Unreadable("Which question?")
        answers = {**state.answers, data["question"]: data["answer"]}
        return Outcome(replace(state, answers=answers), items={data["question"]: data["answer"]})

    def state_from_json(self, data: Mapping[str, Any]) -> Exam:
        return Exam(**data)

    def is_graded(self, content: Any) -> bool:
        return True

    def attempts_allowed(self, content: Any) -> int | None:
        return 3


class TimedKind(ExamKind):
    """Ten minutes, then it is over."""

    name = "timed"

    def deadline(self, content: Any, state: Exam) -> datetime | None:
        return datetime.fromisoformat(state.begun) + timedelta(minutes=10)

    def open(self, content: Any, *, rng: Random, now: datetime) -> Exam:
        return Exam(answers={}, begun=now.isoformat())
