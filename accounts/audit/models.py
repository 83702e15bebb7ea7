"""Who did what, when, to whom. Append-only: the database refuses to change or delete an entry."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from asn_lms.lib.trees import below


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: Any) -> "AuditQuerySet":
        """Officers and administrators read what was done in the units that their grants cover."""
        return self.filter(below(user.reach("officer"), "agency__"))

    def about(self, thing: models.Model) -> "AuditQuerySet":
        return self.filter(object_type=thing._meta.label_lower, object_id=str(thing.pk))


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
    # The unit whose officers may read this entry. By key and not by tree path: a path changes when a unit moves, an entry cannot.
    agency = models.ForeignKey(
        "accounts.Agency", verbose_name=_("unit"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    details = models.JSONField(_("details"), default=dict)
    request_id = models.CharField(max_length=36, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_by_object"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["agency", "-id"], name="audit_by_unit"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"
