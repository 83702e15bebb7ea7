"""Slides to a short film: pictures with soft cuts, a quiet pad of chords, captions (WebVTT) and a transcript.

Nobody speaks: what is said stands in the captions, and the time each stays follows from its length.
"""

from __future__ import annotations

import array
import math
import subprocess
import tempfile
import textwrap
import wave
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from courses.packages.demo.make.paper import draw_pages
from courses.packages.demo.make.plan import Film, Scene

LINE = 42  # characters per caption line, two lines at most
CHARACTERS_PER_SECOND = 13.0
SHORTEST_CUE = 2.4  # seconds
PAUSE = 0.3  # seconds between two captions
OPENING, CLOSING = 1.6, 2.5  # seconds without a caption
FADE_STEPS, FADE_STEP = 5, 0.06  # pictures between two slides, and seconds for each
LIMIT = 2 * 1024 * 1024
RATE = 22_050  # audio samples per second
CHORD_SECONDS = 8.0
# C, A minor, F, G with their softer sixths and sevenths, in Hz.
CHORDS = ((130.81, 196.0, 329.63), (110.0, 220.0, 329.63), (87.31, 174.61, 329.63), (98.0, 196.0, 293.66))


@dataclass(frozen=True)
class Cue:
    starts: float
    ends: float
    text: str


def make_film(film: Film, folder: Path, package: Path) -> list[Path]:
    """Write video.mp4, captions.id.vtt and transcript.md; ValueError above 2 MB or for a caption that needs three lines."""
    to = package / film.to
    to.mkdir(parents=True, exist_ok=True)
    cues, turns, seconds = timetable(film.scenes)
    video, captions, transcript = to / "video.mp4", to / "captions.id.vtt", to / "transcript.md"
    captions.write_text(as_webvtt(cues), encoding="utf-8")
    transcript.write_text(as_transcript(film, seconds), encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        encode(Path(scratch), draw_pages(folder / film.source), turns, seconds, video)
    if video.stat().st_size > LIMIT:
        raise ValueError(f"{video} is {video.stat().st_size} bytes, more than {LIMIT}")
    return [video, captions, transcript]


def timetable(scenes: list[Scene]) -> tuple[list[Cue], list[tuple[float, int]], float]:
    """The captions, the (second, page) of every change of slide, and the length in seconds."""
    cues: list[Cue] = []
    turns: list[tuple[float, int]] = []
    now = 0.0
    for scene in scenes:
        turns.append((now, scene.page))
        if not cues:
            now += OPENING
        for text in scene.says:
            ends = round(now + max(SHORTEST_CUE, len(text) / CHARACTERS_PER_SECOND), 2)
            cues.append(Cue(round(now, 2), ends, text))
            now = ends + PAUSE
    return cues, turns, round(now + CLOSING, 2)


def two_lines(text: str) -> str:
    """The caption on one line, or on two of nearly equal length."""
    if len(text) <= LINE:
        return text
    for width in range(len(text) // 2, LINE + 1):
        lines = textwrap.wrap(text, width)
        if len(lines) == 2:
            return "\n".join(lines)
    raise ValueError(f"needs three lines: {text}")


def clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"00:{int(minutes):02d}:{rest:06.3f}"


def as_webvtt(cues: list[Cue]) -> str:
    blocks = [f"{clock(cue.starts)} --> {clock(cue.ends)}\n{two_lines(cue.text)}" for cue in cues]
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


def as_transcript(film: Film, seconds: float) -> str:
    parts = [
        f"# {film.title}",
        f"Video {round(seconds)} detik, tanpa suara orang; musik latar pelan. Semua penjelasan ada pada teks di layar "
        "dan pada teks video (takarir). Tokoh dan angka di dalamnya rekaan untuk pembelajaran.",
    ]
    for scene in film.scenes:
        if scene.shows:
            parts.append(f"**Di layar:** {scene.shows}")
        if scene.says:
            parts.append(" ".join(scene.says))
    return "\n\n".join(parts) + "\n"


def encode(
    scratch: Path, pages: list[Image.Image], turns: list[tuple[float, int]], seconds: float, video: Path
) -> None:
    """H.264 and AAC that every phone plays, seekable to about two seconds, ready to play before all of it has come."""
    listing: list[str] = []
    ends = [starts for starts, _ in turns[1:]] + [seconds]
    for turn, ((starts, page), end) in enumerate(zip(turns, ends, strict=True)):
        shown, left = pages[page - 1], end - starts
        if turn:
            before = pages[turns[turn - 1][1] - 1]
            for step in range(1, FADE_STEPS + 1):
                name = f"{turn:03d}-{step}.png"
                Image.blend(before, shown, step / (FADE_STEPS + 1)).save(scratch / name)
                listing += [f"file '{name}'", f"duration {FADE_STEP}"]
                left -= FADE_STEP
        name = f"{turn:03d}.png"
        shown.save(scratch / name)
        listing += [f"file '{name}'", f"duration {left:.3f}"]
    listing.append(f"file '{len(turns) - 1:03d}.png'")
    (scratch / "slides.txt").write_text("\n".join(listing), encoding="utf-8")
    write_pad(scratch / "pad.wav", seconds)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"]
    command += ["-f", "concat", "-safe", "0", "-i", str(scratch / "slides.txt"), "-i", str(scratch / "pad.wav")]
    command += ["-c:v", "libx264", "-profile:v", "main", "-preset", "slow", "-tune", "stillimage", "-crf", "25"]
    command += ["-pix_fmt", "yuv420p", "-r", "24", "-g", "60", "-threads", "1", "-colorspace", "bt709"]
    command += ["-color_primaries", "bt709", "-color_trc", "bt709", "-vf", "scale=out_color_matrix=bt709:out_range=tv"]
    command += ["-c:a", "aac", "-b:a", "40k", "-ac", "1", "-t", f"{seconds}", "-movflags", "+faststart"]
    command += ["-map_metadata", "-1", "-fflags", "+bitexact", str(video)]
    subprocess.run(command, check=True)  # noqa: S603 - a fixed program and names of our own


def write_pad(path: Path, seconds: float) -> None:
    """Slow chords, about 28 dB below full scale: enough to hear that the sound works, too little to tire."""
    samples = array.array("h")
    for index in range(int(seconds * RATE)):
        now = index / RATE
        chord, inside = divmod(now, CHORD_SECONDS)
        swell = math.sin(math.pi * inside / CHORD_SECONDS)
        level = 1300 * swell * min(1.0, now / 2, (seconds - now) / 2)
        tone = sum(math.sin(2 * math.pi * hertz * now) for hertz in CHORDS[int(chord) % len(CHORDS)])
        samples.append(int(level * tone / 3))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
