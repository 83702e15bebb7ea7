"""Lesson kinds: the contract, and the discovery of the folders beside this page.

A kind is one sort of lesson, in one folder: `kind.py models.py forms.py templates/<kind>/ static/ tests.py`. Each `kind.py` names
its object `kind`. To add a kind nobody edits any other file. A kind is asked, it never calls: it does not know who is studying.
"""

from __future__ import annotations

import importlib
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from courses.structure.models import Lesson


@dataclass(frozen=True)
class Outcome:
    """What one input did.

    `finished`: the lesson has been done (it stays done, whatever comes later). `is_over`: this attempt takes no more input.
    `score`: 0–100 with two decimals, only when this input closed a scored attempt. `items`: the answers that this input carried,
    by the key of the question; each becomes a row.
    """

    state: Any
    finished: bool = False
    is_over: bool = False
    score: Decimal | None = None
    items: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Weight:
    """Bytes that a learner's phone loads for one lesson, beside the frame that every page has.

    `page` comes with the lesson itself: text as it travels, and pictures. `medium` comes only when it is asked for: a film, a PDF.
    `light`: the same medium in its light version, 0 where it has none.
    """

    page: int = 0
    medium: int = 0
    light: int = 0

    @property
    def total(self) -> int:
        return self.page + self.medium


def travelling(text: str) -> int:
    """Bytes of a text on the wire, compressed as pages are."""
    return len(zlib.compress(text.encode())) if text else 0


class Unreadable(ValueError):
    """The input of a lesson makes no sense; the sentence says what was expected. Nothing was changed."""


class Kind(ABC):
    """One sort of lesson. All methods are pure unless they say that they write.

    `learn_template` is included in the lesson page, with `learn_context` and: `enrollment`, `lesson`, `attempt` (or None), `input_url`
    (where its forms post; `begin=1` begins an attempt), `may_begin`, `attempts_left` (None: no limit), `pass_mark` of the version,
    and `preview` (an author looks at it: nothing can be posted).
    """

    name: str
    label: str | Promise
    icon: str
    # Whether a trainer reads what was handed in and may comment on it; nothing waits for the comment.
    needs_marking: bool = False
    learn_template: str
    edit_template: str

    # --- learning: no database, so it is tested without one ---

    @abstractmethod
    def open(self, content: Any, *, rng: Random, now: datetime) -> Any:
        """The state that a fresh attempt starts from: a frozen dataclass."""

    @abstractmethod
    def receive(self, content: Any, state: Any, data: Mapping[str, Any], now: datetime) -> Outcome:
        """What this input does to the state. `data` is a form's or a JSON object's fields. Raises Unreadable."""

    @abstractmethod
    def learn_context(self, content: Any, state: Any) -> dict[str, Any]:
        """What `learn_template` needs; `state` is None before the first attempt. Never leaks a right answer."""

    @abstractmethod
    def learn_data(self, content: Any, state: Any) -> dict[str, Any]:
        """The same for REST: plain JSON values."""

    @abstractmethod
    def state_to_json(self, state: Any) -> dict[str, Any]: ...

    @abstractmethod
    def state_from_json(self, data: Mapping[str, Any]) -> Any: ...

    def preview_context(self, content: Any) -> dict[str, Any]:
        """What `learn_template` needs for authors and reviewers, who may see everything; nothing can be posted."""
        return self.learn_context(content, None)

    def reveal(self, content: Any, state: Any) -> dict[str, Any]:
        """More for `learn_template`, for whoever can gain nothing by it any more: the right answers, once no attempt is left."""
        return {}

    def deadline(self, content: Any, state: Any) -> datetime | None:
        """When an attempt that goes on runs out of time. After that any input closes it with what was saved in time."""
        return None

    def is_graded(self, content: Any) -> bool:
        """Whether the best score must reach the version's pass mark before the course is complete."""
        return False

    def gives_score(self, content: Any) -> bool:
        """Whether handing it in gives a score, counted or not: what a pre-test and a post-test need."""
        return self.is_graded(content)

    def attempts_allowed(self, content: Any) -> int | None:
        """How many attempts a learner has; None: one attempt that goes on for ever."""
        return None

    def place(self, content: Any, state: Any) -> str:
        """Where the learner stands, for the button that continues: "04.12", "page 3", "question 4 of 10", or nothing."""
        return ""

    def walk_through(
        self, content: Any, state: Any, *, rng: Random, skill: float, text: str = ""
    ) -> Iterator[Mapping[str, Any]]:
        """The inputs by which a learner finishes this lesson, from a fresh state: for demo data, load tests and journeys.

        `skill` is the chance, 0–1, of knowing a right answer; `text` is what they write where something is to be written.
        """
        yield {"done": "1"}

    # --- authoring ---

    @abstractmethod
    def load(self, lesson: Lesson) -> Any:
        """Read the content with all that the methods above need, in a constant number of queries."""

    def load_many(self, lessons: Sequence[Lesson]) -> dict[int, Any]:
        """The contents of many lessons of this kind, by the lesson's id; a kind answers it in a constant number of queries.
        A lesson without content is left out.
        """
        return {lesson.pk: self.load(lesson) for lesson in lessons}

    @abstractmethod
    def create(self, lesson: Lesson) -> Any:
        """Write the empty content of a new lesson."""

    @abstractmethod
    def copy(self, content: Any, *, to: Lesson) -> Any:
        """Write the content of the same lesson in the next version."""

    @abstractmethod
    def author_form(self, lesson: Lesson, data: Any = None, files: Any = None) -> Any:
        """The editor: an object with `is_valid()`, `save(by=user)` and what `edit_template` prints."""

    @abstractmethod
    def problems(self, content: Any) -> list[str]:
        """Sentences that stand against publishing."""

    @abstractmethod
    def weight(self, content: Any) -> Weight:
        """What a learner's phone loads for it, by what is stored; asks the database nothing."""

    @abstractmethod
    def pack(self, content: Any) -> tuple[dict[str, Any], dict[str, IO[bytes]]]:
        """The content for a course package: plain values, and files by name."""

    @abstractmethod
    def unpack(self, lesson: Lesson, values: Mapping[str, Any], files: Mapping[str, Path], *, by: Any) -> Any:
        """Write the content that a package carries. `files` are those of this lesson, by name. Raises Refusal."""


class Kinds:
    """The kinds whose folders stand beside this page."""

    def __init__(self) -> None:
        self._found: dict[str, Kind] | None = None

    def names(self) -> list[str]:
        return sorted(p.parent.name for p in Path(__file__).parent.glob("*/kind.py"))

    def load_models(self) -> None:
        """Import every kind's tables; Django's model registry wants them while it starts."""
        for name in self.names():
            importlib.import_module(f"{__name__}.{name}.models")

    def _all(self) -> dict[str, Kind]:
        if self._found is None:
            self._found = {name: importlib.import_module(f"{__name__}.{name}.kind").kind for name in self.names()}
        return self._found

    def __getitem__(self, name: str) -> Kind:
        return self._all()[name]

    def load_many(self, lessons: Iterable[Lesson]) -> dict[int, Any]:
        """The contents of lessons of any kinds, by the lesson's id: a constant number of queries for each kind that occurs."""
        by_kind: dict[str, list[Lesson]] = {}
        for lesson in lessons:
            by_kind.setdefault(lesson.kind, []).append(lesson)
        contents: dict[int, Any] = {}
        for name, group in by_kind.items():
            contents |= self[name].load_many(group)
        return contents

    def __contains__(self, name: object) -> bool:
        return name in self._all()

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._all().values())


kinds = Kinds()
