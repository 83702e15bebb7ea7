"""Facts about videos, and making them light enough for a phone on mobile data. Uses the system's ffmpeg, or the one of a wheel."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import imageio_ffmpeg
from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal

LARGEST = 500 * 1024 * 1024
HIGHEST = 480  # lines after conversion
LIGHT_LINES = 240  # of the light version
HEAVIEST = 1_000_000  # bit/s: heavier ones are converted; 1 Mbit/s is 7.5 MB a minute
LONGEST_SECONDS = 6 * 3600
_PLAYABLE = {"mp4": ({"h264"}, {"aac", "mp3"}), "webm": ({"vp8", "vp9", "av1"}, {"opus", "vorbis"})}
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_PICTURE = re.compile(r"Stream #\S+.*?: Video: (\w+).*?[ ,](\d{2,5})x(\d{2,5})")
_SOUND = re.compile(r"Stream #\S+.*?: Audio: (\w+)")
_TIME = re.compile(r"out_time_us=(\d+)")


@dataclass(frozen=True)
class VideoFacts:
    """`seconds` with two decimals; `sound` is empty for a silent film; `starts_at_once`: a browser can play before all has come."""

    seconds: Decimal
    width: int
    height: int
    picture: str
    sound: str
    container: str
    size: int
    starts_at_once: bool

    @property
    def is_playable(self) -> bool:
        pictures, sounds = _PLAYABLE.get(self.container, (set(), set()))
        return self.picture in pictures and (not self.sound or self.sound in sounds)

    @property
    def is_light(self) -> bool:
        return self.height <= HIGHEST or self.size * 8 <= HEAVIEST * max(self.seconds, Decimal(1))

    @property
    def needs_conversion(self) -> bool:
        return not (self.is_playable and self.is_light and self.starts_at_once)


@lru_cache(maxsize=1)
def ffmpeg() -> str:
    return shutil.which("ffmpeg") or imageio_ffmpeg.get_ffmpeg_exe()


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}


def look_at(path: Path, content_type: str) -> VideoFacts:
    """Read the facts of the file. Raises Refusal when there is no film in it, or it lasts longer than six hours."""
    try:
        said = subprocess.run(  # noqa: S603 - the program is ours, the path was made by us
            [ffmpeg(), "-hide_banner", "-nostdin", "-protocol_whitelist", "file", "-i", str(path)],
            capture_output=True,
            timeout=60,
            check=False,
            env=_environment(),
        ).stderr.decode(errors="replace")
    except subprocess.TimeoutExpired as error:
        raise Refusal(_("This video cannot be read; the file may be damaged. Choose another one.")) from error
    duration, picture, sound = _DURATION.search(said), _PICTURE.search(said), _SOUND.search(said)
    if duration is None or picture is None:
        raise Refusal(_("This video cannot be read; the file may be damaged. Choose another one."))
    hours, minutes, rest = duration.groups()
    seconds = (int(hours) * 3600 + int(minutes) * 60 + Decimal(rest)).quantize(Decimal("0.01"))
    if not 0 < seconds <= LONGEST_SECONDS:
        raise Refusal(_("A video lasts at most six hours. Cut it into shorter lessons."))
    container = content_type.removeprefix("video/")
    return VideoFacts(
        seconds=seconds,
        width=int(picture[2]),
        height=int(picture[3]),
        picture=picture[1],
        sound=sound[1] if sound else "",
        container=container,
        size=path.stat().st_size,
        starts_at_once=container != "mp4" or _index_comes_first(path),
    )


def _index_comes_first(path: Path) -> bool:
    """Whether the box `moov` of an MP4 stands before the pictures (`mdat`). Source: ISO/IEC 14496-12 §4.2."""
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, name = int.from_bytes(head[:4]), head[4:]
            if name == b"moov":
                return True
            if name == b"mdat" or size == 0:
                return False
            if size == 1:
                size = int.from_bytes(file.read(8)) - 8
            if size < 8:
                return False
            file.seek(size - 8, 1)
    return False


def lighten(source: Path, target: Path) -> None:
    """Write the light version: an MP4 of at most 240 lines and 12 pictures a second, speech in one channel. Raises Refusal when
    ffmpeg fails.
    """
    picture = f"fps=12,scale=-2:'min({LIGHT_LINES},trunc(ih/2)*2)'"
    how = [
        "-vf", picture, "-c:v", "libx264", "-preset", "veryfast", "-crf", "30", "-maxrate", "150k", "-bufsize", "300k",
        "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "32k", "-ac", "1", "-ar", "24000",
    ]  # fmt: skip
    _run_ffmpeg(source, target, how, on_progress=lambda seconds: None)


def convert(source: Path, target: Path, facts: VideoFacts, *, on_progress: Callable[[int], None]) -> None:
    """Write an MP4 that starts at once: copied when only the index stood at the end, else drawn anew at ≤ 480 lines.

    `on_progress` hears the seconds done, about twice a second, and may raise to stop the work. Raises Refusal when ffmpeg fails.
    """
    only_order = facts.is_playable and facts.is_light and facts.container == "mp4"
    how = ["-c", "copy"] if only_order else [
        "-vf", f"scale=-2:'min({HIGHEST},trunc(ih/2)*2)'", "-c:v", "libx264", "-preset", "veryfast", "-crf", "25", "-maxrate", "800k",
        "-bufsize", "1600k", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k", "-ac", "1",
    ]  # fmt: skip
    _run_ffmpeg(source, target, how, on_progress=on_progress)


def _run_ffmpeg(source: Path, target: Path, how: list[str], *, on_progress: Callable[[int], None]) -> None:
    command = [
        ffmpeg(), "-hide_banner", "-nostdin", "-y", "-protocol_whitelist", "file", "-i", str(source), "-map", "0:v:0", "-map", "0:a:0?",
        "-map_metadata", "-1", *how, "-movflags", "+faststart", "-progress", "pipe:1", "-nostats", "-loglevel", "error",
        "-f", "mp4", str(target),
    ]  # fmt: skip
    with subprocess.Popen(  # noqa: S603 - the program is ours, the paths were made by us
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=_environment()
    ) as running:
        try:
            for line in running.stdout or []:
                if found := _TIME.match(line):
                    on_progress(int(found[1]) // 1_000_000)
        except BaseException:
            running.kill()
            raise
    if running.returncode != 0:
        raise Refusal(_("This video cannot be converted. Save it as MP4 (H.264) and upload it again."))
