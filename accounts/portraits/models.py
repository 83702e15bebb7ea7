"""Official photographs (pasfoto) of people, for the papers on which they are printed."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User


def portrait_file(portrait: "Portrait", name: str) -> str:
    return f"portraits/{portrait.uid}.jpg"


class PortraitQuerySet(models.QuerySet["Portrait"]):
    def current(self) -> "PortraitQuerySet":
        return self.filter(is_current=True)

    def visible_to(self, user: Any) -> "PortraitQuerySet":
        """The person's own, and those of the people in the units in which they are training officer."""
        return self.filter(Q(person=user) | Q(person__in=User.objects.managed_by(user)))


class Portrait(models.Model):
    """A photograph that a person gave. Its picture never changes: another photograph is another row. One that stands on a certificate
    is kept as long as the certificate.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="portraits")
    file = models.FileField(upload_to=portrait_file, max_length=100)
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PortraitQuerySet.as_manager()

    class Meta:
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(is_current=True), name="one_current_photograph_per_person"
            )
        ]

    def __str__(self) -> str:
        return str(self.uid)

    def content(self) -> bytes:
        """The JPEG. Raises OSError when the file is away."""
        with self.file.open("rb") as file:
            return bytes(file.read())
