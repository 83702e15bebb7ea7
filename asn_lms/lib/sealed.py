"""Secrets at rest: private keys and passphrases of machines, stored encrypted under a key derived from SECRET_KEY.

A copy of the database alone opens nothing. AES-128 in CBC mode with HMAC-SHA256 (Fernet), its key by HKDF-SHA256 (RFC 5869) from
SECRET_KEY and a purpose, so that what was sealed for one purpose cannot be passed off as another. While SECRET_KEY is being
replaced, the former one stands in SECRET_KEY_FALLBACKS and still opens.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


class SealBroken(Exception):
    """Sealed under another SECRET_KEY, for another purpose, or changed since."""


def seal(secret: bytes, purpose: str) -> bytes:
    """The secret, encrypted; `purpose` names what it is for, e.g. "badges.issuer_key". Twice the same gives two different seals."""
    return _lock(purpose).encrypt(secret)


def unseal(sealed: bytes | memoryview, purpose: str) -> bytes:
    """What was sealed for this purpose. Raises SealBroken."""
    try:
        return _lock(purpose).decrypt(bytes(sealed))
    except InvalidToken as error:
        raise SealBroken(f"This {purpose} cannot be opened: was SECRET_KEY replaced?") from error


def _lock(purpose: str) -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(force_bytes(key), purpose)) for key in keys])


def _derived(secret_key: bytes, purpose: str) -> bytes:
    info = f"asn-lms sealed {purpose}".encode()
    return urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=info).derive(secret_key))
