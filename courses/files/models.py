"""Files that courses show: pictures, videos, captions, documents."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

LIGHT_FROM = 1024 * 1024  # bytes; a smaller film is light enough
LIGHT_LEASE = timedelta(hours=1)  # a film of an hour takes a weak server some minutes
LIGHT_TRIES = 3


def media_path(media: "MediaFile", name: str) -> str:
    return f"courses/{media.sha256[:2]}/{media.sha256}/{name}"


class MediaFileQuerySet(models.QuerySet["MediaFile"]):
    def to_lighten(self, now: datetime) -> "MediaFileQuerySet":
        """Films that are ready and heavy enough, have no light version, and nobody is at work on or has given up."""
        return self.filter(
            Q(light_begun_at__isnull=True) | Q(light_begun_at__lt=now - LIGHT_LEASE),
            content_type__startswith="video/",
            state=MediaFile.State.READY,
            size__gte=LIGHT_FROM,
            light_size=0,
            light_tries__lt=LIGHT_TRIES,
        )


class MediaFile(models.Model):
    """One checked upload, named by its content. A file that is ready never changes: a new upload is a new row.

    A light version may come to stand beside it later, for those who pay by the megabyte.
    """

    class State(models.TextChoices):
        READY = "ready", _("ready")
        CONVERTING = "converting", _("being converted")
        FAILED = "failed", _("cannot be converted")

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    file = models.FileField(upload_to=media_path, max_length=250)
    # For pictures and videos in pixels, for sound and video in seconds, for documents in pages; 0 where it has no meaning.
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    pages = models.PositiveIntegerField(default=0)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READY)
    # The light version: a picture 720 px wide, a film at 240 lines. None (0 bytes) where it would spare too little.
    light = models.FileField(upload_to=media_path, max_length=250, blank=True)
    light_size = models.PositiveBigIntegerField(_("size of the light version in bytes"), default=0)
    light_begun_at = models.DateTimeField(null=True, blank=True)
    light_tries = models.PositiveSmallIntegerField(default=0)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MediaFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            models.CheckConstraint(
                condition=Q(light="", light_size=0) | (~Q(light="") & Q(light_size__gt=0)),
                name="light_version_has_a_file_and_a_size",
            ),
            models.CheckConstraint(
                condition=Q(light_size=0) | Q(light_size__lt=F("size")), name="light_version_is_lighter"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def smallest(self) -> int:
        """Bytes of the lightest version that a phone may load."""
        return self.light_size or self.size

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY
