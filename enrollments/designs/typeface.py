"""The typeface of the paper: Inter, which comes as a web font, unpacked once for the drawing engine.

The engine reads TrueType, the package brings WOFF2. The unpacked copy lives in DATA_DIR and is made again whenever the source
is another one. Without the source (static files not built yet) the engine's own serif is used: legible, but not ours.
"""

import logging
import os
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.contrib.staticfiles import finders

logger = logging.getLogger(__name__)
SOURCE = "vendor/inter.woff2"


def font_folder() -> Path | None:
    """The folder with the unpacked font, or None when its source cannot be found."""
    found = finders.find(SOURCE)
    if not isinstance(found, str):
        logger.error("%s is missing: certificates are drawn in another typeface", SOURCE)
        return None
    source = Path(found)
    folder = Path(settings.DATA_DIR) / "fonts" / sha256(source.read_bytes()).hexdigest()[:12]
    target = folder / "inter.ttf"
    if not target.exists():
        from fontTools.ttLib import TTFont  # once for each release of the font

        folder.mkdir(parents=True, exist_ok=True)
        font = TTFont(source)
        font.flavor = None
        with NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as draft:
            font.save(draft)
        os.replace(draft.name, target)
    return folder
