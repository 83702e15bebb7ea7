"""Courses for tests, made by the product's own actions."""

from decimal import Decimal
from typing import Any

from accounts.agencies.models import Agency
from courses.authoring.actions import create_course, edit_details
from courses.authoring.outline import add_lesson, add_module, edit_lesson
from courses.lesson_kinds import kinds
from courses.structure.models import CourseVersion, Lesson
from courses.taxonomy.models import CompetencyKind, LearningPath, TrainingType


def write_text(lesson: Lesson, body: str = "Layani warga dengan ramah.", *, by: Any = None) -> None:
    """Give a text lesson its content, as its author would."""
    form = kinds["text"].author_form(lesson, {"body": body})
    assert form.is_valid(), form.errors
    edit_lesson(lesson, title=lesson.title, minutes=10, is_required=True, editor=form, by=by)


def details(**fields: Any) -> dict[str, Any]:
    """Everything that publishing asks for."""
    return {
        "summary": "Jawab pertanyaan warga dalam dua menit.",
        "target_group": "Petugas loket",
        # A test that commits ends with empty tables, reference rows too.
        "competency": CompetencyKind.objects.get_or_create(code="manajerial")[0],
        "path": LearningPath.objects.get_or_create(code="NKL03")[0],
        "training_type": TrainingType.objects.get_or_create(code="5")[0],
        "jp": Decimal("2.00"),
        **fields,
    }


def ready_draft(
    organiser: Agency, *, by: Any = None, title: str = "Pelayanan Prima", lessons: int = 2
) -> CourseVersion:
    """A draft against which nothing stands."""
    draft = create_course(title, organiser, by=by)
    edit_details(draft, details(), by=by)
    module = add_module(draft, "Membuka percakapan", jp=Decimal("2.00"), by=by)
    for number in range(lessons):
        lesson = add_lesson(module, "text", f"Materi {number + 1}", by=by)
        write_text(lesson, by=by)
    draft.refresh_from_db()
    return draft
