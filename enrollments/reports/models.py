"""What a report said on a day, kept for good; and lists of people that somebody wants to find again."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of

MOST_VIEWS = 20
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


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def held_by(self, user: Any) -> "SavedViewQuerySet":
        return self.filter(owner=user)


class SavedView(models.Model):
    """A name for what a list of people is narrowed to and how it is sorted: a bookmark, its owner's alone.

    It gives no right: whoever opens it sees what they may see that day. A number is never kept in it, since opening it makes an address.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    # From 1: so the database itself counts to twenty.
    place = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=60)
    # None: all units of the owner
    agency = models.ForeignKey(
        Agency, verbose_name=_("unit"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # None: the year that runs when it is opened
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    show = models.CharField(max_length=10, blank=True)
    order = models.CharField(max_length=20, blank=True)
    text = models.CharField(max_length=80, blank=True)
    is_default = models.BooleanField(_("open it first"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint("owner", Upper("name"), name="a_person_names_each_view_differently"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_default=True), name="a_person_opens_one_view_first"
            ),
            models.UniqueConstraint(fields=["owner", "place"], name="each_saved_view_has_its_own_place"),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST_VIEWS), name="a_person_saves_at_most_twenty_views"
            ),
            models.CheckConstraint(
                condition=~Q(text__regex=r"^[0-9 .'-]{5,}$"), name="no_number_of_a_person_in_a_saved_view"
            ),
        ]

    def __str__(self) -> str:
        return self.name
