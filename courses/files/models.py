"""Files that courses show: pictures, videos, captions, documents."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def media_path(media: "MediaFile", name: str) -> str:
    return f"courses/{media.sha256[:2]}/{media.sha256}/{name}"


class MediaFile(models.Model):
    """One checked upload, named by its content. A file that is ready never changes: a new upload is a new row."""

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
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.name

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY
