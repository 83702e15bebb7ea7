"""What a kind of notice asks to be looked at again in the moment before its mail goes out.

An upper area that makes notices may know that one has become untrue (a reminder for what is completed by now). It registers a
check for its kind; the sender asks it and knows nothing more. (docs/decisions/notices-are-checked-before-sending.md)
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.notices.models import Notice


@dataclass(frozen=True)
class Verdict:
    """Send it (both empty), never (`hold`: the reason, a `Hold` or free text), or not before an instant."""

    hold: str = ""
    not_before: datetime | None = None


SEND = Verdict()
# Called inside the claiming transaction; may renew the notice's title, body, link and data, which are then saved.
Check = Callable[[Notice, datetime], Verdict]
_checks: dict[str, Check] = {}


def before_sending(kind: str) -> Callable[[Check], Check]:
    """Register the check of a kind: `@before_sending("digest")`."""

    def register(check: Check) -> Check:
        _checks[kind] = check
        return check

    return register


def verdict(notice: Notice, now: datetime) -> Verdict:
    check = _checks.get(notice.kind)
    return check(notice, now) if check else SEND
