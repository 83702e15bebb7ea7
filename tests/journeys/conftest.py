"""The browser, for one test or for those of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.cast import Cast
    from tests.journeys.desk import Desk
    from tests.stack import Stack


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """A browser for one test."""
    from tests.journeys.desk import started_browser

    with started_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def desk(stack: Stack) -> Iterator[Desk]:
    """A browser for the tests of a file, before the product as it is served."""
    from tests.journeys.desk import Desk, started_browser

    with started_browser() as browser:
        yield Desk(stack, browser)


@pytest.fixture(scope="module")
def city(stack: Stack) -> Cast:
    """The cast, in a city of their own for the tests of a file."""
    from tests.cast import cast

    with stack.rows():
        return cast()
