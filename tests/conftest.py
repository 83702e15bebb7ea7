"""Fixtures for the tests that try every address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.walk import Walk


@pytest.fixture(scope="session")
def walk(django_db_setup: None, django_db_blocker: Any) -> Walk:
    """Everybody was everywhere, once for all tests: see tests/walk.py."""
    from tests.walk import walk_everywhere

    with django_db_blocker.unblock():
        return walk_everywhere()
