"""Who did what, when, to whom. Append-only: the database refuses to change or delete an entry."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One act. `actor` is empty when the clock acted. Entries outlive what they speak of, so nothing is a cascading key."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    action = models.CharField(_("action"), max_length=80)
    object_type = models.CharField(_("kind of object"), max_length=80)
    object_id = models.CharField(_("object number"), max_length=64)
    object_label = models.CharField(_("object"), max_length=250)
    # The agency whose officers may read this entry; a plain path, since `agencies` stands above this area.
    agency_path = models.CharField(_("agency path"), max_length=255, blank=True)
    details = models.JSONField(_("details"), default=dict)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_by_object"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(
                fields=["agency_path", "-id"], name="audit_by_agency", opclasses=["varchar_pattern_ops", "int8_ops"]
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"
