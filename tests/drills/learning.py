"""Learners at a site whose parts are killed: they press twice, try again until they are answered, and note what they were told."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import uuid4

from tests.drills.asking import Asker
from tests.drills.class_of import Learner

AT_ONCE = 6


@dataclass(frozen=True)
class Press:
    """One way of pressing the last button: by the form or by REST, with one key, with two, or with none."""

    name: str
    by_rest: bool
    two_keys: Callable[[], tuple[str, str]]


def _one() -> tuple[str, str]:
    key = uuid4().hex
    return key, key


def _two() -> tuple[str, str]:
    return uuid4().hex, uuid4().hex


def _none() -> tuple[str, str]:
    return "", ""


PRESSES = [
    Press("form, one key", False, _one),
    Press("form, two keys", False, _two),
    Press("form, no key", False, _none),
    Press("REST, one key", True, _one),
    Press("REST, no key", True, _none),
]


@dataclass
class Told:
    """The outside's own book: what was acknowledged (a 2xx, or the redirect of a form), to whom, and what could not be understood."""

    finished: dict[int, int] = field(default_factory=dict)  # place → person
    confirmed: dict[int, int] = field(default_factory=dict)  # place → person
    numbers: dict[int, str] = field(default_factory=dict)  # place → number of its certificate
    strange: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


@dataclass
class School:
    """All learners at one site; the asker's `over` ends them early."""

    asker: Asker
    told: Told = field(default_factory=Told)

    def learn(self, learners: list[Learner], *, confirms: Callable[[Learner], bool]) -> None:
        """Each finishes the course, pressing twice at once; some then say that their name is right, twice as well."""
        with ThreadPoolExecutor(AT_ONCE) as people, ThreadPoolExecutor(2 * AT_ONCE) as fingers:
            for done in [people.submit(self._one, learner, fingers, confirms(learner)) for learner in learners]:
                done.result()

    def _one(self, learner: Learner, fingers: ThreadPoolExecutor, confirms: bool) -> None:
        press = PRESSES[learner.number % len(PRESSES)]
        if press.by_rest:
            path = f"/api/v1/enrollments/{learner.place}/lessons/{learner.lesson}/input"
        else:
            path = f"/learn/{learner.place}/{learner.lesson}/"
        self._twice(learner, path, {"done": "1"}, press, fingers)
        with self.told.lock:
            self.told.finished[learner.place] = learner.pk
        found = self._until_answered(learner, "GET", "/api/v1/certificates")
        mine = json.loads(found or b"{}").get("items", [])
        if len(mine) != 1:
            self._note(f"person {learner.pk} has {len(mine)} certificates after finishing")
            return
        with self.told.lock:
            self.told.numbers[learner.place] = mine[0]["number"]
        if confirms:
            self._twice(
                learner, f"/certificates/{mine[0]['id']}/name/confirm/", {}, PRESSES[learner.number % 3], fingers
            )
            with self.told.lock:
                self.told.confirmed[learner.place] = learner.pk

    def _twice(
        self, learner: Learner, path: str, body: Mapping[str, str], press: Press, fingers: ThreadPoolExecutor
    ) -> None:
        both = [
            fingers.submit(self._until_answered, learner, "POST", path, body, key, by_rest=press.by_rest)
            for key in press.two_keys()
        ]
        for one in both:
            one.result()

    def _until_answered(
        self,
        learner: Learner,
        method: str,
        path: str,
        body: Mapping[str, str] | None = None,
        key: str = "",
        *,
        by_rest: bool = False,
    ) -> bytes:
        """What was answered in the end. What is refused is noted as strange."""
        answer = self.asker.until_answered(learner.session, method, path, body, key, by_rest=by_rest)
        if answer.is_signed_out:
            self._note(f"person {learner.pk} was signed out at {path}")
        if 200 <= answer.status < 400:
            return answer.content
        if 400 <= answer.status < 500:
            self._note(f"person {learner.pk}: {method} {path} → {answer.status} {answer.content[:200]!r}")
        return b""

    def _note(self, sentence: Any) -> None:
        with self.told.lock:
            self.told.strange.append(str(sentence))
