"""Counts for heads: insert-only deltas, folded by the clock, read as folded + unfolded. No hot row, no stale number."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from courses.structure.models import Course


class Measure(models.TextChoices):
    """What is counted per (agency, course, month)."""

    ENROLLED = "enrolled", _("enrolled")
    COMPLETED = "completed", _("completed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    # A completed place, at the unit in which it was taken: the person may have moved before they completed it elsewhere.
    ENDED = "ended", _("no longer in progress")
    JP = "jp", _("JP credited")


class Count(models.Model):
    """The dimensions that folded and unfolded counts share. The month is the first day of the month in the agency's zone."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    measure = models.CharField(max_length=10, choices=Measure.choices)
    # JP are hundredths elsewhere too: numeric(…,2), never a float. Counts of people are whole.
    value = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        abstract = True


class TallyDelta(Count):
    """One change at the unit in which it happened, written in the transaction that caused it."""

    # Empty: it was learned outside.
    course = models.ForeignKey(Course, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("tally delta")
        verbose_name_plural = _("tally deltas")

    def __str__(self) -> str:
        return f"{self.measure} {self.value:+}"


class Tally(Count):
    """The sum of the deltas that the clock has folded, of a unit and everything below it."""

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "month", "measure"], name="one_tally_per_agency_month_and_measure"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value}"
