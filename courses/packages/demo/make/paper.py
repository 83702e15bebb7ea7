"""Typst to PDF, to WebP and to slide images, in Inter and no system font."""

from __future__ import annotations

import datetime
from io import BytesIO
from pathlib import Path

import typst
from PIL import Image

from courses.packages.demo.make.typeface import font_folder

HERE = Path(__file__).resolve().parent
# A fixed instant, so that drawing again without a change gives the same bytes.
DRAWN_AT = datetime.datetime(2026, 1, 5, 1, 0, tzinfo=datetime.UTC)
PICTURE_LIMIT = 40 * 1024
PAPER_LIMIT = 150 * 1024


def print_paper(source: Path, to: Path) -> Path:
    """A tagged PDF/UA-1 with its fonts inside; ValueError above 150 KB."""
    to.parent.mkdir(parents=True, exist_ok=True)
    pdf: bytes = typst.compile(
        str(source),
        root=str(HERE),
        font_paths=[str(font_folder())],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=DRAWN_AT,
    )
    if len(pdf) > PAPER_LIMIT:
        raise ValueError(f"{to.name} is {len(pdf)} bytes, more than {PAPER_LIMIT}")
    to.write_bytes(pdf)
    return to


def draw_pages(source: Path, *, pixels_per_point: float = 1.0) -> list[Image.Image]:
    """Every page of a Typst source as an RGB image; one point of paper is `pixels_per_point` pixels."""
    pages: bytes | list[bytes] = typst.compile(
        str(source),
        root=str(HERE),
        font_paths=[str(font_folder())],
        ignore_system_fonts=True,
        format="png",
        ppi=72 * pixels_per_point,
    )
    listed = [pages] if isinstance(pages, bytes) else pages
    return [Image.open(BytesIO(page)).convert("RGB") for page in listed]


def draw_pictures(source: Path, to: list[Path]) -> list[Path]:
    """The pages as lossless WebP at two pixels per point; ValueError when one is above 40 KB or their number differs."""
    for page, path in zip(draw_pages(source, pixels_per_point=2), to, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Flat colours: 96 of them hold every edge, and the file stays small for a phone.
        page.quantize(96, dither=Image.Dither.NONE).convert("RGB").save(
            path, "WEBP", lossless=True, quality=100, method=6
        )
        if path.stat().st_size > PICTURE_LIMIT:
            raise ValueError(f"{path.name} is {path.stat().st_size} bytes, more than {PICTURE_LIMIT}")
    return to
