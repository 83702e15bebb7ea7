"""What a report said on a day, kept for good."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of

# What the database reckons itself: SHA-256 of the text, in hexadecimal.
_FINGERPRINT = Func(
    Func(
        Func(F("figures"), Value("UTF8"), function="convert_to", output_field=models.BinaryField()),
        function="sha256",
        output_field=models.BinaryField(),
    ),
    Value("hex"),
    function="encode",
    output_field=models.CharField(),
)


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def visible_to(self, user: Any) -> "SnapshotQuerySet":
        """Of the units whose report this person reads today."""
        return self.filter(below(paths_of(user, RoleGrant.Role.HEAD, RoleGrant.Role.OFFICER), "agency__"))

    def newest_of_each_day(self, agency: Agency, year: int) -> "SnapshotQuerySet":
        """One for each day on which the report of the unit and year was kept, newest first."""
        rows = self.filter(agency=agency, year=year).defer("figures")
        return rows.order_by("-known_on", "-known_at", "-id").distinct("known_on")


class Snapshot(models.Model):
    """The figures of a unit and year as they were known at an instant. The row never changes; its text is all that a paper needs."""

    class Cause(models.TextChoices):
        ASKED = "asked", _("for a file that somebody asked for")
        MONTH = "month", _("at the end of a month")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    known_at = models.DateTimeField(_("known at"))
    # The same as a day in the unit's zone.
    known_on = models.DateField(_("known on"))
    cause = models.CharField(_("kept"), max_length=5, choices=Cause.choices)
    # First day of the month that had ended, where that is why it was kept.
    month = models.DateField(_("month"), null=True, blank=True)
    # Whoever asks again after an interruption finds the row of the first time.
    origin = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    figures = models.TextField()
    fingerprint = models.CharField(_("fingerprint"), max_length=64)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept report")
        verbose_name_plural = _("kept reports")
        ordering = ["-known_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "month"], name="end_of_a_month_is_kept_once_per_unit"),
            models.CheckConstraint(
                condition=Q(cause="month", month__isnull=False) | Q(~Q(cause="month"), month__isnull=True),
                name="only_the_end_of_a_month_names_a_month",
            ),
            models.CheckConstraint(condition=Q(fingerprint=_FINGERPRINT), name="fingerprint_is_that_of_the_figures"),
        ]
        indexes = [models.Index(fields=["agency", "year", "-known_on"], name="snapshot_by_unit_and_year")]
        triggers = [pgtrigger.Protect(name="kept_reports_never_change", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.agency.label}, {self.year}: {self.known_on:%Y-%m-%d}"
