"""JP that a person earned."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.people.models import User
from enrollments.enrolling.models import Enrollment


class YearlyTarget(models.Model):
    """JP that the law wants, or allows, in a year: rows with their basis, so that a new rule is an edit and not a release."""

    class Kind(models.TextChoices):
        FLOOR = "floor", _("at least")
        CEILING = "ceiling", _("at most")

    employment = models.CharField(_("employment status"), max_length=5, choices=User.Employment.choices)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices)
    jp = models.DecimalField(_("JP"), max_digits=6, decimal_places=2)
    legal_basis = models.CharField(_("legal basis"), max_length=250)
    from_year = models.PositiveSmallIntegerField(_("from year"))
    until_year = models.PositiveSmallIntegerField(_("until year"), null=True, blank=True)

    class Meta:
        verbose_name = _("yearly target")
        verbose_name_plural = _("yearly targets")
        ordering = ["employment", "-from_year"]
        constraints = [
            models.UniqueConstraint(fields=["employment", "from_year"], name="one_target_per_status_and_first_year")
        ]

    def __str__(self) -> str:
        return f"{self.get_employment_display()} {self.get_kind_display()} {self.jp} JP"


class Credit(models.Model):
    """One row per completion, with the version's JP, on the day of completion in the learner's zone."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credits")
    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="credit")
    agency = models.ForeignKey(Agency, verbose_name=_("unit at completion"), on_delete=models.PROTECT, related_name="+")
    jp = models.DecimalField(_("JP"), max_digits=6, decimal_places=2)
    on = models.DateField(_("date"))
    year = models.PositiveSmallIntegerField(_("year"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["-on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(jp__gte=0), name="credit_is_not_negative")]
        indexes = [models.Index(fields=["learner", "year"], name="credit_by_learner_and_year", include=["jp"])]

    def __str__(self) -> str:
        return f"{self.jp} JP"
