"""A SIASN on this machine, and certificates that it is to be told of."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.siasn_server import SiasnServer, siasn


@pytest.fixture
def server() -> Iterator[SiasnServer]:
    with siasn() as state:
        yield state


@pytest.fixture
def connected(server: SiasnServer, settings: Any) -> SiasnServer:
    """The installation speaks to that SIASN, with no key yet."""
    from enrollments.siasn import client
    from tests.enrollments.siasn import rows

    settings.SIASN = rows.connection_settings(server)
    client.forget_keys()
    return server
