"""The tables of law: what a year asks for, and how each path is turned into JP."""

from datetime import date

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User
from courses.taxonomy.models import LearningPath


class Scope(models.TextChoices):
    NATIONAL = "national", _("national")
    INTERNATIONAL = "international", _("international")


class YearlyTarget(models.Model):
    """JP that the law wants, or allows, in a year: rows with their basis, so that a new rule is an edit and not a release."""

    class Kind(models.TextChoices):
        FLOOR = "floor", _("at least")
        CEILING = "ceiling", _("at most")

    employment = models.CharField(_("employment status"), max_length=5, choices=User.Employment.choices)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices)
    jp = models.DecimalField(_("JP"), max_digits=6, decimal_places=2)
    legal_basis = models.CharField(_("legal basis"), max_length=250)
    # Who is away for at least so many days of the year, or began to serve in a unit only in or after that month, is told apart from
    # those who are behind. No law says it: docs/decisions/everybody-is-somewhere.md.
    absence_days = models.PositiveSmallIntegerField(_("days of absence that explain a year"), default=183)
    late_from_month = models.PositiveSmallIntegerField(_("month from which one joins late"), default=10)
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


class ConversionRule(models.Model):
    """How one path is turned into JP, from a day on. Source of the seed: the table of BPS's letter B-031/BPS/2600/02/2019, which
    applies the annex of Perlan 10/2018; 1 JP = 45 minutes.

    Gross JP = quantity × `jp` × (1 + `uplift` %), the quantity counted in units of `basis`. Of these count at most `cap` JP in
    each `cap_period`, whatever courses of that path they come from. A row that a credit has used can only be ended.
    """

    class Basis(models.TextChoices):
        HOURS = "hours", _("lesson hour")
        DAY = "per_day", _("day")
        SESSION = "per_session", _("session")
        SEMESTER = "per_semester", _("semester")
        EVENT = "per_event", _("event")

    class CapPeriod(models.TextChoices):
        DAY = "day", _("day")
        MONTH = "month", _("month")

    path = models.ForeignKey(LearningPath, verbose_name=_("path (jalur)"), on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(_("scope"), max_length=13, choices=Scope.choices, default=Scope.NATIONAL)
    basis = models.CharField(_("counted by"), max_length=12, choices=Basis.choices)
    jp = models.DecimalField(_("JP for each"), max_digits=6, decimal_places=2)
    uplift = models.DecimalField(_("uplift (%)"), max_digits=5, decimal_places=2, default=0)
    cap = models.DecimalField(_("at most JP"), max_digits=6, decimal_places=2, null=True, blank=True)
    cap_period = models.CharField(_("in each"), max_length=5, choices=CapPeriod.choices, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=250)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("conversion rule")
        verbose_name_plural = _("conversion rules")
        ordering = ["path__position", "path__code", "-scope", "-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="one_conversion_rule_per_path_scope_and_day",
                expressions=[
                    ("path", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from",
                            "valid_until",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(condition=Q(jp__gt=0, uplift__gte=0), name="conversion_gives_something"),
            models.CheckConstraint(
                condition=Q(cap__isnull=True, cap_period="") | Q(cap__gt=0, cap_period__in=["day", "month"]),
                name="cap_has_its_period",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="conversion_rule_ends_after_it_begins",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="used_rule_never_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                IF EXISTS (SELECT FROM enrollments_credit WHERE rule_id = OLD.id) THEN
                    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'valid_until') <> (to_jsonb(OLD) - 'valid_until')
                       OR EXISTS (SELECT FROM enrollments_credit WHERE rule_id = OLD.id AND "on" > NEW.valid_until) THEN
                        RAISE EXCEPTION 'a conversion rule that credits have used can only be ended after them'
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.path} ({self.get_scope_display()}), {self.valid_from}"

    def period_of(self, day: date) -> date:
        """First day of the period whose cap this day shares."""
        return day.replace(day=1) if self.cap_period == self.CapPeriod.MONTH else day
