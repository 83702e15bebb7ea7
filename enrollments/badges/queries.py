"""Signed credentials, status lists and keys, as others ask for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.urls import reverse

from asn_lms.lib.sealed import unseal
from enrollments.badges.credential import Place, credential, plain
from enrollments.badges.identity import address_of_key, did_document, name_of
from enrollments.badges.models import Badge, BadgeIssuer, IssuerKey, StatusList
from enrollments.badges.proof import signed
from enrollments.badges.status import status_credential
from enrollments.certificates.queries import public_certificate

# What the private keys are sealed for.
PURPOSE = "badges.issuer_key"


@dataclass(frozen=True)
class TrustedIssuer:
    """An issuer of this installation with a key that is to be believed, for checking without network."""

    name: str  # decentralised identifier
    title: str
    key: str  # Multikey


def signed_credential(public_id: str) -> dict[str, Any] | None:
    """The credential of a certificate that is issued and in force, signed with the issuer's key of today; else None."""
    badge = (
        Badge.objects.standing()
        .select_related(
            "status_list__issuer__organiser",
            "certificate__enrollment__version__course",
            "certificate__series__organiser",
        )
        .filter(certificate__public_id=public_id)
        .first()
    )
    printed = public_certificate(public_id) if badge else None
    if badge is None or printed is None:
        return None
    issuer, certificate = badge.status_list.issuer, badge.certificate
    course = certificate.enrollment.version.course
    key = _key_in_use(issuer)
    place = Place(
        url=address("verify", public_id),
        kind=certificate.get_kind_display(),
        own=address("verify-credential", public_id),
        site=settings.SITE_URL,
        terms=address("badge-terms"),
        course=address("course", course.code),
        course_code=course.code,
        issuer=name_of(issuer, key),
        status_list=address("badge-status", issuer.slug, badge.status_list.number),
        status_index=badge.index,
        zone=issuer.organiser.zone,
    )
    # Dated with the freezing of what it says, so that it is the same whenever it is asked for.
    at = certificate.frozen_at
    assert at is not None
    return signed(credential(printed, place), _private(key), address_of_key(issuer, key), at)


def signed_status(slug: str, number: int, at: datetime) -> dict[str, Any] | None:
    """The status list as of this moment, signed; None when there is none at this address."""
    found = StatusList.objects.select_related("issuer").filter(issuer__slug=slug, number=number).first()
    if found is None:
        return None
    key = _key_in_use(found.issuer)
    revoked = Badge.objects.revoked().filter(status_list=found).values_list("index", flat=True)
    url = address("badge-status", slug, number)
    document = status_credential(url, name_of(found.issuer, key), revoked, at)
    return signed(document, _private(key), address_of_key(found.issuer, key), at)


def published_keys(slug: str) -> dict[str, Any] | None:
    """The issuer's DID document; None when there is no such issuer."""
    issuer = BadgeIssuer.objects.prefetch_related("keys").filter(slug=slug).first()
    return did_document(issuer, _in_order(issuer.keys.all())) if issuer else None


def trusted_issuers() -> list[TrustedIssuer]:
    """Every key of this installation that is to be believed."""
    keys = IssuerKey.objects.filter(is_betrayed=False).select_related("issuer__organiser").order_by("issuer", "-id")
    return [TrustedIssuer(name_of(key.issuer, key), plain(key.issuer.organiser.name), key.public) for key in keys]


def address(name: str, *parts: object) -> str:
    """A page of this site as others reach it."""
    return f"{settings.SITE_URL}{reverse(name, args=parts)}"


def _in_order(keys: Any) -> list[IssuerKey]:
    return sorted(keys, key=lambda key: (key.retired_at is not None, -key.pk))


def _key_in_use(issuer: BadgeIssuer) -> IssuerKey:
    return issuer.keys.get(retired_at__isnull=True)


def _private(key: IssuerKey) -> Ed25519PrivateKey:
    assert key.sealed is not None
    return Ed25519PrivateKey.from_private_bytes(unseal(key.sealed, PURPOSE))
