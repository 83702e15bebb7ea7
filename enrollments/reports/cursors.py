"""Where a page of a sorted list ended: what its last row was, so that the next page begins behind it whatever has changed since."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MOST_CHARACTERS = 1500
HIGHEST = 2**63


@dataclass(frozen=True)
class Cursor:
    """The order in which it is one, the value of the sorted column as text, the name in capitals, and who it was."""

    order: str
    key: str
    name: str
    pk: int

    def __str__(self) -> str:
        return urlsafe_b64encode(json.dumps([self.order, self.key, self.name, self.pk]).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """What an address says; None for nonsense, and then a list begins at its top."""
        if not text or len(text) > MOST_CHARACTERS or not text.isascii():
            return None
        try:
            order, key, name, pk = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, TypeError):
            return None
        if not (isinstance(order, str) and isinstance(key, str) and isinstance(name, str) and type(pk) is int):
            return None
        is_sound = (
            0 <= pk < HIGHEST and "\x00" not in key + name and (order.removeprefix("-") in _TEXTS or _is_number(key))
        )
        return cls(order, key, name, pk) if is_sound else None


_TEXTS = {"name", "unit"}


def _is_number(text: str) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return number.is_finite() and abs(number) < HIGHEST
