"""What a reading of a paper finds, in plain values (the reading itself needs libraries that take a second to load)."""

from dataclasses import dataclass
from typing import Literal

Trust = Literal["trusted", "sample", "unknown"]
Problem = Literal[
    "unreadable", "locked", "unsigned", "changed", "added", "unknown", "expired", "revoked", "unstamped", "weak"
]


@dataclass(frozen=True)
class Root:
    """A root certificate (DER), and what a signature that leads to it is worth."""

    trust: Trust
    der: bytes


@dataclass(frozen=True)
class Found:
    """`is_whole`: nothing but material for later validation was added after signing. `is_intact`: every signed byte is as
    it was signed. With several signatures both hold of all of them, and the rest tells of the last one. `signed_at` is
    ISO 8601; by a time stamp that is trusted (`is_stamped`), else as the signer's own clock said."""

    is_signed: bool = False
    is_whole: bool = False
    is_intact: bool = False
    trust: Trust = "unknown"
    signer: str = ""
    organisation: str = ""
    issuer: str = ""
    signed_at: str = ""
    is_stamped: bool = False
    problems: tuple[Problem, ...] = ()
