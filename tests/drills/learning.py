"""Learners at a site whose parts are killed: they press twice, try again until they are answered, and note what they were told."""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests.drills.class_of import Learner

PAUSE = 0.3  # seconds before the next try
AT_ONCE = 6
TOKEN = "t" * 32  # the CSRF cookie and its echo
COOKIE = "sessionid"


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
    requests: int = 0
    tries_again: int = 0
    lock: Lock = field(default_factory=Lock)


@dataclass
class School:
    """All learners at one site. `over` ends them early."""

    site: str
    told: Told = field(default_factory=Told)
    over: Event = field(default_factory=Event)

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
        """The same request until it is acknowledged, whatever is dead meanwhile. What is refused is noted as strange."""
        while not self.over.is_set():
            status, answer = self._ask(learner, method, path, body, key, by_rest=by_rest)
            if 200 <= status < 400:
                return answer
            if 400 <= status < 500:
                self._note(f"person {learner.pk}: {method} {path} → {status} {answer[:200]!r}")
                return b""
            with self.told.lock:
                self.told.tries_again += 1
            time.sleep(PAUSE)
        return b""

    def _ask(
        self, learner: Learner, method: str, path: str, body: Mapping[str, str] | None, key: str, *, by_rest: bool
    ) -> tuple[int, bytes]:
        """Status and body; status 0 when nobody answered."""
        headers = {"Cookie": f"{COOKIE}={learner.session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        headers |= {"Idempotency-Key": key} if key else {}
        sent = None
        if body is not None:
            sent = json.dumps(body) if by_rest else urlencode(body)
            headers["Content-Type"] = "application/json" if by_rest else "application/x-www-form-urlencoded"
        line = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=30)
        with self.told.lock:
            self.told.requests += 1
        try:
            line.request(method, path, sent, headers)
            answer = line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            line.close()
        where = answer.headers.get("Location", "")
        if "/accounts/login" in where:
            self._note(f"person {learner.pk} was signed out at {path}")
        return answer.status, content

    def _note(self, sentence: Any) -> None:
        with self.told.lock:
            self.told.strange.append(str(sentence))
