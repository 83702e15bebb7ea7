"""Export → import → export gives the same bytes, and importing twice changes nothing."""

import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

import courses.packages.demo
from asn_lms.lib.refusals import NotYours, Refusal
from courses.authoring.actions import edit_details
from courses.packages.actions import import_package
from courses.packages.zipping import export_package
from courses.publishing.actions import NotReady
from courses.publishing.queries import problems
from courses.structure.models import Course, CourseVersion
from tests import make
from tests.cast import cast
from tests.courses.build import ready_draft

pytestmark = pytest.mark.django_db
DEMO = Path(courses.packages.demo.__file__).parent
DEMOS = sorted(path.parent for path in DEMO.glob("*/course.json"))


def exported(version: CourseVersion) -> bytes:
    buffer = io.BytesIO()
    export_package(CourseVersion.objects.get(pk=version.pk), buffer)
    return buffer.getvalue()


def _moved_away(version: CourseVersion) -> None:
    Course.objects.filter(pk=version.course_id).update(code="SUDAH-PINDAH")


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "package.zip"
    path.write_bytes(content)
    return path


def test_a_course_comes_back_byte_by_byte(tmp_path: Path) -> None:
    unit = make.agency()
    first = ready_draft(unit)
    before = exported(first)
    _moved_away(first)
    second = import_package(_file(tmp_path, before), by=None, organiser=unit)
    assert second.course_id != first.course_id
    assert exported(second) == before


@pytest.mark.parametrize("folder", DEMOS, ids=lambda path: path.name)
def test_each_demo_course_is_complete_and_comes_back_byte_by_byte(folder: Path, tmp_path: Path) -> None:
    unit = make.agency()
    version = import_package(folder, by=None, organiser=unit, publish=True)
    assert version.state == CourseVersion.State.PUBLISHED
    assert problems(version) == []
    assert json.loads((folder / "course.json").read_bytes())["code"] == version.course.code
    before = exported(version)
    _moved_away(version)
    again = import_package(_file(tmp_path, before), by=None, organiser=unit)
    assert exported(again) == before


def test_there_are_three_demo_courses() -> None:
    assert len(DEMOS) == 3


def test_the_same_package_again_changes_nothing(tmp_path: Path) -> None:
    unit = make.agency()
    first = ready_draft(unit)
    path = _file(tmp_path, exported(first))
    assert import_package(path, by=None, organiser=unit) == first
    make.publish(CourseVersion.objects.get(pk=first.pk))
    assert import_package(path, by=None, organiser=unit) == first
    assert CourseVersion.objects.count() == 1


def test_another_content_becomes_the_next_draft(tmp_path: Path) -> None:
    unit = make.agency()
    first = ready_draft(unit)
    package = _file(tmp_path, exported(first))
    edit_details(first, {"title": "Judul lain"}, by=None)
    make.publish(CourseVersion.objects.get(pk=first.pk))
    second = import_package(package, by=None, organiser=unit)
    assert (second.number, second.state, second.title) == (2, CourseVersion.State.DRAFT, "Pelayanan Prima")
    assert set(second.lessons.values_list("uid")) == set(first.lessons.values_list("uid"))


def test_a_draft_that_somebody_writes_in_is_never_overwritten(tmp_path: Path) -> None:
    unit = make.agency()
    draft = ready_draft(unit)
    package = _file(tmp_path, exported(draft))
    edit_details(draft, {"title": "Sedang ditulis"}, by=None)
    with pytest.raises(Refusal):
        import_package(package, by=None, organiser=unit)
    draft.refresh_from_db()
    assert draft.title == "Sedang ditulis"


def test_a_corrected_package_replaces_the_draft_that_came_from_a_package(tmp_path: Path) -> None:
    unit = make.agency()
    source = ready_draft(unit)
    first = exported(source)
    edit_details(source, {"summary": "Lebih baik."}, by=None)
    corrected = exported(source)
    _moved_away(source)
    draft = import_package(_file(tmp_path, first), by=None, organiser=unit)
    assert import_package(_file(tmp_path, corrected), by=None, organiser=unit) == draft
    draft.refresh_from_db()
    assert draft.summary == "Lebih baik."


def test_a_course_of_another_unit_is_not_touched(tmp_path: Path) -> None:
    people = cast()
    theirs = ready_draft(people.bkpsdm)
    package = _file(tmp_path, exported(theirs))
    stranger = make.person(agency=people.b, role="officer")
    with pytest.raises(NotYours):
        import_package(package, by=stranger, organiser=people.b)


def test_a_package_that_is_not_ready_is_not_published_and_leaves_nothing(tmp_path: Path) -> None:
    unit = make.agency()
    draft = ready_draft(unit)
    edit_details(draft, {"summary": "", "jp": Decimal(2)}, by=None)
    package = _file(tmp_path, exported(draft))
    _moved_away(draft)
    with pytest.raises(NotReady):
        import_package(package, by=None, organiser=unit, publish=True)
    assert Course.objects.count() == 1


def test_the_commands_take_a_course_out_and_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unit = make.agency()
    draft = ready_draft(unit)
    target = tmp_path / "out.zip"
    call_command("export_course", draft.course.code, str(target), "--json")
    assert json.loads(capsys.readouterr().out)["version"] == 1
    assert target.read_bytes() == exported(draft)
    _moved_away(draft)
    call_command("import_course", str(target), "--json", "--organiser", unit.code)
    assert json.loads(capsys.readouterr().out)["state"] == "draft"


def test_the_command_refuses_a_bad_package_with_its_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make.agency()
    path = tmp_path / "bad.zip"
    path.write_bytes(b"no")
    with pytest.raises(SystemExit) as end:
        call_command("import_course", str(path), "--json")
    assert end.value.code == 1
    assert json.loads(capsys.readouterr().out)["errors"]
