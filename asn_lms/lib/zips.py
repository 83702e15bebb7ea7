"""Other people's ZIP archives, opened with suspicion: what they claim is checked before anything is unpacked, and what they really
hold while it is unpacked. What may stand in an archive, its owner knows (`may_stand`). Promise S3.
"""

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How much an archive may hold, in files and bytes. `ratio`: unpacked bytes for each packed one."""

    files: int = 5000
    size: int = 2 * 1024**3
    ratio: int = 100
    # Small files may be packed tighter: an empty caption file is no bomb.
    harmless: int = 256 * 1024


class BadZip(Refusal):
    """The archive is not opened, or not any further."""


@contextmanager
def open_zip(source: Any, limits: Limits, check_names: Callable[[list[str]], None]) -> Iterator[zipfile.ZipFile]:
    """The archive (a path or a seekable file), with what it claims checked. Whatever is damaged in it, also later, is a BadZip."""
    try:
        with zipfile.ZipFile(source) as archive:
            _check_claims(entries_of(archive), limits, check_names)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise BadZip(_("The file is not a ZIP, or it is damaged. Make it again and upload it once more.")) from error


def entries_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Its files, without folders."""
    return [info for info in archive.infolist() if not info.is_dir()]


def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, out: IO[bytes], left: int) -> int:
    """Write one file; stops as soon as it is longer than it claimed or than what is left. Returns its length."""
    most, written = min(info.file_size, left), 0
    with archive.open(info) as source:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > most:
                raise BadZip(
                    _("%(name)s holds more than it says. The package was not unpacked.") % {"name": info.filename}
                )
            out.write(chunk)
    return written


def _check_claims(entries: list[zipfile.ZipInfo], limits: Limits, check_names: Callable[[list[str]], None]) -> None:
    check_names([info.filename for info in entries])
    for info in entries:
        mode = info.external_attr >> 16
        if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
            raise BadZip(_("%(name)s is a link. A package holds plain files only.") % {"name": info.filename})
        if info.flag_bits & 0x1:
            raise BadZip(_("%(name)s is locked with a password.") % {"name": info.filename})
        if info.file_size > limits.harmless and info.file_size > info.compress_size * limits.ratio:
            raise BadZip(_too_tight(info.filename))
    total, packed = sum(info.file_size for info in entries), sum(info.compress_size for info in entries)
    check_size(total, limits)
    if total > limits.harmless and total > packed * limits.ratio:
        raise BadZip(_too_tight(entries[0].filename))


def _too_tight(name: str) -> str:
    return _("%(name)s unpacks to more than 100 times its size. Such a package is not opened.") % {"name": name}


def check_size(total: int, limits: Limits) -> None:
    """Refuses what holds more bytes than the limits allow."""
    if total > limits.size:
        raise BadZip(_("The package holds more than %(gigabytes)d GB.") % {"gigabytes": limits.size // 1024**3 or 1})


def check_count_and_twins(names: Iterable[str], limits: Limits) -> None:
    """Not too many, and no two names that one disk would take for one."""
    names = list(names)
    if len(names) > limits.files:
        raise BadZip(
            _("The package holds %(count)d files, at most %(most)d are allowed.")
            % {"count": len(names), "most": limits.files}
        )
    twins: set[str] = set()
    for name in names:
        twin = folded(name)
        if twin in twins:
            raise BadZip(_("“%(name)s” occurs twice, if only in other letters.") % {"name": name[:120]})
        twins.add(twin)


def folded(name: str) -> str:
    """The name as a disk that cares for neither case nor composed letters would take it."""
    return unicodedata.normalize("NFC", name).casefold()


def is_plain_name(name: str) -> bool:
    """Whether this name of a file, without folders, can stand on any disk."""
    return (
        name.strip(". ") != ""
        and not name.startswith(".")
        and all(letter.isprintable() and letter not in '/\\:*?"<>|' for letter in name)
    )
