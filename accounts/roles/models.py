"""Roles: dated grants on a subtree of agencies. A learner needs none."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from asn_lms.lib.trees import below


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def effective(self, on: date) -> "RoleGrantQuerySet":
        """Grants that hold on that day."""
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), from_on__lte=on)

    def over(self, on: date) -> "RoleGrantQuerySet":
        """Grants that ended before that day."""
        return self.filter(until_on__lt=on)

    def managed_by(self, user: Any) -> "RoleGrantQuerySet":
        """Grants over the units in which this user is training officer or administrator."""
        return self.filter(below(user.reach("officer"), "agency__"))


class RoleGrant(models.Model):
    """A person bears a role in a unit and everything below it, from one day until another."""

    class Role(models.TextChoices):
        OFFICER = "officer", _("Training officer")
        REVIEWER = "reviewer", _("Reviewer")
        TRAINER = "trainer", _("Trainer")
        HEAD = "head", _("Agency head")
        ADMIN = "admin", _("Administrator")

    class Basis(models.TextChoices):
        DEFINITIVE = "definitive", _("definitive")
        PLT = "plt", "Plt."
        PLH = "plh", "Plh."

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="grants"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    agency = models.ForeignKey(Agency, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="grants")
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices, default=Basis.DEFINITIVE)
    decree = models.CharField(_("decree"), max_length=200, blank=True)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until (last day)"), null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["-from_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="role_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["person", "role", "agency"],
                condition=Q(until_on__isnull=True),
                name="one_open_grant_per_person_role_and_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.agency}"
