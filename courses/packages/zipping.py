"""A course package as a ZIP or as a folder: written in exactly one way, opened with suspicion.

A ZIP comes from outside: what it claims is checked before anything is unpacked, and what it really holds while it is unpacked.
"""

import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from courses.packages.manifest import NAME, BadPackage, Manifest, read_manifest, write_manifest
from courses.packages.queries import packed
from courses.structure.models import CourseVersion

CHUNK = 1024 * 1024
# A ZIP knows no time before this day; a fixed one makes the same course the same bytes.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Limits:
    """How much a package may hold. `ratio`: unpacked bytes for each packed one."""

    files: int = 5000
    size: int = 2 * 1024**3
    ratio: int = 100
    # Small files may be packed tighter: an empty caption file is no bomb.
    harmless: int = 256 * 1024


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
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [info for info in archive.infolist() if not info.is_dir()]
            _check_claims(entries, limits)
            left = limits.size
            for info in entries:
                left -= _unpack(archive, info, into / info.filename, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise BadPackage(
            [_("The file is not a ZIP, or it is damaged. Make it again and upload it once more.")]
        ) from error


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Write one file; stops as soon as it is longer than it claimed or than what is left. Returns its length."""
    target.parent.mkdir(parents=True, exist_ok=True)
    most, written = min(info.file_size, left), 0
    with archive.open(info) as source, target.open("xb") as out:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > most:
                raise BadPackage(
                    [_("%(name)s holds more than it says. The package was not unpacked.") % {"name": info.filename}]
                )
            out.write(chunk)
    return written


def _check_claims(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    _check_names([info.filename for info in entries], limits)
    for info in entries:
        mode = info.external_attr >> 16
        if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
            raise BadPackage([_("%(name)s is a link. A package holds plain files only.") % {"name": info.filename}])
        if info.flag_bits & 0x1:
            raise BadPackage([_("%(name)s is locked with a password.") % {"name": info.filename}])
        if info.file_size > limits.harmless and info.file_size > info.compress_size * limits.ratio:
            raise BadPackage([_too_tight(info.filename)])
    total, packed_size = sum(info.file_size for info in entries), sum(info.compress_size for info in entries)
    _check_size(total, limits)
    if total > limits.harmless and total > packed_size * limits.ratio:
        raise BadPackage([_too_tight(NAME)])


def _too_tight(name: str) -> str:
    return _("%(name)s unpacks to more than 100 times its size. Such a package is not opened.") % {"name": name}


def _check_size(total: int, limits: Limits) -> None:
    if total > limits.size:
        raise BadPackage(
            [_("The package holds more than %(gigabytes)d GB.") % {"gigabytes": limits.size // 1024**3 or 1}]
        )


def _check_names(names: Iterable[str], limits: Limits) -> None:
    """Only `course.json` and `lessons/<uid>/<file>`; no way out of the folder, and no two names that one disk would take for one."""
    names = list(names)
    if len(names) > limits.files:
        raise BadPackage(
            [
                _("The package holds %(count)d files, at most %(most)d are allowed.")
                % {"count": len(names), "most": limits.files}
            ]
        )
    twins: set[str] = set()
    for name in names:
        if not _is_in_place(name):
            raise BadPackage(
                [
                    _("“%(name)s” has no place in a package: it holds course.json and lessons/<uid>/<file> only.")
                    % {"name": name[:120]}
                ]
            )
        twin = unicodedata.normalize("NFC", name).casefold()
        if twin in twins:
            raise BadPackage([_("“%(name)s” occurs twice, if only in other letters.") % {"name": name[:120]}])
        twins.add(twin)
    if NAME not in names:
        raise BadPackage([_("There is no course.json at the top of the package.")])


def _is_in_place(name: str) -> bool:
    if name == NAME:
        return True
    parts = name.split("/")
    if len(parts) != 3 or parts[0] != "lessons" or len(name) > 250:
        return False
    file = parts[2]
    try:
        if str(UUID(parts[1])) != parts[1]:
            return False
    except ValueError:
        return False
    return (
        file.strip(". ") != ""
        and not file.startswith(".")
        and all(letter.isprintable() and letter not in '\\:*?"<>|' for letter in file)
    )


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
    _check_names(found, limits)
    _check_size(total, limits)
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
