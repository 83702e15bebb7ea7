"""Pictures that people send, read with care: by content, never larger unpacked than this machine bears."""

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

MOST_PIXELS = 60_000_000  # what a picture may unpack to; a phone's largest has 50 million


@contextmanager
def opened(content: bytes, *, field: str | None = None) -> "Iterator[Image.Image]":
    """A JPEG, PNG or WebP with its pixels loaded, as it was sent. Raises Refusal, beside `field`, for what is none or is too large;
    so does work on it, inside the block, that finds it broken.
    """
    # Loaded by the first picture and not by every process that starts (tests/test_memory.py).
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refusal(_("This picture has too many pixels. Save it smaller and try again."), field=field)
            picture.load()
            yield picture
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refusal(
            _("This picture cannot be read; the file may be damaged. Choose another one."), field=field
        ) from error
