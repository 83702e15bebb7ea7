"""Asking a worker for something, once the transaction is safe.

The broker is only a hint: whatever matters is a row with a state, and the sweeper finds rows whose message was lost.
"""

import logging

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def later(task: str, *args: object) -> None:
    """Queue the task by its name after commit. A broker that is down is not an error: the sweeper will find the row."""
    transaction.on_commit(lambda: _send(task, args))


def _send(task: str, args: tuple[object, ...]) -> None:
    if task not in current_app.tasks:
        raise LookupError(f"No task is called {task!r}")
    try:
        current_app.tasks[task].apply_async(args=args, retry=False)
    except Exception as error:
        logger.warning("Broker did not take %s: %s", task, type(error).__name__)
