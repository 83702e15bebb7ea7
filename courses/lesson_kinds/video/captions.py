"""WebVTT captions. Source: W3C WebVTT, the parts that players agree on."""

import html
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal

LONGEST = 1_000_000
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+.*)?")
_TAG = re.compile(r"</?[^>]*>")


@dataclass(frozen=True)
class Cue:
    """What is said from `start` to `end`, in seconds, without markup."""

    start: float
    end: float
    text: str


def parse(data: bytes) -> tuple[str, tuple[Cue, ...]]:
    """The text of the file and its cues. Raises Refusal naming the line that cannot be read."""
    try:
        text = data[: LONGEST + 1].decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    except UnicodeDecodeError as error:
        raise Refusal(_("The captions are not UTF-8. Save them again as UTF-8.")) from error
    if len(data) > LONGEST:
        raise Refusal(_("The captions are larger than 1 MB."))
    lines = text.split("\n")
    if not re.match(r"WEBVTT(?:[ \t]|$)", lines[0]):
        raise Refusal(_("Captions are a WebVTT file: its first line says WEBVTT."))
    cues = []
    number = 1
    while number < len(lines):
        if "-->" not in lines[number]:
            number += 1
            continue
        cue, number = _cue(lines, number)
        cues.append(cue)
    if not cues:
        raise Refusal(_("The captions hold no line with a time."))
    return text, tuple(cues)


def _cue(lines: list[str], number: int) -> tuple[Cue, int]:
    found = _TIMING.fullmatch(lines[number].strip())
    if found is None:
        raise Refusal(
            _("Line %(number)s of the captions has no proper time, such as 00:04.000 --> 00:07.500.")
            % {"number": number + 1}
        )
    start, end = _seconds(*found.groups()[:4]), _seconds(*found.groups()[4:])
    if end <= start:
        raise Refusal(_("Line %(number)s of the captions ends before it begins.") % {"number": number + 1})
    said = []
    number += 1
    while number < len(lines) and lines[number].strip():
        said.append(html.unescape(_TAG.sub("", lines[number])).strip())
        number += 1
    return Cue(start, end, " ".join(said)), number


def _seconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths) / 1000
