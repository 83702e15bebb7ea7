"""Keeping files."""

from __future__ import annotations

import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from time import monotonic
from typing import IO, TYPE_CHECKING, Any, Union

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.jobs.actions import advance, claim_job, fail_job, finish_job, start_job
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.uploads import PDF, PICTURES, VIDEOS, check_upload
from courses.files import documents, videos
from courses.files.models import LIGHT_TRIES, MediaFile
from courses.files.pictures import narrow, shrink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

Upload = Union["File[Any]", IO[bytes]]
_SUFFIXES = {
    "application/pdf": ".pdf",
    "image/webp": ".webp",
    "text/vtt": ".vtt",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}
_LARGEST = {PDF: documents.LARGEST, **dict.fromkeys(VIDEOS, videos.LARGEST)}
_LARGEST_OTHER = 20 * 1024 * 1024


@dataclass
class _Facts:
    content_type: str
    width: int = 0
    height: int = 0
    seconds: Decimal = Decimal(0)
    pages: int = 0
    needs_conversion: bool = False


def keep_file(upload: Upload, *, by: Any, allowed: set[str] | frozenset[str], name: str = "") -> MediaFile:
    """Check the upload by its content, note its facts and store it; the same content is stored once.

    Pictures become WebP. A video that a phone could not play well is `CONVERTING` until a worker has made it light.
    Raises Refusal for another type than allowed, and for what is too large or damaged.
    """
    if not isinstance(upload, File):
        upload = File(upload)
    largest = max(_LARGEST.get(one, _LARGEST_OTHER) for one in allowed)
    facts = _Facts(check_upload(upload, allowed, largest=largest))
    content: File[Any] = upload
    light: bytes | None = None
    if facts.content_type in PICTURES:
        picture = shrink(upload)
        light = narrow(picture)
        facts.content_type, facts.width, facts.height = "image/webp", picture.width, picture.height
        content = ContentFile(picture.data)
    elif facts.content_type == PDF:
        facts.pages = documents.count_pages(upload)
    elif facts.content_type in VIDEOS:
        with _on_disk(upload) as path:
            seen = videos.look_at(path, facts.content_type)
        facts.width, facts.height, facts.seconds = seen.width, seen.height, seen.seconds
        facts.needs_conversion = seen.needs_conversion
    named = plain_name(name or getattr(upload, "name", "") or "", facts.content_type)
    row = _store(content, facts, by=by, name=named, light=light)
    if facts.needs_conversion:
        start_job(
            "files.convert_video",
            _("Make the video %(name)s light for phones") % {"name": row.name},
            owner=by,
            payload={"media": row.pk},
        )
    return row


def _store(content: File[Any], facts: _Facts, *, by: Any, name: str, light: bytes | None = None) -> MediaFile:
    content.seek(0)
    sha256 = file_digest(content, "sha256").hexdigest()
    content.seek(0)
    row = MediaFile(
        sha256=sha256,
        name=name,
        content_type=facts.content_type,
        size=content.size,
        width=facts.width,
        height=facts.height,
        seconds=facts.seconds,
        pages=facts.pages,
        uploaded_by=by,
        state=MediaFile.State.CONVERTING if facts.needs_conversion else MediaFile.State.READY,
    )
    twin = MediaFile.objects.filter(sha256=sha256).order_by("pk").first()
    if twin and twin.file.storage.exists(str(twin.file.name)):
        row.file.name = twin.file.name
    else:
        row.file.save(name, File(content), save=False)
    if twin and twin.light_size:
        row.light.name, row.light_size = twin.light.name, twin.light_size
    elif light:
        row.light.save(_light_name(name), ContentFile(light), save=False)
        row.light_size = len(light)
    row.save()
    return row


