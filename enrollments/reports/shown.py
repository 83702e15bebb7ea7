"""Reading for a page or an answer of REST, which say how old the figures are when they come from the replica."""

from collections.abc import Callable
from typing import Any, TypeVar

from accounts.roles.queries import paths_of
from asn_lms.lib.reading import Before, Told, told_behind_the_wall
from enrollments.reports.rules import READERS

T = TypeVar("T")


def shown_to(user: Any, read: Callable[[], T], *, before: Before[Any] | None = None) -> Told[T]:
    """What `read` answers behind the wall of this person's own grants: a page that asks for a wrong unit gets nothing of it."""
    return told_behind_the_wall(paths_of(user, *READERS), read, before=before)
