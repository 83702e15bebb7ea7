"""Clients that do whatever comes to their mind, at a site whose parts are killed, and write down what they were told."""

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Event, Lock, Thread
from typing import Any
from uuid import uuid4

import django

from tests.drills.asking import Answer, Asker
from tests.drills.crowd_of import Crowd, Person

LONGEST = 120.0  # seconds after which a request that nobody answers is a finding
OFFICE = 0.25  # share of what officers do
FIRST_MOVE = date(2025, 1, 2)
# No act here may be answered so: it means that the drill asks nonsense.
NONSENSE = (400, 403, 405)
_ABSENCE = re.compile(r'href="/office/absences/(\d+)/"')


@dataclass
class Book:
    """The outside's own book: what was acknowledged."""

    places: dict[int, tuple[int, str]] = field(default_factory=dict)  # place → person, course
    left: set[int] = field(default_factory=set)  # places
    confirmed: set[int] = field(default_factory=set)  # certificates
    revoked: set[int] = field(default_factory=set)  # certificates
    moves: dict[int, dict[date, int]] = field(default_factory=lambda: defaultdict(dict))  # person → first day → unit
    absences: Counter[int] = field(default_factory=Counter)  # person → how many were written down
    taken_back: dict[int, int] = field(default_factory=dict)  # absence → person


@dataclass
class Told:
    """The book, how often each act was kept or refused, and what could not be understood."""

    book: Book = field(default_factory=Book)
    acts: Counter[str] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


