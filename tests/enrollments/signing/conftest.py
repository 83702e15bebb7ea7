"""A paper as the certificates' own drawing makes it (tagged, PDF/A), and BSrE's service on this machine."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pytest
import typst

from asn_lms.lib.secret import Secret
from tests import bsre_server as server
from tests.bsre_server import BsreServer, bsre_server

SOURCE = """
#set document(title: "Sertifikat", date: auto)
#set page("a4", flipped: true)
#set text(lang: "id")
= Sertifikat
DEMO. Diberikan kepada {name}, nomor B.0001/BKPSDM/800.2/XI/2026.
#pagebreak()
= Mata pelatihan
#table(columns: 2, [Budaya pelayanan], [4 JP], [Etika], [2 JP])
"""


@lru_cache(maxsize=4)
def drawn(name: str = "Rina Hasibuan") -> bytes:
    return typst.compile(
        SOURCE.format(name=name).encode(),
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime(2026, 11, 16, 12, tzinfo=UTC),
    )


@pytest.fixture
def paper() -> bytes:
    return drawn()


@pytest.fixture
def bsre(settings: Any) -> Iterator[BsreServer]:
    with bsre_server() as state:
        settings.BSRE_V1_URL = settings.BSRE_V2_URL = state.url
        settings.BSRE_USER, settings.BSRE_PASSWORD = server.USER, Secret(server.PASSWORD)
        settings.BSRE_SEAL_ID = server.SEAL_ID
        settings.BSRE_SECONDS = 10
        state.other = drawn("Orang Lain")
        yield state
