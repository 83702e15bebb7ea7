"""Reports that people put together and keep under a name."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
from enrollments.builder.wish import Rows, Wish
from enrollments.reports.staff import Show


class SavedReportQuerySet(models.QuerySet["SavedReport"]):
    def visible_to(self, user: Any) -> "SavedReportQuerySet":
        """One's own and those that are shared, of units whose report this person reads today."""
        readable = below(paths_of(user, RoleGrant.Role.HEAD, RoleGrant.Role.OFFICER), "agency__")
        return self.filter(readable, Q(owner=user) | Q(is_shared=True))

    def held_by(self, user: Any) -> "SavedReportQuerySet":
        return self.filter(owner=user)


class SavedReport(models.Model):
    """A wish with a name. It holds no figure: who opens it sees what their own role lets them see now."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_reports")
    agency = models.ForeignKey(Agency, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    rows = models.CharField(_("rows"), max_length=7, choices=Rows.choices)
    columns = ArrayField(models.CharField(max_length=20), verbose_name=_("columns"), default=list, blank=True)
    show = models.CharField(_("which people"), max_length=7, choices=Show.choices, default=Show.ALL)
    measure = models.CharField(_("only where"), max_length=20, blank=True)
    least = models.DecimalField(_("at least"), max_digits=12, decimal_places=2, null=True, blank=True)
    most = models.DecimalField(_("at most"), max_digits=12, decimal_places=2, null=True, blank=True)
    sort = models.CharField(_("order by"), max_length=20, blank=True)
    is_descending = models.BooleanField(_("largest first"), default=False)
    is_shared = models.BooleanField(_("shared"), default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = SavedReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved report")
        verbose_name_plural = _("saved reports")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "agency", "name"], name="own_reports_of_a_unit_have_different_names"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def wish(self) -> Wish:
        return Wish(
            self.rows,
            tuple(self.columns),
            self.show,
            self.measure,
            self.least,
            self.most,
            self.sort,
            self.is_descending,
        )

    @property
    def query(self) -> str:
        return f"agency={self.agency_id}&{self.wish.as_query()}"
