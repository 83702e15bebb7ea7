"""Quizzes for tests."""

from typing import Any

from courses.lesson_kinds import kinds
from courses.structure.models import CourseVersion
from tests import make


def quiz_of(count: int, *, attempts: int = 2) -> CourseVersion:
    """A published version with one graded quiz; of each question the option "Tepat n" is right, and RAHASIA-n explains it."""
    version = make.version(lessons=1, kind="quiz", published=False)
    lesson = version.lessons.get()
    form = kinds["quiz"].author_form(lesson)
    uid = "00000000-0000-4000-8000-{:012d}".format
    data: dict[str, Any] = {"is_graded": "on", "attempts": str(attempts), "question": []}
    for n in range(count):
        question, right, wrong = uid(n * 3 + 1), uid(n * 3 + 2), uid(n * 3 + 3)
        data["question"].append(question)
        data |= {
            f"q-{question}-type": "single",
            f"q-{question}-text": f"Pertanyaan {n}?",
            f"q-{question}-feedback": f"RAHASIA-{n}",
            f"q-{question}-option": [right, wrong],
            f"q-{question}-right": [right],
            f"o-{right}-text": f"Tepat {n}",
            f"o-{wrong}-text": f"Meleset {n}",
        }
    form = kinds["quiz"].author_form(lesson, data)
    assert form.is_valid(), form.errors
    form.save(by=None)
    return make.publish(version)
