"""One browser for the tests of a file, before the product as it is served."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.journeys.desk import Desk
    from tests.stack import Stack


@pytest.fixture(scope="module")
def desk(stack: Stack) -> Iterator[Desk]:
    from playwright.sync_api import sync_playwright

    from tests.journeys.desk import CHROMIUM, FLAGS, Desk

    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's own loop runs in this thread; the database is asked between its steps, never inside them.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield Desk(stack, chromium)
        chromium.close()


@pytest.fixture(scope="module")
def city(stack: Stack) -> Cast:
    """The cast, in a city of their own for the tests of a file."""
    from tests.cast import cast

    with stack.rows():
        return cast()
