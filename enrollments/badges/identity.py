"""The name under which an issuer signs, and the document that proves its keys.

`did:web` where the site stands at an https address: anybody finds the keys at `/badges/<issuer>/did.json`, old ones too. On an
installation without such an address (this machine only) the name is the key itself, `did:key`, and nothing need be looked up.
Sources: W3C DID 1.0; did:web and did:key method specifications; W3C Controlled Identifiers 1.0.
"""

from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from enrollments.badges.models import BadgeIssuer, IssuerKey

CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


def has_address() -> bool:
    """Whether others can reach this site, so that its name can be one on the web."""
    return bool(settings.IS_HTTPS and not settings.IS_LOOPBACK)


def name_of(issuer: BadgeIssuer, key: IssuerKey) -> str:
    """The issuer's decentralised identifier, e.g. "did:web:lms.contoh.go.id:badges:medan-bkpsdm"."""
    if not has_address():
        return f"did:key:{key.public}"
    host = quote(urlsplit(settings.SITE_URL).netloc, safe="")
    return f"did:web:{host}:badges:{issuer.slug}"


def address_of_key(issuer: BadgeIssuer, key: IssuerKey) -> str:
    """Where the public key is to be found: the identifier, and the key itself behind #."""
    return f"{name_of(issuer, key)}#{key.public}"


def did_document(issuer: BadgeIssuer, keys: list[IssuerKey]) -> dict[str, Any]:
    """The issuer's public keys that are to be believed, the one in use first; each also under its own name as did:key."""
    believed = [key for key in keys if not key.is_betrayed]
    name = name_of(issuer, believed[0])
    methods = [
        {"id": f"{name}#{key.public}", "type": "Multikey", "controller": name, "publicKeyMultibase": key.public}
        for key in believed
    ]
    return {
        "@context": CONTEXTS,
        "id": name,
        "alsoKnownAs": [f"did:key:{key.public}" for key in believed if name != f"did:key:{key.public}"],
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }
