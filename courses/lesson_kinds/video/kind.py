"""Video: watched when enough of it has been seen, wherever the viewer began and however often."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from random import Random
from typing import IO, Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from asn_lms.lib.prepared import Prepared, Slot
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.richtext import render, tidy
from asn_lms.lib.uploads import VIDEOS, VTT
from asn_lms.lib.words import stopwatch
from courses.files.actions import keep_file
from courses.files.links import light_path, signed_path
from courses.files.models import MediaFile
from courses.lesson_kinds import Kind, Outcome, Unreadable, Weight, travelling
from courses.lesson_kinds.video.captions import Cue, parse
from courses.lesson_kinds.video.models import VideoCaptions, VideoContent
from courses.lesson_kinds.video.watched import NOTHING, Watched
from courses.structure.models import Lesson

# A film that is watched to its last second ends a little before its length: players round.
ROUNDING = 1.0
LONGEST_OFFLINE = timedelta(days=30)


@dataclass(frozen=True)
class Video:
    """A video lesson as it is read."""

    seconds: float = 0
    required_percent: int = 90
    transcript: str = ""
    media: MediaFile | None = None
    captions: tuple[VideoCaptions, ...] = ()

    @property
    def seconds_to_watch(self) -> float:
        return self.seconds * self.required_percent / 100 - min(ROUNDING, self.seconds * 0.02)

    @cached_property
    def cues(self) -> tuple[Cue, ...]:
        return parse(self.captions[0].text.encode())[1] if self.captions else ()


@dataclass(frozen=True)
class VideoState:
    """`position` in seconds; `at`: when it was there, in milliseconds since 1970."""

    watched: Watched = NOTHING
    position: float = 0
    at: int = 0


_CONTENT = Prepared(lambda: VideoContent.objects.filter(lesson=Slot("lesson")).select_related("video"))
_CAPTIONS = Prepared(
    lambda: VideoCaptions.objects.filter(lesson=Slot("lesson")).select_related("media").order_by("-language")
)


class VideoKind(Kind):
    name = "video"
    label = gettext_lazy("Video")
    icon = "video"
    learn_template = "video/learn.html"
    edit_template = "video/edit.html"

    def open(self, content: Video, *, rng: Random, now: datetime) -> VideoState:
        return VideoState()

    def receive(self, content: Video, state: VideoState, data: Mapping[str, Any], now: datetime) -> Outcome:
        """`watched`: spans in seconds, such as 0-12.5,30-60; `position` in seconds; `at`: when, in milliseconds since 1970."""
        if "watched" not in data and "position" not in data:
            raise Unreadable(_("A video takes watched=0-12.5,30-60 and position=60."))
        watched = state.watched | Watched.parse(str(data.get("watched", "")), seconds=content.seconds)
        state = replace(state, watched=watched)
        current = int(now.timestamp() * 1000)
        position, at = _number(data, "position", state.position), _number(data, "at", current)
        at = max(int((now - LONGEST_OFFLINE).timestamp() * 1000), min(int(at), current))
        if at >= state.at:
            state = replace(state, position=round(max(0.0, min(position, content.seconds)), 1), at=at)
        return Outcome(state, finished=self._is_watched(content, state))

    def _is_watched(self, content: Video, state: VideoState) -> bool:
        return content.seconds > 0 and state.watched.seconds >= content.seconds_to_watch

    def learn_context(self, content: Video, state: VideoState | None) -> dict[str, Any]:
        state = state or VideoState()
        media = content.media if content.media and content.media.is_ready else None
        ended = content.seconds - state.position < 2
        start = 0 if ended else state.position
        return {
            "video": content,
            "media": media,
            "source": signed_path(media) if media else "",
            "light": light_path(media) if media else "",
            "tracks": [
                {"language": one.language, "label": one.get_language_display(), "url": signed_path(one.media)}
                for one in content.captions
            ],
            "cues": [{"start": one.start, "text": one.text, "is_now": _covers(content.cues, i, start)} for i, one in enumerate(content.cues)],
            "transcript": render(content.transcript) if content.transcript else "",
            "start": start,
            "percent": self._percent(content, state),
            "watched": str(state.watched),
            "bars": _bars(content, state),
            "is_finished": self._is_watched(content, state),
        }  # fmt: skip

    def _percent(self, content: Video, state: VideoState) -> int:
        return min(100, int(state.watched.seconds * 100 / content.seconds)) if content.seconds else 0

    def learn_data(self, content: Video, state: VideoState | None) -> dict[str, Any]:
        state = state or VideoState()
        media = content.media if content.media and content.media.is_ready else None
        return {
            "seconds": content.seconds,
            "required_percent": content.required_percent,
            "url": signed_path(media) if media else None,
            "content_type": media.content_type if media else None,
            "size": media.size if media else 0,
            "light_url": (light_path(media) or None) if media else None,
            "light_size": media.light_size if media else 0,
            "captions": {one.language: signed_path(one.media) for one in content.captions},
            "transcript": content.transcript,
            "watched": str(state.watched),
            "percent": self._percent(content, state),
            "position": state.position,
        }

    def state_to_json(self, state: VideoState) -> dict[str, Any]:
        return {"watched": str(state.watched), "position": state.position, "at": state.at}

    def state_from_json(self, data: Mapping[str, Any]) -> VideoState:
        watched = Watched.parse(str(data.get("watched", "")), seconds=10**6)
        return VideoState(watched, float(data.get("position", 0)), int(data.get("at", 0)))

    def place(self, content: Video, state: VideoState | None) -> str:
        return stopwatch(state.position) if state and state.position else ""

    def walk_through(
        self, content: Video, state: VideoState, *, rng: Random, skill: float, text: str = ""
    ) -> Iterator[Mapping[str, Any]]:
        yield {"watched": f"0-{content.seconds}", "position": str(content.seconds)}

    def load(self, lesson: Lesson) -> Video:
        [row] = _CONTENT.rows(lesson=lesson.pk)
        return _video(row, _CAPTIONS.rows(lesson=lesson.pk), lesson)

    def load_many(self, lessons: Sequence[Lesson]) -> dict[int, Video]:
        by_id = {lesson.pk: lesson for lesson in lessons}
        captions: dict[int, list[VideoCaptions]] = {}
        for one in VideoCaptions.objects.filter(lesson__in=by_id).select_related("media").order_by("-language"):
            captions.setdefault(one.lesson_id, []).append(one)
        rows = VideoContent.objects.filter(lesson__in=by_id).select_related("video")
        return {row.lesson_id: _video(row, captions.get(row.lesson_id, []), by_id[row.lesson_id]) for row in rows}

    def create(self, lesson: Lesson) -> Video:
        VideoContent.objects.create(lesson=lesson)
        return self.load(lesson)

    def copy(self, content: Video, *, to: Lesson) -> Video:
        VideoContent.objects.create(
            lesson=to, video=content.media, transcript=content.transcript, required_percent=content.required_percent
        )
        VideoCaptions.objects.bulk_create(
            [
                VideoCaptions(lesson=to, language=one.language, media=one.media, text=one.text)
                for one in content.captions
            ]
        )
        return self.load(to)

    def author_form(self, lesson: Lesson, data: Any = None, files: Any = None) -> Any:
        from courses.lesson_kinds.video.forms import VideoForm

        return VideoForm(lesson, self.load(lesson), data, files)

    def problems(self, content: Video) -> list[str]:
        if content.media is None:
            return [_("The video is missing. Upload it.")]
        found = []
        if content.media.state == MediaFile.State.CONVERTING:
            found.append(_("The video is still being made light for phones. Publish when that is done."))
        if content.media.state == MediaFile.State.FAILED:
            found.append(_("The video cannot be converted. Save it as MP4 (H.264) and upload it again."))
        if not content.captions:
            found.append(_("The video has no captions. Those who cannot hear it need them."))
        return found

    def weight(self, content: Video) -> Weight:
        """A film that is still being made light weighs nothing yet: nobody can tell what will be left of it."""
        said = "\n".join([*(one.text for one in content.captions[:1]), content.transcript])
        captions = content.captions[0].media.size if content.captions else 0
        media = content.media if content.media and content.media.is_ready else None
        film = media.size + captions if media else 0
        light = media.light_size + captions if media and media.light_size else 0
        return Weight(page=travelling(said.strip()), medium=film, light=light)

    def pack(self, content: Video) -> tuple[dict[str, Any], dict[str, IO[bytes]]]:
        files: dict[str, IO[bytes]] = {}
        values: dict[str, Any] = {
            "video": None,
            "captions": {},
            "transcript": None,
            "required_percent": content.required_percent,
        }
        if content.media:
            values["video"] = f"video.{content.media.content_type.removeprefix('video/')}"
            files[values["video"]] = content.media.file.open("rb")
        for one in content.captions:
            name = f"captions.{one.language}.vtt"
            values["captions"][one.language] = name
            files[name] = BytesIO(one.text.encode())
        if content.transcript:
            values["transcript"] = "transcript.md"
            files["transcript.md"] = BytesIO(f"{content.transcript}\n".encode())
        return values, files

    def unpack(self, lesson: Lesson, values: Mapping[str, Any], files: Mapping[str, Path], *, by: Any) -> Video:
        percent = values.get("required_percent", 90)
        if not isinstance(percent, int) or not 1 <= percent <= 100:
            raise Refusal(_("required_percent must be a whole number from 1 to 100."))
        media = None
        if name := values.get("video"):
            with _packed(files, name, lesson).open("rb") as file:
                media = keep_file(File(file, name=str(name)), by=by, allowed=VIDEOS)
        transcript = ""
        if name := values.get("transcript"):
            transcript = tidy(_packed(files, name, lesson).read_bytes().decode("utf-8", errors="replace"))
        VideoContent.objects.create(lesson=lesson, video=media, transcript=transcript, required_percent=percent)
        captions = values.get("captions") or {}
        for language, name in captions.items() if isinstance(captions, Mapping) else ():
            if language in VideoCaptions.Language.values:
                keep_captions(lesson, language, _packed(files, name, lesson).read_bytes(), by=by)
        return self.load(lesson)


def keep_captions(lesson: Lesson, language: str, data: bytes, *, by: Any) -> None:
    """Put these captions in place of those that the lesson has in the language. Raises Refusal."""
    text, _cues = parse(data)
    media = keep_file(File(BytesIO(text.encode()), name=f"captions.{language}.vtt"), by=by, allowed={VTT})
    VideoCaptions.objects.update_or_create(lesson=lesson, language=language, defaults={"media": media, "text": text})


def _packed(files: Mapping[str, Path], name: Any, lesson: Lesson) -> Path:
    if str(name) not in files:
        raise Refusal(_("The package has no file “%(name)s” for “%(title)s”.") % {"name": name, "title": lesson.title})
    return files[str(name)]


def _video(row: VideoContent, captions: Any, lesson: Lesson) -> Video:
    return Video(
        float(row.video.seconds) if row.video else 0,
        row.required_percent,
        row.transcript,
        row.video,
        _own_language_first(captions, lesson),
    )


def _own_language_first(captions: Any, lesson: Lesson) -> tuple[VideoCaptions, ...]:
    return tuple(sorted(captions, key=lambda one: one.language != lesson.version.language))


def _number(data: Mapping[str, Any], name: str, otherwise: float) -> float:
    value = data.get(name)
    if value in {None, ""}:
        return otherwise
    try:
        number = float(str(value))
    except ValueError:
        number = -1
    if not 0 <= number < 10**14:
        raise Unreadable(_("%(name)s must be a number that is not negative.") % {"name": name})
    return number


def _covers(cues: tuple[Cue, ...], number: int, second: float) -> bool:
    following = cues[number + 1].start if number + 1 < len(cues) else float("inf")
    return second > 0 and cues[number].start <= second < following


def _bars(content: Video, state: VideoState) -> str:
    """The watched parts as an SVG path on a line of length 100."""
    if not content.seconds:
        return ""
    scale = 10 / content.seconds
    return "".join(
        f"M{start * scale:.2f} 0H{end * scale:.2f}V1H{start * scale:.2f}z" for start, end in state.watched.spans
    )


kind = VideoKind()
