"""What a version says of its evaluation: author, next version, reviewer, publishing, package."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from asn_lms.lib.refusals import Refusal
from courses.authoring.actions import edit_details, next_draft
from courses.authoring.outline import edit_lesson
from courses.lesson_kinds import kinds
from courses.packages.actions import import_package
from courses.packages.manifest import BadPackage, read_manifest, write_manifest
from courses.packages.queries import packed
from courses.packages.zipping import export_package
from courses.publishing.queries import changes, problems
from courses.structure.models import Course, CourseVersion, Lesson
from tests import make
from tests.courses.build import ready_draft

pytestmark = pytest.mark.django_db
EVALUATION: dict[str, Any] = {"asks_before_download": True, "survey_after_months": 9, "prints_gain": True}


# How the quiz begins to say that it is still empty.
EMPTY = "Kuis belum punya soal"


def draft(*tests: str, kind: str = "quiz", **values: Any) -> CourseVersion:
    """Against which nothing stands, but what its tests bring: one more lesson for each of `tests`."""
    version = ready_draft(make.agency())
    edit_details(version, values, by=None)
    module = version.modules.get()
    for position, test in enumerate(tests, start=2):
        lesson = Lesson.objects.create(
            version=version, module=module, position=position, kind=kind, title=f"Tes {test}", test=test
        )
        kinds[kind].create(lesson)
    version.refresh_from_db()
    return version


def said(version: CourseVersion) -> list[str]:
    return [one.sentence for one in problems(version) if not one.sentence.startswith(EMPTY)]


def test_a_printed_gain_needs_both_tests() -> None:
    assert [one.field for one in problems(draft("post", prints_gain=True)) if one.field] == ["prints_gain"]
    assert said(draft("pre", "post", prints_gain=True)) == []
    assert said(draft("pre")) == []


def test_tests_stand_in_order_give_a_score_and_are_required() -> None:
    assert len(said(draft("post", "pre"))) == 1
    assert any("tidak memberi nilai" in one for one in said(draft("pre", kind="reflection")))
    assert not any("tidak memberi nilai" in one for one in said(draft("pre")))
    version = draft("pre", "post", prints_gain=True)
    version.lessons.filter(test="pre").update(is_required=False)
    assert len(said(version)) == 1


def test_a_version_has_one_test_of_each_sort() -> None:
    version = draft("pre")
    with pytest.raises(IntegrityError), transaction.atomic():
        version.lessons.exclude(test="pre").filter(position=0).update(test="pre")
    other = version.lessons.get(position=0)
    with pytest.raises(Refusal) as refused:
        edit_lesson(other, title="x", minutes=1, is_required=True, test="pre", by=None)
    assert refused.value.field == "test"


def test_the_next_version_takes_it_over_and_the_reviewer_sees_what_changes() -> None:
    version = draft("pre", "post", **EVALUATION)
    make.publish(version)
    following = next_draft(version.course, by=None)
    assert {name: getattr(following, name) for name in EVALUATION} == EVALUATION
    assert list(following.lessons.values_list("test", flat=True)) == ["", "", "pre", "post"]
    edit_details(following, {"asks_before_download": False, "survey_after_months": None}, by=None)
    following.lessons.filter(test="post").update(test="")
    following.refresh_from_db()
    found = changes(following)
    assert found is not None
    assert [(one.before, one.after) for one in found.edits] == [("ya", "tidak"), ("9", "–")]
    assert found.changed == ["Tes post"]


def test_a_package_carries_it_byte_by_byte(tmp_path: Path) -> None:
    version = draft("pre", "post", **EVALUATION)
    first = io.BytesIO()
    export_package(version, first)
    Course.objects.filter(pk=version.course_id).update(code="PINDAH")
    file = tmp_path / "kursus.zip"
    file.write_bytes(first.getvalue())
    again = CourseVersion.objects.get(pk=import_package(file, by=None, organiser=make.agency()).pk)
    assert {name: getattr(again, name) for name in EVALUATION} == EVALUATION
    second = io.BytesIO()
    export_package(again, second)
    assert second.getvalue() == first.getvalue()


def test_a_package_that_says_nothing_of_it_stays_as_it_is() -> None:
    version = draft(survey_after_months=None)
    manifest, _files = packed(version)
    raw = write_manifest(manifest)
    assert not [name for name in (*EVALUATION, '"test"') if name in raw.decode()]
    assert write_manifest(read_manifest(raw)) == raw


@pytest.mark.parametrize(
    ("name", "value"),
    [("asks_before_download", "1"), ("survey_after_months", 0), ("survey_after_months", 61), ("prints_gain", None)],
)
def test_nonsense_in_a_package_is_named(name: str, value: object) -> None:
    import json

    manifest, _files = packed(draft())
    data = json.loads(write_manifest(manifest)) | {name: value}
    with pytest.raises(BadPackage) as refused:
        read_manifest(json.dumps(data).encode())
    assert name in str(refused.value.reasons)


def test_two_lessons_with_the_same_mark_are_refused() -> None:
    import json

    manifest, _files = packed(draft())
    data = json.loads(write_manifest(manifest))
    for lesson in data["modules"][0]["lessons"]:
        lesson["test"] = "pre"
    with pytest.raises(BadPackage):
        read_manifest(json.dumps(data).encode())
