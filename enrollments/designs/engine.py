"""The drawing engine of all papers: typst, kept warm, one compiler for each template.

The first paper of a process takes about half a second, each further one some ten milliseconds. What goes in is text; the same text
and date always give the same bytes. The engine itself is loaded by that first paper: most web processes never draw one
(tests/test_memory.py).
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from enrollments.designs.typeface import font_folder

if TYPE_CHECKING:
    import typst

logger = logging.getLogger(__name__)
# The compiler is for one thread at a time, and a web process has several.
_drawing = Lock()


def draw_pdf(template: Path, inputs: dict[str, str], *, dated: datetime, about: str) -> bytes:
    """The PDF: tagged, PDF/A-3a and PDF/UA-1, fonts embedded. `about` names it in the log. Raises typst.TypstError when it cannot be drawn."""
    import typst

    with _drawing:
        try:
            drawn = _compiler(template).compile(
                format="pdf", sys_inputs=inputs, pdf_standards=["a-3a", "ua-1"], timestamp=dated
            )
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
            # A letter that no typeface here has: the standards forbid such a paper, but the person still gets theirs.
            logger.warning("%s drawn without PDF/A: %s", about, error.message)
            drawn = _compiler(template).compile(format="pdf", sys_inputs=inputs, timestamp=dated)
    assert isinstance(drawn, bytes)
    return drawn


def draw_pictures(template: Path, inputs: dict[str, str], *, ppi: float) -> list[bytes]:
    """Its pages as PNG, to look at."""
    with _drawing:
        drawn = _compiler(template).compile(format="png", ppi=ppi, sys_inputs=inputs)
    pages = drawn if isinstance(drawn, list) else [drawn]
    return [page for page in pages if page is not None]


@lru_cache(maxsize=4)
def _compiler(template: Path) -> typst.Compiler:
    import typst

    folder = font_folder()
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)] if folder else []
    )
    return typst.Compiler(template, root=template.parent, font_paths=fonts)
