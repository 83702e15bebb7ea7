"""A report as one text that is always the same for the same figures, so that it can be kept, compared and fingerprinted.

JSON in UTF-8, keys in order, no spaces; decimals as text, instants in UTC. It holds everything a paper prints, the names of the
unit and its government too, since units are renamed. Reading forgives what later versions added: it takes the field's default.
"""

import dataclasses
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from accounts.agencies.models import Agency
from enrollments.reports.figures import AgencyReport

_AGENCY = ("id", "code", "name", "short_name", "zone", "is_demo")


@dataclass(frozen=True)
class Kept:
    """What stands on a paper: the report, and over it the government and the unit."""

    letterhead: tuple[str, ...]
    report: AgencyReport


def letterhead_of(agency: Agency) -> tuple[str, ...]:
    """The government that the unit belongs to, and the unit; one line where they are the same."""
    top = agency.name if agency.is_root() else Agency.objects.get_root(agency).name
    return (str(top),) if agency.is_root() else (str(top), str(agency.name))


def text_of(kept: Kept) -> str:
    return json.dumps(_plain(kept), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(text: str) -> Kept:
    """The report behind a text that `text_of` wrote. Its unit is no row: it has the names that it had then."""
    found: Kept = _shaped(json.loads(text), Kept)
    return found


def fingerprint_of(text: str) -> str:
    """SHA-256 of the text, in 64 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Agency):
        return {name: getattr(value, name) for name in _AGENCY}
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def _shaped(value: Any, shape: Any) -> Any:
    """The plain value as this type again."""
    if get_origin(shape) is UnionType:
        return None if value is None else _shaped(value, next(one for one in get_args(shape) if one is not type(None)))
    if get_origin(shape) in {list, tuple}:
        container, inner = get_origin(shape), get_args(shape)[0]
        return container(_shaped(one, inner) for one in value)
    if shape is Agency:
        return Agency(**{name: value[name] for name in _AGENCY})
    if dataclasses.is_dataclass(shape):
        hints = get_type_hints(shape)
        return shape(**{name: _shaped(value[name], hint) for name, hint in hints.items() if name in value})  # type: ignore[operator]
    if shape in {datetime, date}:
        return shape.fromisoformat(value)
    return Decimal(value) if shape is Decimal else value
