"""A value that is used and never shown: a passphrase, a one-time code, a password of another service, a private key."""

from typing import Generic, NoReturn, TypeVar

T = TypeVar("T", str, bytes)


class Secret(Generic[T]):
    """Whatever prints, formats, logs or inspects it sees dots; whatever would store or send it (pickle, JSON, copy) fails.

    `reveal()` gives the value to the one place that needs it. Keep that place small, and let nothing raised there pass
    on: a traceback keeps the local names of its frames alive (see asn_lms.lib.outbound).
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value: T = value

    def reveal(self) -> T:
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(•••)"

    def __str__(self) -> str:
        return "•••"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A secret is not copied, stored or sent.")