@dataclass
class Mob:
    """So many clients at once until `over`. Each takes one person at a time, by a seed of its own, and ends what it began."""

    asker: Asker
    crowd: Crowd
    seed: int
    told: Told = field(default_factory=Told)
    over: Event = field(default_factory=Event)

    def start(self, clients: int) -> list[Thread]:
        threads = [Thread(target=self._client, args=(number,), daemon=True) for number in range(clients)]
        for thread in threads:
            thread.start()
        return threads

    def _client(self, number: int) -> None:
        chance = random.Random(self.seed * 1000 + number)
        learns: list[Callable[[Person, random.Random], None]] = [
            self._learns,
            self._joins,
            self._leaves,
            self._confirms,
        ]
        offices = [self._enrols, self._moves, self._revokes, self._writes_down, self._takes_back, self._regroups]
        while not self.over.is_set():
            is_office = chance.random() < OFFICE
            person = chance.choice(self.crowd.officers if is_office else self.crowd.learners)
            act = chance.choice(offices) if is_office else chance.choices(learns, [7, 4, 1, 1])[0]
            act(person, chance)

    # --- what learners do ---

    def _joins(self, person: Person, chance: random.Random) -> None:
        at = chance.randrange(len(self.crowd.courses))
        code = self.crowd.courses[at]
        wanted = {"course": code} if chance.random() < 0.5 else {"cohort": self.crowd.cohorts[at]}
        self._takes_a_place("join", person, person, wanted, code)

    def _takes_a_place(self, name: str, by: Person, learner: Person, wanted: Mapping[str, Any], code: str) -> None:
        answer, is_kept = self._does(name, by, "/api/v1/enrollments", wanted, by_rest=True)
        if is_kept:
            with self.told.lock:
                self.told.book.places[json.loads(answer.content)["id"]] = (learner.pk, code)

    def _learns(self, person: Person, chance: random.Random) -> None:
        place = self._place_of(person, chance)
        if place is None:
            return
        path = f"/api/v1/enrollments/{place}"
        lesson = chance.choice(self._reads(person, path).get("lessons") or [None])
        if lesson is None:
            return
        at = f"{path}/lessons/{lesson['uid']}"
        if lesson["kind"] != "quiz":
            self._does("read", person, f"{at}/input", {"done": "1"}, by_rest=True)
            return
        state = self._reads(person, at).get("state", {})
        if state.get("stage") != "open":
            self._does("begin", person, f"{at}/input", {"begin": True}, by_rest=True)
            return
        answers = {one["uid"]: [chance.choice(one["options"])["uid"]] for one in state["questions"]}
        given = {"answer": answers} | ({"hand_in": "1"} if chance.random() < 0.5 else {})
        self._does("answer", person, f"{at}/input", given, by_rest=True)

    def _leaves(self, person: Person, chance: random.Random) -> None:
        place = self._place_of(person, chance)
        if place is not None and self._does("leave", person, f"/learn/{place}/withdraw/", {"reason": "Dinas luar."})[1]:
            with self.told.lock:
                self.told.book.left.add(place)

    def _confirms(self, person: Person, chance: random.Random) -> None:
        paper = self._certificate_of(person, chance)
        if paper is not None and self._does("confirm", person, f"/certificates/{paper}/name/confirm/", {})[1]:
            with self.told.lock:
                self.told.book.confirmed.add(paper)

    def _place_of(self, person: Person, chance: random.Random) -> int | None:
        places = self._reads(person, "/api/v1/enrollments").get("items", [])
        return chance.choice([int(one["id"]) for one in places if one["status"] == "active"] or [None])

    def _certificate_of(self, person: Person, chance: random.Random) -> int | None:
        papers = self._reads(person, "/api/v1/certificates").get("items", [])
        return chance.choice([int(one["id"]) for one in papers] or [None])

    # --- what officers do ---

    def _enrols(self, officer: Person, chance: random.Random) -> None:
        learner, at = chance.choice(self.crowd.learners), chance.randrange(len(self.crowd.courses))
        wanted = {"cohort": self.crowd.cohorts[at], "nip": learner.nip}
        self._takes_a_place("enrol", officer, learner, wanted, self.crowd.courses[at])

    def _moves(self, officer: Person, chance: random.Random) -> None:
        """Each move of a person that is tried begins a day after the one before."""
        learner, unit = chance.choice(self.crowd.learners), chance.choice(self.crowd.units)
        day = FIRST_MOVE + timedelta(days=next(learner.moves))
        body = {"agency": unit.code, "post": f"Analis {day:%j}", "employment": "pns", "rank": "", "from_on": str(day)}
        if self._does("move", officer, f"/office/people/{learner.pk}/transfer/", body)[1]:
            with self.told.lock:
                self.told.book.moves[learner.pk][day] = unit.pk

    def _revokes(self, officer: Person, chance: random.Random) -> None:
        paper = self._certificate_of(chance.choice(self.crowd.learners), chance)
        if paper is None:
            return
        then = chance.choice([{"then": "reissue"}, {"then": "end"}, {"then": "end", "takes_jp": "on"}])
        if self._does("revoke", officer, f"/office/certificates/{paper}/revoke/", {"reason": "Keliru.", **then})[1]:
            with self.told.lock:
                self.told.book.revoked.add(paper)

    def _writes_down(self, officer: Person, chance: random.Random) -> None:
        learner = chance.choice(self.crowd.learners)
        first = date(2025, 1, 1) + timedelta(days=chance.randrange(700))
        last = first + timedelta(days=chance.randrange(20, 300))
        body = {"kind": chance.choice(["sakit", "tugas_belajar"]), "from_on": str(first), "until_on": str(last)}
        if self._does("absence", officer, f"/office/people/{learner.pk}/absences/new/", body)[1]:
            with self.told.lock:
                self.told.book.absences[learner.pk] += 1

    def _takes_back(self, officer: Person, chance: random.Random) -> None:
        learner = chance.choice(self.crowd.learners)
        page = self._until_answered("look", officer, "GET", f"/office/people/{learner.pk}/").content.decode()
        absence = chance.choice([int(found) for found in _ABSENCE.findall(page)] or [None])
        if absence is not None and self._does("take_back", officer, f"/office/absences/{absence}/remove/", {})[1]:
            with self.told.lock:
                self.told.book.taken_back[absence] = learner.pk

    def _regroups(self, officer: Person, chance: random.Random) -> None:
        unit, parent = chance.choice(self.crowd.units), chance.choice([self.crowd.city, *self.crowd.units])
        self._does("regroup", officer, f"/office/agencies/{unit.pk}/move/", {"parent": parent.code})

    # --- asking ---

    def _reads(self, person: Person, path: str) -> dict[str, Any]:
        answer = self._until_answered("look", person, "GET", path)
        return dict(json.loads(answer.content)) if answer.status == 200 else {}

    def _does(
        self, name: str, person: Person, path: str, body: Mapping[str, Any], *, by_rest: bool = False
    ) -> tuple[Answer, bool]:
        """The answer, and whether it acknowledges: by REST a 2xx; of a form a redirect, but not home, where a refusal leads who came from
        no page of ours.
        """
        answer = self._until_answered(name, person, "POST", path, body, uuid4().hex, by_rest=by_rest)
        is_kept = 200 <= answer.status < 300 if by_rest else 300 <= answer.status < 400 and answer.leads_to != "/"
        with self.told.lock:
            self.told.acts[f"{name}_{'kept' if is_kept else 'refused'}"] += 1
            if answer.status in NONSENSE:
                self.told.strange.append(f"{name} of person {person.pk}: {path} → {answer.status}")
        return answer, is_kept

    def _until_answered(
        self,
        name: str,
        person: Person,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        key: str = "",
        *,
        by_rest: bool = False,
    ) -> Answer:
        """Who was moved is signed out meanwhile; they sign in again and ask the same with the same key."""
        while True:
            answer = self.asker.until_answered(person.session, method, path, body, key, by_rest=by_rest)
            if answer.is_signed_out and not self.asker.over.is_set():
                self._comes_back(person)
                continue
            if not 200 <= answer.status < 500:
                with self.told.lock:
                    self.told.strange.append(f"{name} of person {person.pk} was not answered: {answer.status}")
            return answer

    def _comes_back(self, person: Person) -> None:
        with person.lock, suppress(django.db.Error):
            person.sign_in_again()
