"""The signature of a credential: W3C Data Integrity 1.0 with the cryptosuite eddsa-rdfc-2022 (Data Integrity EdDSA, §3.2).

What is signed is the meaning, not the bytes: the document becomes RDF, the RDF its canonical form, of that SHA-256, and the
whole is signed with Ed25519. The same document, key and moment give the same signature.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from enrollments.badges.contexts import load
from enrollments.badges.multikey import base58


def signed(document: dict[str, Any], key: Ed25519PrivateKey, method: str, at: datetime) -> dict[str, Any]:
    """The document with its proof. `method` is the address of the public key, e.g. "did:key:z6Mk…#z6Mk…".

    Every word of the document must have a meaning in its contexts: what has none is not signed. Raises JsonLdError when a
    context is not shipped with the product.
    """
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": instant(at),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    config = {"@context": document["@context"], **proof}
    digest = sha256(canonical(config)).digest() + sha256(canonical(document)).digest()
    return {**document, "proof": {**proof, "proofValue": "z" + base58(key.sign(digest))}}


def canonical(document: dict[str, Any]) -> bytes:
    """The document's RDF in canonical N-Quads (RDFC-1.0). Control characters must have been taken out before: the older
    algorithm that PyLD implements writes them differently.
    """
    # Loaded by the first credential: with what it brings along it is a tenth of a web process (tests/test_memory.py).
    from pyld import jsonld

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}
    quads: str = jsonld.normalize(document, options)
    return quads.encode()


def instant(at: datetime) -> str:
    """An instant to the second, in UTC: "2026-11-16T04:00:00Z"."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
