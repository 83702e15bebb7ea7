"""Whom chaos is about: people of four units, officers over all of them, and courses with lessons to read, a quiz to pass and cohorts to fill."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from threading import Lock

from django.db import connection
from django.utils import timezone

from accounts.people.models import User
from accounts.roles.models import RoleGrant
from courses.lesson_kinds.quiz.models import QuizOption, QuizQuestion
from courses.structure.models import Lesson
from tests import make
from tests.drills.class_of import people_of, sessions_of

SEATS = 0.4  # of all people in each cohort, so that some find none left
FLOOR = Decimal(20)  # JP of the short course: who completes it has reached the target of the year


@dataclass
class Person:
    """Somebody who acts. `session` changes when a move signed them out and they come in again; `moves` numbers the moves that are tried."""

    pk: int
    nip: str
    session: str
    moves: Iterator[int] = field(default_factory=count)
    lock: Lock = field(default_factory=Lock)

    def sign_in_again(self) -> None:
        """Raises django.db.Error while the database is away."""
        try:
            [self.session] = sessions_of([User.objects.get(pk=self.pk)], timezone.now() + timedelta(days=30))
        finally:
            connection.close()


@dataclass(frozen=True)
class Unit:
    pk: int
    code: str


@dataclass(frozen=True)
class Crowd:
    """`units` hang below `city`, two of them below others, when it begins."""

    city: Unit
    units: list[Unit]
    learners: list[Person]
    officers: list[Person]
    courses: list[str]
    cohorts: list[int]


def gather(people: int) -> Crowd:
    """So many learners, one officer for each ten."""
    city = make.agency("Kota Latihan", kind="instansi")
    health, schools = (make.agency(name, parent=city, kind="opd") for name in ("Dinas Kesehatan", "Dinas Pendidikan"))
    units = [health, schools, make.agency("Puskesmas", parent=health), make.agency("UPTD", parent=schools)]
    organiser = make.agency("BKPSDM", parent=city, kind="opd")
    tested = make.version(organiser=organiser, lessons=1, kind="quiz", published=False)
    _ask(tested.lessons.get())
    versions = [
        make.version(organiser=organiser, lessons=1, jp=FLOOR),
        make.version(organiser=organiser, lessons=3),
        make.publish(tested),
    ]
    first, last, seats = date(2020, 1, 1), date(2099, 12, 31), max(1, int(people * SEATS))
    cohorts = [make.cohort(version=one, seats=seats, starts_on=first, ends_on=last) for one in versions]
    learners = [one for unit in units for one in people_of(unit, people // len(units))]
    officers = people_of(organiser, max(1, people // 10))
    RoleGrant.objects.bulk_create(
        [RoleGrant(person=one, role="officer", agency=city, from_on=date(2020, 1, 1)) for one in officers]
    )
    return Crowd(
        Unit(city.pk, city.code),
        [Unit(one.pk, one.code) for one in units],
        _signed_in(learners),
        _signed_in(officers),
        [one.course.code for one in versions],
        [one.pk for one in cohorts],
    )


def _ask(quiz: Lesson) -> None:
    for place in range(3):
        question = QuizQuestion.objects.create(lesson=quiz, position=place, text=f"Apa {place}?")
        for option in range(2):
            QuizOption.objects.create(
                lesson=quiz, question=question, position=option, text=f"{option}", is_correct=not option
            )


def _signed_in(people: list[User]) -> list[Person]:
    sessions = sessions_of(people, timezone.now() + timedelta(days=30))
    return [Person(one.pk, one.nip or "", session) for one, session in zip(people, sessions, strict=True)]
