"""Lists of the REST door: newest first, a page at a time, by key and not by offset."""

from typing import Annotated, TypeVar

from django.db.models import Model, QuerySet
from ninja import Query

MOST = 200

Limit = Annotated[int, Query(ge=1, le=MOST, description=f"How many at once, at most {MOST}.")]
Cursor = Annotated[int | None, Query(ge=1, description="`next_cursor` of the page before.")]

Row = TypeVar("Row", bound=Model)


def newest_first(rows: QuerySet[Row], cursor: int | None, limit: int) -> tuple[list[Row], int | None]:
    """A page of rows older than the cursor, and the cursor of the next page; None on the last one."""
    if cursor is not None:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows.order_by("-pk")[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None
