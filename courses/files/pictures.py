"""Pictures for slow networks: WebP of at most 1600 px, turned the right way up, without what a camera wrote into them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from asn_lms.lib.pictures import opened
from asn_lms.lib.refusals import Refusal

if TYPE_CHECKING:
    from PIL import Image

LONGEST_SIDE = 1600
# A phone 360 px wide draws two dots for each of them.
LIGHT_WIDTH = 720
LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True)
class Shrunk:
    data: bytes
    width: int
    height: int


def shrink(file: IO[bytes] | Any) -> Shrunk:
    """The picture as WebP. One that is already such a WebP, with nothing of a camera in it, comes back byte for byte, so that a
    course package that was exported and imported stays the same. Raises Refusal for what cannot be read as a picture.
    """
    file.seek(0)
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Refusal(_("This picture is larger than 20 MB. Save it smaller and try again."))
    with opened(data) as picture:
        if _is_plain_webp(picture):
            return Shrunk(data, picture.width, picture.height)
        return _as_webp(picture)


def narrow(picture: Shrunk) -> bytes | None:
    """The same as WebP 720 px wide, for phones; None when that spares less than a quarter."""
    if picture.width <= LIGHT_WIDTH:
        return None
    with opened(picture.data) as whole:
        from PIL.Image import Resampling

        size = (LIGHT_WIDTH, max(1, round(whole.height * LIGHT_WIDTH / whole.width)))
        out = io.BytesIO()
        whole.resize(size, Resampling.LANCZOS).save(out, "WEBP", quality=75, method=4)
    light = out.getvalue()
    return light if len(light) * 4 <= len(picture.data) * 3 else None


def _is_plain_webp(picture: Image.Image) -> bool:
    carried = {"exif", "xmp", "icc_profile"} & set(picture.info)
    still = getattr(picture, "n_frames", 1) == 1
    return picture.format == "WEBP" and max(picture.size) <= LONGEST_SIDE and still and not carried


def _as_webp(picture: Image.Image) -> Shrunk:
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(picture)
    clear = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    plain = upright.convert("RGBA" if clear else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    plain.info.clear()
    out = io.BytesIO()
    plain.save(out, "WEBP", quality=80, method=4)
    return Shrunk(out.getvalue(), plain.width, plain.height)
