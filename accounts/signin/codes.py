"""One-time activation codes, as they are printed: eight letters and digits that cannot be taken for each other."""

import hashlib
import hmac
import secrets

from django.conf import settings

# Without 0 O 1 I L: 30 signs, 8 places, 39 bits; five wrong tries end a code.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8


def new_code() -> str:
    """A fresh code, written `ABCD-EFGH`."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return f"{signs[:4]}-{signs[4:]}"


def fingerprint(code: str) -> str:
    """What is kept of a code or token: HMAC-SHA-256 under the site's secret, as hex. Spaces, dashes and case do not matter."""
    bare = "".join(sign for sign in code.upper() if sign.isalnum())
    return hmac.new(settings.SECRET_KEY.encode(), bare.encode(), hashlib.sha256).hexdigest()