def lighten_next(now: datetime) -> MediaFile | None:
    """Give the oldest film that waits its light version; None when none waits. A worker that dies leaves it to another one after
    an hour. Where a quarter cannot be spared, or ffmpeg gives up three times, the film stays without.
    """
    with transaction.atomic():
        media = (
            MediaFile.objects.to_lighten(now).select_for_update(skip_locked=True, no_key=True).order_by("pk").first()
        )
        if media is None:
            return None
        media.light_begun_at, media.light_tries = now, media.light_tries + 1
        media.save(update_fields=["light_begun_at", "light_tries"])
    with tempfile.TemporaryDirectory(prefix="light-") as folder:
        target = Path(folder) / "light.mp4"
        try:
            with media.file.open("rb") as file, _on_disk(file) as source:
                videos.lighten(source, target)
        except (Refusal, FileNotFoundError):
            return media
        if target.stat().st_size * 4 > media.size * 3:
            media.light_tries = LIGHT_TRIES
        else:
            with target.open("rb") as made:
                media.light.save(_light_name(plain_name(media.name, "video/mp4")), File(made), save=False)
            media.light_size = target.stat().st_size
    media.save(update_fields=["light", "light_size", "light_tries"])
    return media


def _light_name(name: str) -> str:
    return f"light-{name}"


def run_conversion(job_id: int) -> None:
    """Work on a job that `keep_file` started. A worker that dies leaves the job to the next one, which begins anew.

    Raises Cancelled when the owner stopped it or another worker holds it.
    """
    job = claim_job(job_id)
    if job is None:
        return
    media = MediaFile.objects.filter(pk=job.payload["media"]).first()
    if media is None or media.state != MediaFile.State.CONVERTING:
        finish_job(job)
        return
    total = max(1, int(media.seconds))
    beat = _Beat()

    def on_progress(seconds: int) -> None:
        if beat.is_due():
            advance(job, min(seconds, total), total)

    try:
        convert_video(media, on_progress=on_progress)
    except Refusal as refusal:
        fail_job(job, str(refusal.sentence))
        return
    advance(job, total, total)
    finish_job(job)


class _Beat:
    """True at most every five seconds: often enough to keep a lease, seldom enough not to trouble the database."""

    def __init__(self) -> None:
        self.next = 0.0

    def is_due(self) -> bool:
        now = monotonic()
        if now < self.next:
            return False
        self.next = now + 5
        return True


def convert_video(media: MediaFile, *, on_progress: Callable[[int], None]) -> None:
    """Make a waiting video light and mark it ready; the original goes. Raises Refusal (and marks it failed) when ffmpeg cannot."""
    if media.state != MediaFile.State.CONVERTING:
        return
    original = str(media.file.name)
    with tempfile.TemporaryDirectory(prefix="video-") as folder:
        target = Path(folder) / "video.mp4"
        try:
            with media.file.open("rb") as file, _on_disk(file) as source:
                videos.convert(source, target, videos.look_at(source, media.content_type), on_progress=on_progress)
            seen = videos.look_at(target, "video/mp4")
        except Refusal:
            MediaFile.objects.filter(pk=media.pk).update(state=MediaFile.State.FAILED)
            raise
        with target.open("rb") as made:
            media.sha256 = file_digest(made, "sha256").hexdigest()
            made.seek(0)
            media.name = plain_name(media.name, "video/mp4")
            media.file.save(media.name, File(made), save=False)
    media.content_type, media.size = "video/mp4", seen.size
    media.width, media.height, media.seconds = seen.width, seen.height, seen.seconds
    media.state = MediaFile.State.READY
    media.save()
    if not MediaFile.objects.filter(file=original).exists():
        media.file.storage.delete(original)


@contextmanager
def _on_disk(upload: File[Any]) -> Iterator[Path]:
    """A path under which a program can read the upload. Big ones lie on the disk already; a small one is copied there."""
    path = getattr(upload, "temporary_file_path", None)
    known = path() if path else getattr(getattr(upload, "file", upload), "name", None)
    if isinstance(known, str) and Path(known).is_file():
        yield Path(known)
        return
    with tempfile.NamedTemporaryFile(prefix="upload-") as copy:
        upload.seek(0)
        shutil.copyfileobj(upload, copy)
        copy.flush()
        upload.seek(0)
        yield Path(copy.name)


def plain_name(name: str, content_type: str) -> str:
    """A name without folders or surprising characters, at most 100 long, with the suffix that the content has."""
    last = PurePosixPath(name.replace("\\", "/")).name
    suffix = _SUFFIXES.get(content_type, PurePosixPath(last).suffix.lower()[:10])
    kept = re.sub(r"[^\w.-]+", "-", PurePosixPath(last).stem, flags=re.ASCII).strip(".-_")
    return f"{(kept or 'file')[:90]}{suffix}"
