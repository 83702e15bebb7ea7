"""A course to be learned: a text to read, a quiz of four questions, a reflection. Its right options are all named "Benar"."""

from decimal import Decimal
from uuid import uuid4

from accounts.agencies.models import Agency
from courses.lesson_kinds import kinds
from courses.lesson_kinds.quiz.content import Option, Question, write_questions
from courses.lesson_kinds.reflection.models import ReflectionContent
from courses.structure.models import CourseVersion, Lesson
from tests import make
from tests.courses.build import details, write_text

QUESTIONS = 4


def short_course(organiser: Agency, title: str) -> CourseVersion:
    version = make.version(organiser=organiser, title=title, lessons=1, published=False, **details(jp=Decimal(3)))
    write_text(version.lessons.get())
    module = version.modules.get()
    for position, (kind, name) in enumerate((("quiz", "Uji diri"), ("reflection", "Rencana saya")), start=1):
        lesson = Lesson.objects.create(version=version, module=module, position=position, kind=kind, title=name)
        kinds[kind].create(lesson)
    quiz, reflection = version.lessons.order_by("position")[1:]
    write_questions(quiz, tuple(_question(number) for number in range(QUESTIONS)))
    ReflectionContent.objects.filter(lesson=reflection).update(prompt="Apa yang Anda ubah besok?", min_words=5)
    return make.publish(version)


def _question(number: int) -> Question:
    options = (Option(str(uuid4()), f"Benar {number}", True), Option(str(uuid4()), f"Keliru {number}"))
    return Question(str(uuid4()), text=f"Pertanyaan {number}?", feedback="Karena warga menunggu.", options=options)
