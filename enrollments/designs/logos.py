"""A logo as it is kept: one PNG, no larger than a paper needs, whatever was sent."""

import io

from asn_lms.lib.pictures import opened

LONGEST_SIDE = 600


def as_logo(content: bytes) -> bytes:
    """A PNG of at most 600 × 600 pixels without metadata. Raises Refusal for what is no picture."""
    with opened(content, field="logo") as picture:
        kept = picture.convert("RGBA")
    kept.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    kept.save(written, "PNG", optimize=True)
    return written.getvalue()
