"""A logo as it is kept: one PNG, no larger than a paper needs, whatever was sent."""

import io

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from asn_lms.lib.refusals import Refusal

LONGEST_SIDE = 600
MOST_PIXELS = 40_000_000


def as_logo(content: bytes) -> bytes:
    """A PNG of at most 600 × 600 pixels without metadata. Raises Refusal for what is no picture."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "WEBP"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refusal(_("This picture is too large. Send one of at most 40 megapixels."), field="logo")
            image.load()
            kept = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise Refusal(_("This is no picture that can be read. Send a PNG, JPEG or WebP file."), field="logo") from error
    kept.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    kept.save(written, "PNG", optimize=True)
    return written.getvalue()
