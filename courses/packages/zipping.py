"""A course package as a ZIP or as a folder: written in exactly one way, opened with suspicion.

A ZIP comes from outside: what it claims is checked before anything is unpacked, and what it really holds while it is unpacked.
"""

import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from asn_lms.lib.zips import (
    CHUNK,
    BadZip,
    Limits,
    check_count_and_twins,
    check_size,
    entries_of,
    is_plain_name,
    open_zip,
    unpack,
)
from courses.packages.manifest import NAME, BadPackage, Manifest, read_manifest, write_manifest
from courses.packages.queries import packed
from courses.structure.models import CourseVersion

# A ZIP knows no time before this day; a fixed one makes the same course the same bytes.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


LIMITS = Limits()


@dataclass(frozen=True)
class OpenPackage:
    """A package on disk, checked: its manifest, and the files of each lesson by name."""

    manifest: Manifest
    files: Mapping[UUID, Mapping[str, Path]]

    def of(self, uid: UUID) -> Mapping[str, Path]:
        return self.files.get(uid, {})


def export_package(
    version: CourseVersion, file: IO[bytes], *, on_file: Callable[[int, int], None] | None = None
) -> None:
    """Write the version as a ZIP into a seekable file: sorted names, a fixed date, deflate; the same content gives the same bytes.

    `on_file(done, total)` is told after each file that was written.
    """
    manifest, files = packed(version)
    entries: dict[str, IO[bytes] | bytes] = {NAME: write_manifest(manifest)}
    entries.update({f"lessons/{uid}/{name}": source for uid, some in files.items() for name, source in some.items()})
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for done, name in enumerate(sorted(entries), 1):
                _write(archive, name, entries[name])
                if on_file is not None:
                    on_file(done, len(entries))
    finally:
        for entry in entries.values():
            if not isinstance(entry, bytes):
                entry.close()


def _write(archive: zipfile.ZipFile, name: str, source: IO[bytes] | bytes) -> None:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    info.create_system = 3
    if isinstance(source, bytes):
        archive.writestr(info, source)
        return
    with archive.open(info, "w") as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)


@contextmanager
def open_package(path: Path, limits: Limits = LIMITS) -> Iterator[OpenPackage]:
    """Open a ZIP or a folder. Raises BadPackage before anything of it is believed; a ZIP's copy is gone afterwards."""
    if path.is_dir():
        yield _read_folder(path, limits)
        return
    scratch = settings.DATA_DIR / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="package-", dir=scratch) as folder:
        unzip(path, Path(folder), limits)
        yield _read_folder(Path(folder), limits)


def unzip(path: Path, into: Path, limits: Limits = LIMITS) -> None:
    """Unpack a stranger's ZIP into an empty folder, or raise BadPackage and leave what was unpacked to the caller to throw away."""
    with _as_package(), open_zip(path, limits, lambda names: _check_names(names, limits)) as archive:
        left = limits.size
        for info in entries_of(archive):
            target = into / info.filename
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                left -= unpack(archive, info, out, left)


@contextmanager
def _as_package() -> Iterator[None]:
    try:
        yield
    except BadZip as refusal:
        raise BadPackage([str(refusal.sentence)]) from refusal


def _check_names(names: list[str], limits: Limits) -> None:
    """Only `course.json` and `lessons/<uid>/<file>`; no way out of the folder, and no two names that one disk would take for one."""
    with _as_package():
        for name in names[: limits.files]:
            if not _is_in_place(name):
                raise BadPackage(
                    [
                        _("“%(name)s” has no place in a package: it holds course.json and lessons/<uid>/<file> only.")
                        % {"name": name[:120]}
                    ]
                )
        check_count_and_twins(names, limits)
    if NAME not in names:
        raise BadPackage([_("There is no course.json at the top of the package.")])


def _is_in_place(name: str) -> bool:
    if name == NAME:
        return True
    parts = name.split("/")
    if len(parts) != 3 or parts[0] != "lessons" or len(name) > 250:
        return False
    try:
        if str(UUID(parts[1])) != parts[1]:
            return False
    except ValueError:
        return False
    return is_plain_name(parts[2])


def _read_folder(folder: Path, limits: Limits) -> OpenPackage:
    found: dict[str, Path] = {}
    total = 0
    for path in sorted(folder.rglob("*")):
        name = str(PurePosixPath(path.relative_to(folder)))
        if path.is_symlink():
            raise BadPackage([_("%(name)s is a link. A package holds plain files only.") % {"name": name}])
        if path.is_file():
            found[name] = path
            total += path.stat().st_size
    _check_names(list(found), limits)
    with _as_package():
        check_size(total, limits)
    manifest = read_manifest(found[NAME].read_bytes())
    files: dict[UUID, dict[str, Path]] = {}
    for name, path in found.items():
        if name != NAME:
            _lessons, uid, file = name.split("/")
            files.setdefault(UUID(uid), {})[file] = path
    known = {lesson.uid for lesson in manifest.lessons}
    strangers = [str(uid) for uid in files if uid not in known]
    if strangers:
        raise BadPackage(
            [_("lessons/%(uid)s belongs to no lesson in course.json.") % {"uid": uid} for uid in strangers]
        )
    return OpenPackage(manifest, files)
