"""A version as a package would carry it."""

from typing import IO
from uuid import UUID

from courses.lesson_kinds import kinds
from courses.packages.manifest import LessonEntry, Manifest, ModuleEntry
from courses.structure.models import CourseVersion

Files = dict[UUID, dict[str, IO[bytes]]]


def packed(version: CourseVersion) -> tuple[Manifest, Files]:
    """The version's manifest, and the files of each lesson by name; whoever asks closes them."""
    lessons = list(version.lessons.order_by("position", "id"))
    contents = kinds.load_many(lessons)
    entries: dict[int, list[LessonEntry]] = {}
    files: Files = {}
    for lesson in lessons:
        values, of_lesson = kinds[lesson.kind].pack(contents[lesson.pk])
        entries.setdefault(lesson.module_id, []).append(
            LessonEntry(lesson.uid, lesson.kind, lesson.title, lesson.minutes, lesson.is_required, values, lesson.test)
        )
        if of_lesson:
            files[lesson.uid] = of_lesson
    manifest = Manifest(
        code=version.course.code,
        title=version.title,
        summary=version.summary,
        description=version.description,
        language=version.language,
        competency=version.competency.code if version.competency else "",
        path=version.path.code if version.path else "",
        training_type=version.training_type.code if version.training_type else "",
        certificate_kind=version.certificate_kind,
        family=version.family.code if version.family else "",
        target_group=version.target_group,
        pass_mark=version.pass_mark,
        motif=version.motif,
        jp=version.jp,
        self_paced_days=version.self_paced_days,
        asks_before_download=version.asks_before_download,
        survey_after_months=version.survey_after_months,
        prints_gain=version.prints_gain,
        modules=tuple(
            ModuleEntry(module.title, module.jp, tuple(entries.get(module.pk, ())))
            for module in version.modules.order_by("position", "id")
        ),
    )
    return manifest, files
