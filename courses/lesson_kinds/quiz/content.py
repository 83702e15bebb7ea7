"""A quiz as it is read: plain values, so that drawing and scoring need no database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, QuerySet
from django.db.models.functions import Cast, JSONObject

from asn_lms.lib.prepared import Prepared, Slot
from courses.lesson_kinds.quiz.models import QuizContent, QuizOption, QuizQuestion
from courses.structure.models import Lesson

Type = QuizQuestion.Type
MOST_QUESTIONS = 200
MOST_OPTIONS = 10


@dataclass(frozen=True)
class Option:
    uid: str
    text: str
    is_correct: bool = False
    feedback: str = ""


@dataclass(frozen=True)
class Question:
    uid: str
    type: str = Type.SINGLE
    text: str = ""
    points: Decimal = Decimal(1)
    feedback: str = ""
    options: tuple[Option, ...] = ()

    @property
    def takes_several(self) -> bool:
        return self.type == Type.MULTIPLE

    @property
    def shown(self) -> tuple[Option, ...]:
        """The options that have a text; a draft may hold others."""
        return tuple(one for one in self.options if one.text)

    @property
    def right(self) -> frozenset[str]:
        return frozenset(one.uid for one in self.shown if one.is_correct)


@dataclass(frozen=True)
class Quiz:
    is_graded: bool = True
    attempts: int | None = 3
    is_shuffled: bool = True
    draw: int | None = None
    minutes: int | None = None
    questions: tuple[Question, ...] = ()
    by_uid: dict[str, Question] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_uid", {one.uid: one for one in self.questions})

    @property
    def asked(self) -> int:
        """How many questions one attempt has."""
        return min(self.draw or len(self.questions), len(self.questions))


def read_quiz(lesson: Lesson) -> Quiz:
    """One query, whatever the size. Raises KeyError when the lesson has no quiz."""
    return read_quizzes([lesson])[lesson.pk]


def read_quizzes(lessons: Sequence[Lesson]) -> dict[int, Quiz]:
    """Many quizzes by their lesson's id; one query, whatever the number: questions and options arrive folded into their quiz."""
    return {
        rules.lesson_id: Quiz(
            rules.is_graded,
            rules.attempts,
            rules.is_shuffled,
            rules.draw,
            rules.minutes,
            tuple(_question(one) for one in getattr(rules, "folded", ())),
        )
        for rules in (_QUIZZES.rows(lessons=tuple(lesson.pk for lesson in lessons)) if lessons else [])
    }


def _with_questions() -> QuerySet[QuizContent]:
    options = QuizOption.objects.filter(question=OuterRef("pk")).order_by("position", "id")
    questions = QuizQuestion.objects.filter(lesson=OuterRef("lesson")).order_by("position", "id")
    folded = questions.values(
        json=JSONObject(
            uid="uid",
            type="type",
            text="text",
            points=Cast("points", CharField()),
            feedback="feedback",
            options=ArraySubquery(
                options.values(json=JSONObject(uid="uid", text="text", is_correct="is_correct", feedback="feedback"))
            ),
        )
    )
    return QuizContent.objects.filter(lesson__in=Slot("lessons")).annotate(folded=ArraySubquery(folded))


_QUIZZES = Prepared(_with_questions)


def _question(values: dict[str, Any]) -> Question:
    options = tuple(Option(one["uid"], one["text"], one["is_correct"], one["feedback"]) for one in values["options"])
    points = Decimal(values["points"])
    return Question(values["uid"], values["type"], values["text"], points, values["feedback"], options)


def write_questions(lesson: Lesson, questions: tuple[Question, ...]) -> None:
    """Put these questions in place of those that the lesson has; the uids are the caller's."""
    QuizOption.objects.filter(lesson=lesson).delete()
    QuizQuestion.objects.filter(lesson=lesson).delete()
    rows = QuizQuestion.objects.bulk_create(
        [
            QuizQuestion(
                lesson=lesson,
                uid=one.uid,
                position=position,
                type=one.type,
                text=one.text,
                points=one.points,
                feedback=one.feedback,
            )
            for position, one in enumerate(questions)
        ]
    )
    QuizOption.objects.bulk_create(
        [
            QuizOption(
                lesson=lesson,
                question=row,
                uid=option.uid,
                position=position,
                text=option.text,
                is_correct=option.is_correct,
                feedback=option.feedback,
            )
            for row, question in zip(rows, questions, strict=True)
            for position, option in enumerate(question.options)
        ]
    )
