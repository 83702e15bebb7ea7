"""Ed25519 keys and signatures as the standards write them: multibase base58btc (`z…`), keys with the prefix 0xed01.

Source: W3C Controlled Identifiers 1.0, §2.2.2 Multikey and §2.4 Multibase.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"


def base58(content: bytes) -> str:
    """Base58 with Bitcoin's alphabet; zero bytes in front become as many ones."""
    value, letters = int.from_bytes(content), ""
    while value:
        value, rest = divmod(value, 58)
        letters = ALPHABET[rest] + letters
    return "1" * (len(content) - len(content.lstrip(b"\0"))) + letters


def multikey(key: Ed25519PublicKey) -> str:
    """The public key as Multikey, e.g. "z6MkhaXg…"."""
    return "z" + base58(_ED25519 + key.public_bytes_raw())
