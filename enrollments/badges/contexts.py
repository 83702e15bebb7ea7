"""What the words of a credential mean: the JSON-LD contexts, from npm packages, gathered at set-up (`asn_lms/vendor.py`).

Nothing is ever fetched: a document that names another context cannot be signed.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
SOURCE = Path(settings.BASE_DIR) / "static" / "vendor" / "badges" / "contexts.json"


class UnknownContext(Exception):
    """A document names a context that is not shipped with the product."""


def load(url: str, options: dict[str, Any] | None = None) -> dict[str, Any]:
    """A document loader in the shape that PyLD asks for. Raises UnknownContext."""
    try:
        document = _shipped()[url]
    except KeyError as error:
        raise UnknownContext(url) from error
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SOURCE.read_text())
    return found
