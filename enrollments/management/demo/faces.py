"""Photographs of the demo's people: nobody's face, drawn."""

import io
from collections.abc import Iterable
from random import Random

from PIL import Image, ImageDraw

from accounts.people.models import User
from accounts.portraits.actions import give_portrait

SIZE = (600, 800)
BACKGROUNDS = ("#b01212", "#196bcd")  # red and blue, as for a pass
SKINS = ("#8d5a3a", "#a56b46", "#c08a62")
UNIFORM = "#b08d57"


def give_faces(people: Iterable[User], dice: Random) -> None:
    for person in people:
        give_portrait(person, _face(dice))


def _face(dice: Random) -> bytes:
    """A head without features over a khaki uniform."""
    picture = Image.new("RGB", SIZE, dice.choice(BACKGROUNDS))
    pen, skin = ImageDraw.Draw(picture), dice.choice(SKINS)
    pen.ellipse((60, 560, 540, 1100), fill=UNIFORM)
    pen.rectangle((250, 480, 350, 600), fill=skin)
    pen.ellipse((180, 190, 420, 510), fill="#201a17")
    pen.ellipse((195, 230, 405, 525), fill=skin)
    pen.polygon([(240, 575), (300, 660), (360, 575)], fill=skin)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
