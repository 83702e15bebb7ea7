"""Reading what arrives: a JSON object, or the fields of a form."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from courses.lesson_kinds import Unreadable

PREFIX = "a-"  # a form's field for one question
ASKED = "asked"  # a form names the questions it shows, so that an emptied one is seen as empty
LONGEST_OFFLINE = timedelta(days=30)


def read_answers(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """Options by question. Raises Unreadable when the shape is another one."""
    found: dict[str, list[str]] = {uid: [] for uid in _several(data, ASKED)}
    found |= {name.removeprefix(PREFIX): _several(data, name) for name in data if name.startswith(PREFIX)}
    given = data.get("answer")
    if given is None:
        return found
    if not isinstance(given, Mapping):
        raise Unreadable(_("answer must be an object: question → list of options."))
    for uid, options in given.items():
        if isinstance(options, str):
            options = [options]
        if not isinstance(options, list) or not all(isinstance(one, str) for one in options):
            raise Unreadable(_("answer must be an object: question → list of options."))
        found[str(uid)] = options
    return found


def read_marks(data: Mapping[str, Any]) -> dict[str, bool]:
    """Questions marked for later (true) or no longer. A form's button says `+uid` or `-uid`."""
    given = data.get("mark")
    if isinstance(given, Mapping):
        return {str(uid): bool(is_on) for uid, is_on in given.items()}
    if isinstance(given, str) and given[:1] in {"+", "-"}:
        return {given[1:]: given[0] == "+"}
    return {}


def read_moment(data: Mapping[str, Any], now: datetime) -> int:
    """Milliseconds since 1970 at which the answer was given; a device may say so, never later than now, nor a month ago."""
    current = int(now.timestamp() * 1000)
    try:
        said = int(data.get("at") or current)
    except (TypeError, ValueError):
        raise Unreadable(_("at must be a whole number: milliseconds since 1970.")) from None
    earliest = int((now - LONGEST_OFFLINE).timestamp() * 1000)
    return max(earliest, min(said, current))


def _several(data: Mapping[str, Any], name: str) -> list[str]:
    getlist = getattr(data, "getlist", None)
    if getlist is not None:
        return [str(one) for one in getlist(name)]
    value = data.get(name)
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
