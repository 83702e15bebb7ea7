"""The typeface of the media: Inter as npm brings it, a web font with all weights in one, cut into the files that Typst reads."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from asn_lms.vendor import FONT

WEIGHTS = (400, 600, 700)


@cache
def font_folder() -> Path:
    """A folder with one TrueType file for each weight, made once for a run; `make setup` must have brought the package."""
    folder = Path(mkdtemp(prefix="asn-lms-inter-"))
    for weight in WEIGHTS:
        # A date in the file would make every drawing another one.
        font = instantiateVariableFont(TTFont(FONT, recalcTimestamp=False), {"wght": weight}, updateFontNames=True)
        font.flavor = None
        font.save(folder / f"inter-{weight}.ttf")
    return folder
