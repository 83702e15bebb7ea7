"""Making the next thing while this one is worked on."""

import contextvars
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def one_ahead(things: Iterator[T]) -> Iterator[T]:
    """The same things in the same order, each made in a thread of its own while the one before is worked on. One ahead and no more, so memory
    stays small; for makers that ask no database.
    """
    # With the language of whoever asks, in which a maker may refuse.
    context = contextvars.copy_context()

    def make() -> T | None:
        return context.run(lambda: next(things, None))

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(make)
        while (thing := coming.result()) is not None:
            coming = pool.submit(make)
            yield thing
