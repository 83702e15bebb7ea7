"""How many statements something asks of the database."""

from collections.abc import Callable
from typing import Any

from django.db import connection


def counted(ask: Callable[[], Any]) -> int:
    count = 0

    def counting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting):
        ask()
    return count
