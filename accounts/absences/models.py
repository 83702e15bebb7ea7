"""Who is away from service for a time, or is released from training: what explains a year without JP."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User


class Kind(models.TextChoices):
    """Leave by Government Regulation (PP) 11/2017 as changed by PP 17/2020 and BKN Regulation 24/2017, and what releases from service."""

    LONG = "besar", _("long leave (cuti besar)")
    SICK = "sakit", _("sick leave (cuti sakit)")
    BIRTH = "melahirkan", _("maternity leave (cuti melahirkan)")
    UNPAID = "cltn", _("leave outside the state's expense (CLTN)")
    STUDY = "tugas_belajar", _("study assignment (tugas belajar)")
    SUSPENDED = "sementara", _("dismissed for a time (pemberhentian sementara)")
    RETIRING = "mpp", _("preparing for retirement (MPP)")
    RELEASED = "dibebaskan", _("released from training by a decree")


# The others are exemptions.
LEAVE = frozenset({Kind.LONG, Kind.SICK, Kind.BIRTH, Kind.UNPAID})


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def managed_by(self, user: Any) -> "AbsenceQuerySet":
        return self.filter(person__in=User.objects.managed_by(user))


class Absence(models.Model):
    """Days on which a person is away or released, both ends included. It always has a last day, which can be moved: so how a year stands
    changes only when somebody writes, never by midnight.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    from_on = models.DateField(_("first day"))
    until_on = models.DateField(_("last day"))
    decree = models.CharField(_("decree (SK)"), max_length=120, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-from_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="absence_ends_after_it_begins"),
            ExclusionConstraint(
                name="one_absence_of_a_person_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (Func("from_on", "until_on", Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
