"""Files that people send: accepted by their content, never by their name."""

import io
import zipfile
from typing import Any

import pylibmagic  # noqa: F401 - first: it brings libmagic, so that `magic` finds one on a bare machine

# isort: split
import magic
from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = {CSV, XLSX}
PDF = "application/pdf"
VTT = "text/vtt"
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
VIDEOS = frozenset({"video/mp4", "video/webm"})
MEBIBYTE = 1024 * 1024
LARGEST = 10 * MEBIBYTE
# What libmagic calls a plain table of text; a page or a script is another thing.
_TABLE_TEXT = {"text/plain", "text/csv", "application/csv", "text/tab-separated-values"}
_SAME = {"video/x-m4v": "video/mp4", "video/quicktime": "video/mp4"}
_ZIPPED = {"application/zip", "application/octet-stream", XLSX}
_OLD_OFFICE = {
    "application/vnd.ms-excel",
    "application/x-ole-storage",
    "application/cdfv2",
    "application/vnd.ms-office",
}


def check_upload(file: Any, allowed: set[str] | frozenset[str], *, largest: int = LARGEST) -> str:
    """The content type that libmagic finds in the file, when it is one of the allowed ones.

    Refuses, in a sentence for the person, an empty file, one of more than `largest` bytes, and any other type.
    """
    size = file.size
    if size == 0:
        raise Refusal(_("The file is empty (0 bytes). Open it once more, save it, and send it again."))
    if size > largest:
        raise Refusal(
            _("The file is %(size)s MB, the largest allowed is %(largest)s MB. Split it or make it smaller.")
            % {"size": _megabytes(size), "largest": _megabytes(largest)}
        )
    found = content_type(file)
    if found in allowed:
        return found
    if found.lower() in _OLD_OFFICE and XLSX in allowed:
        raise Refusal(_("This is an old Excel file (.xls). Save it as .xlsx or CSV, and send that."))
    raise Refusal(
        _("This file is %(found)s by its content. Send %(wanted)s.")
        % {"found": _kind(found), "wanted": _one_of(allowed)}
    )


def content_type(file: Any) -> str:
    """What libmagic makes of the content, with tables told apart from other text and from other ZIP archives."""
    file.seek(0)
    head = file.read(8192)
    file.seek(0)
    found = str(magic.from_buffer(head, mime=True))
    if found in _ZIPPED and head.startswith(b"PK") and _is_xlsx(file):
        return XLSX
    if found.startswith("text/") and head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return VTT
    if found in _TABLE_TEXT and (b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))):
        return CSV
    return _SAME.get(found, found)


def _is_xlsx(file: Any) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(file.read())) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False
    finally:
        file.seek(0)


def _megabytes(size: int) -> str:
    return f"{size / MEBIBYTE:.1f}".rstrip("0").rstrip(".").replace(".", ",")


def _kind(found: str) -> str:
    names = {
        "application/pdf": "PDF",
        "application/zip": "ZIP",
        CSV: _("a text file"),
        "text/html": _("a web page"),
        XLSX: "XLSX",
    }
    if found in names:
        return names[found]
    if found.startswith("image/"):
        return _("a picture")
    if found.startswith("video/"):
        return _("a video")
    return found


def _one_of(allowed: set[str] | frozenset[str]) -> str:
    names = {
        CSV: "CSV",
        XLSX: "XLSX",
        "application/pdf": "PDF",
        "application/zip": "ZIP",
        "image/png": "PNG",
        "image/jpeg": "JPEG",
        "image/webp": "WebP",
        "video/mp4": "MP4",
        "video/webm": "WebM",
        VTT: "WebVTT",
    }
    listed = sorted(names.get(one, one) for one in allowed)
    if len(listed) == 1:
        return listed[0]
    return _("%(first)s or %(last)s") % {"first": ", ".join(listed[:-1]), "last": listed[-1]}
