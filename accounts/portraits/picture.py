"""An official photograph (pasfoto) as it is kept: upright, 3 × 4, small enough for a paper, without what a camera wrote into it."""

import io

from django.utils.translation import gettext as _

from asn_lms.lib.pictures import opened
from asn_lms.lib.refusals import Refusal

# 3 × 4 cm at 300 dots per inch.
SIZE = (354, 472)
LEAST = (180, 240)
# Of what is cut away above and below, so much comes from the top: heads stand high in a picture.
FROM_THE_TOP = 0.3


def as_portrait(content: bytes) -> bytes:
    """A JPEG of 354 × 472 pixels, cut to 3 × 4 from the middle. Raises Refusal for what is no picture or too small to print."""
    from PIL import Image, ImageOps

    with opened(content, field="photo") as picture:
        upright = ImageOps.exif_transpose(picture)
        if upright.width < LEAST[0] or upright.height < LEAST[1]:
            raise Refusal(
                _(
                    "This picture is too small to be printed: %(width)s × %(height)s pixels. Send one of at least 180 × 240."
                )
                % {"width": upright.width, "height": upright.height},
                field="photo",
            )
        clear = upright.convert("RGBA")
    plain = Image.new("RGB", clear.size, "white")
    plain.paste(clear, mask=clear)
    fitted = ImageOps.fit(plain, SIZE, Image.Resampling.LANCZOS, centering=(0.5, FROM_THE_TOP))
    written = io.BytesIO()
    fitted.save(written, "JPEG", quality=85, optimize=True)
    return written.getvalue()
