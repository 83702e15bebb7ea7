"""Addresses of files: signed, expiring, good without a session, so that a player or a worker of the browser can use them too."""

from datetime import timedelta

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from courses.files.models import MediaFile

SALT = "courses.files.links"
HALF_A_DAY = 43_200


def signed_path(media: MediaFile, *, seconds: int = HALF_A_DAY) -> str:
    """The path that serves the file for at least `seconds`. It stays the same within an hour, so that browsers can keep the file."""
    hour = int(timezone.now().timestamp()) // 3600 + 1
    expires = hour * 3600 + seconds
    token = signing.Signer(salt=SALT, sep=".").sign(f"{media.uid.hex}-{expires:x}")
    return reverse("media", args=[token, media.name])


def light_path(media: MediaFile) -> str:
    """Likewise for the light version; empty when there is none."""
    return f"{signed_path(media)}?light" if media.light_size else ""


def read_token(token: str) -> tuple[str, timedelta] | None:
    """The uid of the file and how long the link still holds; None when it is forged, damaged or over."""
    try:
        uid, _dash, expires = signing.Signer(salt=SALT, sep=".").unsign(token).partition("-")
        left = int(expires, 16) - timezone.now().timestamp()
    except (signing.BadSignature, ValueError):
        return None
    return (uid, timedelta(seconds=left)) if left > 0 else None
