"""A quiz in a course package."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal
from asn_lms.lib.richtext import tidy
from courses.lesson_kinds.quiz.content import (
    MOST_OPTIONS,
    MOST_QUESTIONS,
    Option,
    Question,
    Quiz,
    Type,
    read_quiz,
    write_questions,
)
from courses.lesson_kinds.quiz.models import QuizContent
from courses.structure.models import Lesson


def pack(quiz: Quiz) -> dict[str, Any]:
    return {
        "graded": quiz.is_graded,
        "attempts": quiz.attempts,
        "shuffle": quiz.is_shuffled,
        "draw": quiz.draw,
        "minutes": quiz.minutes,
        "questions": [
            {
                "uid": question.uid,
                "type": str(question.type),
                "text": question.text,
                "points": f"{question.points:.2f}",
                "feedback": question.feedback,
                "options": [
                    {"uid": one.uid, "text": one.text, "correct": one.is_correct, "feedback": one.feedback or None}
                    for one in question.shown
                ],
            }
            for question in quiz.questions
        ],
    }


def unpack(lesson: Lesson, values: Mapping[str, Any]) -> Quiz:
    """Write the quiz that a package carries. Raises Refusal naming the question that cannot be read."""
    is_graded = values.get("graded", True) is True
    attempts = _count(values, "attempts", 100)
    given = values.get("questions", [])
    if not isinstance(given, list) or len(given) > MOST_QUESTIONS:
        raise Refusal(_("questions must be a list of at most %(most)s.") % {"most": MOST_QUESTIONS})
    questions = tuple(_question(one, number) for number, one in enumerate(given, 1))
    uids = [one.uid for one in questions] + [option.uid for one in questions for option in one.options]
    if len(set(uids)) < len(uids):
        raise Refusal(_("The same uid occurs twice in the quiz “%(title)s”.") % {"title": lesson.title})
    QuizContent.objects.create(
        lesson=lesson,
        is_graded=is_graded,
        attempts=3 if is_graded and attempts is None else attempts,
        is_shuffled=values.get("shuffle", True) is True,
        draw=_count(values, "draw", MOST_QUESTIONS),
        minutes=_count(values, "minutes", 600),
    )
    write_questions(lesson, questions)
    return read_quiz(lesson)


def _count(values: Mapping[str, Any], name: str, most: int) -> int | None:
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise Refusal(_("%(name)s must be a whole number from 1 to %(most)s, or null.") % {"name": name, "most": most})
    return value


def _question(given: Any, number: int) -> Question:
    try:
        options = given["options"]
        if not isinstance(options, list) or len(options) > MOST_OPTIONS:
            raise ValueError("options")
        points = Decimal(str(given.get("points", "1.00")))
        if not Decimal("0.01") <= points <= 100:
            raise ValueError("points")
        return Question(
            uid=str(UUID(given["uid"])),
            type=Type(given["type"]).value,
            text=tidy(str(given["text"])),
            points=points.quantize(Decimal("0.01")),
            feedback=tidy(str(given.get("feedback") or "")),
            options=tuple(_option(one) for one in options),
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise Refusal(
            _("Question %(number)s of the package cannot be read: look at %(part)s.")
            % {"number": number, "part": error}
        ) from error


def _option(given: Any) -> Option:
    return Option(
        uid=str(UUID(given["uid"])),
        text=str(given["text"])[:500],
        is_correct=given.get("correct") is True,
        feedback=str(given.get("feedback") or "")[:1000],
    )
