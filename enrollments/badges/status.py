"""The list of revocations: one bit for each badge of an issuer, packed and signed.

Source: W3C Bitstring Status List 1.0, §2.2 (credential), §3.3 (encoding): the first bit is the most significant of the first
byte; GZIP, then multibase base64url without padding (`u…`).
"""

import gzip
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from enrollments.badges.contexts import CREDENTIALS
from enrollments.badges.models import LIST_BITS
from enrollments.badges.proof import instant

# For who keeps a copy. Ours is reckoned at each request, so a revocation stands in it at once.
FRESH = timedelta(minutes=5)
# A list file that somebody has at hand without network says until when it was meant to be used.
GOOD_FOR = timedelta(days=30)


def status_credential(url: str, issuer: str, revoked: Iterable[int], at: datetime) -> dict[str, Any]:
    """The list as of this moment, unsigned."""
    return {
        "@context": [CREDENTIALS],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": instant(at),
        "validUntil": instant(at + GOOD_FOR),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(revoked),
            "ttl": int(FRESH.total_seconds() * 1000),
        },
    }


def encoded(revoked: Iterable[int]) -> str:
    """131,072 bits, those of the given places set. The same places always give the same text."""
    bits = bytearray(LIST_BITS // 8)
    for index in revoked:
        bits[index >> 3] |= 0x80 >> (index & 7)
    return "u" + urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")
