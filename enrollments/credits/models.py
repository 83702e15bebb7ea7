"""JP that a person earned."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from enrollments.enrolling.models import Enrollment


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
