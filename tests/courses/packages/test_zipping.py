"""A package comes from a stranger: what it claims is checked before unpacking, what it holds while unpacking."""

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from asn_lms.lib.zips import Limits
from courses.packages.manifest import BadPackage
from courses.packages.zipping import open_package, unzip

pytestmark = pytest.mark.django_db
UID = "2f6d8a0e-5b0a-4c39-9f0e-0d6f7e0c1a11"


def manifest(**fields: Any) -> dict[str, Any]:
    lesson = {
        "uid": UID,
        "kind": "text",
        "title": "Kesan pertama",
        "minutes": 8,
        "required": True,
        "content": {"body": "body.md"},
    }
    return {
        "format": "asn-lms-course",
        "format_version": 1,
        "code": "CONTOH",
        "title": "Contoh",
        "summary": "Satu baris.",
        "description": "",
        "language": "id",
        "competency": "teknis",
        "path": "NKL03",
        "training_type": "3",
        "target_group": "Semua",
        "pass_mark": "70.00",
        "motif": "sun",
        "jp": "1.50",
        "self_paced_days": 30,
        "modules": [{"title": "Modul", "jp": "1.50", "lessons": [lesson]}],
        **fields,
    }


def zipped(tmp_path: Path, files: dict[str, bytes | str] | None = None, **fields: Any) -> Path:
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("course.json", json.dumps(manifest(**fields)))
        archive.writestr(f"lessons/{UID}/body.md", "Halo.\n")
        for name, content in (files or {}).items():
            archive.writestr(name, content)
    return path


def reasons(path: Path, **limits: int) -> str:
    with pytest.raises(BadPackage) as refusal, open_package(path, Limits(**limits)):
        pass
    return " ".join(str(reason) for reason in refusal.value.reasons)


def test_a_good_package_opens_as_zip_and_as_folder(tmp_path: Path) -> None:
    path = zipped(tmp_path)
    with open_package(path) as package:
        assert package.manifest.title == "Contoh"
        assert [file.name for file in package.of(package.manifest.modules[0].lessons[0].uid).values()] == ["body.md"]
    folder = tmp_path / "folder"
    folder.mkdir()
    unzip(path, folder)
    with open_package(folder) as package:
        assert package.manifest.code == "CONTOH"


@pytest.mark.parametrize(
    "name",
    [
        "../course.json",
        "/etc/passwd",
        f"lessons/{UID}/../../escape",
        f"lessons/{UID}/a\\..\\b",
        "lessons/not-a-uid/body.md",
        f"lessons/{UID}/deep/er.md",
        f"lessons/{UID}/.hidden",
        f"lessons/{UID}/C:evil",
        f"lessons/{UID}/nul\u202eexe",
        "__MACOSX/course.json",
        "notes.txt",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    assert "lessons/<uid>/<file>" in reasons(zipped(tmp_path, {name: "x"}))
    assert not (tmp_path.parent / "escape").exists()


def test_a_link_is_refused_in_a_zip_and_in_a_folder(tmp_path: Path) -> None:
    path = zipped(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo(f"lessons/{UID}/link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert f"lessons/{UID}/link" in reasons(path)
    folder = tmp_path / "folder"
    (folder / "lessons" / UID).mkdir(parents=True)
    (folder / "course.json").write_text(json.dumps(manifest()))
    (folder / "lessons" / UID / "body.md").symlink_to("/etc/passwd")
    assert "body.md" in reasons(folder)


def test_two_names_that_one_disk_takes_for_one_are_refused(tmp_path: Path) -> None:
    assert "BODY.md" in reasons(zipped(tmp_path, {f"lessons/{UID}/BODY.md": "x"}))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path, {f"lessons/{UID}/zeros": b"\0" * 5_000_000})
    assert "100" in reasons(path)


def test_too_many_files_and_too_many_bytes_are_refused_before_unpacking(tmp_path: Path) -> None:
    path = zipped(tmp_path, {f"lessons/{UID}/{number}.md": "x" for number in range(9)})
    assert "11" in reasons(path, files=10)
    assert "GB" in reasons(path, size=100)


def test_a_file_that_holds_more_than_it_says_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "liar.zip"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("course.json", json.dumps(manifest()))
        archive.writestr(f"lessons/{UID}/body.md", "A" * 5000)
    raw = buffer.getvalue()
    size = (5000).to_bytes(4, "little")
    # In the central directory both sizes become 10; the data stay.
    at = raw.rindex(size + size)
    path.write_bytes(raw[:at] + (5000).to_bytes(4, "little") + (10).to_bytes(4, "little") + raw[at + 8 :])
    assert reasons(path)


def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    for content in (b"", b"PK\x03\x04garbage", b"<html>"):
        path.write_bytes(content)
        assert "ZIP" in reasons(path)


def test_a_folder_of_a_lesson_that_is_not_in_the_manifest_is_refused(tmp_path: Path) -> None:
    other = "11111111-2222-4333-8444-555555555555"
    assert other in reasons(zipped(tmp_path, {f"lessons/{other}/body.md": "x"}))


def test_nothing_is_left_on_the_disk(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path / "data"
    reasons(zipped(tmp_path, {"../x": "x"}))
    with open_package(zipped(tmp_path)):
        pass
    assert list((tmp_path / "data" / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"format": "moodle"}, "asn-lms-course"),
        ({"format_version": 2}, "format_version 1"),
        ({"jp": 1.5}, "jp"),
        ({"jp": "1.505"}, "jp"),
        ({"jp": "2.00"}, "1.50"),
        ({"jp": "NaN"}, "jp"),
        ({"pass_mark": "101.00"}, "pass_mark"),
        ({"code": "huruf kecil"}, "code"),
        ({"competency": "ajaib"}, "sosial-kultural"),
        ({"motif": "cat"}, "weave"),
        ({"language": "xx"}, "en, id"),
        ({"title": ""}, "title"),
        ({"title": "x" * 151}, "150"),
        ({"summary": None}, "summary"),
        ({"surprise": 1}, "surprise"),
        ({"self_paced_days": -1}, "self_paced_days"),
        ({"modules": "none"}, "modules"),
        ({"modules": [{"title": "A", "jp": "1.50", "lessons": [{"uid": UID.upper(), "kind": "dance"}]}]}, "dance"),
    ],
)
def test_every_fault_of_the_manifest_is_named(tmp_path: Path, fields: dict[str, Any], said: str) -> None:
    assert said in reasons(zipped(tmp_path, **fields))


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    with (
        pytest.raises(BadPackage) as refusal,
        open_package(zipped(tmp_path, title="", jp=2, motif="cat", language="xx")),
    ):
        pass
    assert len(refusal.value.reasons) == 4
