"""What is published never changes, whoever writes: the database itself refuses."""

import pytest
from django.db import DatabaseError, connection, transaction

from courses.authoring.actions import next_draft
from courses.lesson_kinds import kinds
from courses.structure.models import CourseVersion, Lesson, Module
from tests import make
from tests.courses.build import ready_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def published() -> CourseVersion:
    return make.publish(ready_draft(make.agency()))


def _refused(write: object) -> bool:
    with pytest.raises(DatabaseError), transaction.atomic():
        write()  # type: ignore[operator]
    return True


def test_fields_of_a_published_version_cannot_be_updated(published: CourseVersion) -> None:
    assert _refused(lambda: CourseVersion.objects.filter(pk=published.pk).update(title="Lain"))
    assert _refused(lambda: CourseVersion.objects.filter(pk=published.pk).update(jp=9))
    assert _refused(lambda: CourseVersion.objects.filter(pk=published.pk).update(state="draft", published_at=None))


def test_a_published_version_cannot_be_deleted(published: CourseVersion) -> None:
    assert _refused(lambda: CourseVersion.objects.filter(pk=published.pk)._raw_delete("default"))


def test_modules_and_lessons_of_a_published_version_cannot_be_written(published: CourseVersion) -> None:
    lesson = published.lessons.first()
    assert lesson is not None
    assert _refused(lambda: Module.objects.filter(version=published).update(title="Lain"))
    assert _refused(lambda: Lesson.objects.filter(pk=lesson.pk).update(minutes=99))
    assert _refused(lambda: Lesson.objects.filter(pk=lesson.pk)._raw_delete("default"))
    assert _refused(
        lambda: Lesson.objects.create(version=published, module=lesson.module, kind="text", title="x", position=90)
    )


def test_raw_sql_is_refused_as_well(published: CourseVersion) -> None:
    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE courses_lesson SET title = 'x' WHERE version_id = %s", [published.pk])

    assert _refused(write)


def test_content_of_every_kind_is_frozen_with_its_version() -> None:
    for kind in kinds:
        version = make.version(published=False, kind=kind.name, lessons=1)
        tables = [
            model
            for model in _content_models()
            if model._meta.model_name.startswith(kind.name) and model.objects.filter(lesson__version=version).exists()
        ]
        assert tables, kind.name
        make.publish(version)
        for model in tables:
            assert _refused(
                lambda model=model, version=version: model.objects.filter(lesson__version=version)._raw_delete(
                    "default"
                )
            )
            assert _refused(lambda model=model, version=version: _touch(model, version))


def _content_models() -> list:  # type: ignore[type-arg]
    from django.apps import apps

    return [
        model
        for model in apps.get_app_config("courses").get_models()
        if any(f.name == "lesson" for f in model._meta.fields)
    ]


def _touch(model, version) -> None:  # type: ignore[no-untyped-def]
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(
            f"UPDATE {table} SET lesson_id = lesson_id WHERE lesson_id IN (SELECT id FROM courses_lesson WHERE version_id = %s)",
            [version.pk],
        )


def test_a_lesson_cannot_be_moved_into_a_published_version(published: CourseVersion) -> None:
    draft = next_draft(published.course, by=None)
    module = published.modules.first()
    assert _refused(lambda: Lesson.objects.filter(version=draft).update(version=published, module=module))


def test_retiring_is_the_only_change_that_a_published_version_knows(published: CourseVersion) -> None:
    published.state, published.retired_at = CourseVersion.State.RETIRED, published.published_at
    published.save(update_fields=["state", "retired_at", "updated_at"])
    assert _refused(lambda: CourseVersion.objects.filter(pk=published.pk).update(state="published"))
