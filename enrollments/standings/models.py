"""How the people of a unit and of all below it stand, counted before anybody asks.

`Standing` is what one person adds to the sums, and to those of which unit; `UnitCount` are the sums, of a unit and everything below it.
Triggers write a `Stale` row beside whatever could change a standing, in the transaction that changes it. The clock works the stale
ones out anew and adds the difference to the sums; who reads adds what is still stale (docs/decisions/sums-before-they-are-asked-for.md).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency


class Measure(models.TextChoices):
    """What is counted. Year 0: today. Those that begin with `c_` hold the same for each course apart (`item`)."""

    PNS = "pns", "PNS"
    CPNS = "cpns", "CPNS"
    PPPK = "pppk", "PPPK"
    OTHER = "other", _("others")
    JP_PNS = "jp_pns", _("JP of the PNS")
    JP_CPNS = "jp_cpns", _("JP of the CPNS")
    JP_PPPK = "jp_pppk", _("JP of the PPPK")
    JP_OTHER = "jp_other", _("JP of others")
    # JP of everybody by path (jalur) and by kind of competency; `item` 0 where none is said, as of what was learned outside.
    JP_PATH = "jp_path", _("JP by path")
    JP_KIND = "jp_kind", _("JP by kind of competency")
    # PNS with at least the floor of the year, and (`item`) the month in which they came to have it.
    REACHED = "reached", _("reached the target")
    FIRST = "first", _("first reached the target")
    # PNS with 5–9 JP (`item` 1), 10–14 (2) … up to the floor; those with less are the rest.
    STEP = "step", _("step of five JP")
    # PNS who have not reached the floor of the year: exempt (`item` 1), on leave (2), with some JP (3); the rest have none.
    STATE = "state", _("state of the year")
    # PNS with a course in progress (`item` 1), or of whom it is not known since when they serve here (2), or both (3): year 0 all of
    # them, another year those who have a state or reached the floor.
    OPEN = "open", _("a course in progress, or beginning unknown")
    # Two that are not rolled up but belong to just this unit, since a move between two units is none for a unit above both. PNS who joined
    # late in the year, by what they would be otherwise (`item` 3, 1, or 0 for neither); and people who served there in the year and no more.
    LATE = "late", _("joined late")
    MOVED = "moved", _("moved away")
    ENROLLED = "enrolled", _("enrolled")
    COMPLETED = "completed", _("completed")
    ACTIVE = "active", _("in progress")
    # Places in progress by the day of their deadline; people by the day on which they last learned.
    DUE = "due", _("deadline")
    STUDIED = "studied", _("last learned")
    C_ENROLLED = "c_enrolled", _("enrolled, by course")
    C_COMPLETED = "c_completed", _("completed, by course")
    C_ACTIVE = "c_active", _("in progress, by course")
    C_DUE = "c_due", _("deadline, by course")


# Sums of just this unit, which do not go up to the units above it.
DIRECT = (Measure.LATE, Measure.MOVED)
# Before this year nobody's joining and leaving is told.
FIRST_YEAR = 2025


class Stale(models.Model):
    """A person whose standing may have changed. Insert-only; many rows of one person are worked out once."""

    learner_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("stale standing")
        verbose_name_plural = _("stale standings")

    def __str__(self) -> str:
        return str(self.learner_id)


class Standing(models.Model):
    """What one person adds to the sums of their unit: `counts` is a list of [measure, year, item, day, value], and the unit where it is
    a sum of just that unit.

    Numbers of people, not keys to them: a person who is deleted stays until the sums are put right.
    """

    learner_id = models.BigIntegerField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField()

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")

    def __str__(self) -> str:
        return str(self.learner_id)


class UnitCount(models.Model):
    """The sum over the standings of everybody in the unit or anywhere below it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    measure = models.CharField(max_length=11, choices=Measure.choices)
    year = models.PositiveSmallIntegerField()
    item = models.BigIntegerField()
    day = models.DateField(null=True)
    # JP are hundredths: numeric(…,2), never a float. Counts are whole.
    value = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("count of a unit")
        verbose_name_plural = _("counts of units")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "measure", "year", "item", "day"],
                name="one_count_per_unit_measure_year_item_and_day",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value}"
