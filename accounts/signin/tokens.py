"""Personal API tokens: `asn_` and 43 signs of base64, 256 bits. Only a hash is kept, so a stolen database opens nothing."""

import hashlib
import secrets

PREFIX = "asn_"


def new_token() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """SHA-256 as hex; enough for a secret of 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
