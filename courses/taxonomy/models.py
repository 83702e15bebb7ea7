"""Reference tables that classify training: rows with their legal basis, never constants."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of

MEBIBYTE = 1024 * 1024


class Reference(models.Model):
    """What each reference table has in common."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=150)
    legal_basis = models.CharField(_("legal basis"), max_length=250, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class CompetencyKind(Reference):
    """Jenis kompetensi: teknis, manajerial, sosial kultural."""

    class Meta(Reference.Meta):
        verbose_name = _("kind of competency")
        verbose_name_plural = _("kinds of competency")


class LearningPath(Reference):
    """Jalur: the path by which competency is developed, in class (KL…), out of class (NKL…) or by study (PD…). Source: Perlan 10/2018."""

    class Form(models.TextChoices):
        IN_CLASS = "klasikal", _("in class")
        OUT_OF_CLASS = "nonklasikal", _("out of class")
        # Formal study gives JP by the semester; no course of the catalogue is one.
        STUDY = "pendidikan", _("formal study")

    form = models.CharField(_("form"), max_length=12, choices=Form.choices)

    class Meta(Reference.Meta):
        verbose_name = _("path")
        verbose_name_plural = _("paths")


class TrainingType(Reference):
    """BKN's `jenisDiklatId` with the letter that SIASN wants for the course certificate."""

    letter = models.CharField(max_length=1, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("SIASN kind of training")
        verbose_name_plural = _("SIASN kinds of training")


class CertificateKind(models.TextChoices):
    """What a completed course gives. Official names, the same in every language (domain reference §3.4)."""

    CERTIFICATE = "sertifikat", "Sertifikat"
    GRADUATION = "sttp", "STTP (Surat Tanda Tamat Pelatihan)"
    STATEMENT = "keterangan", "Surat Keterangan"


class ProgramFamily(Reference):
    """Families of training, with what their certificates need: Latsar, PKP, PKA, PKN are registered with LAN."""

    is_registered_with_lan = models.BooleanField(_("its certificates bear a registration code of LAN"), default=False)

    class Meta(Reference.Meta):
        verbose_name = _("family of training")
        verbose_name_plural = _("families of training")


class SurveyTerms(models.Model):
    """When people are asked about a training, and for how long. One row, kept by administrators.

    Source: LAN's Evaluasi Pascapelatihan Nasional; six months is the practice (domain reference §2.6), no rule of law.
    """

    # What a new course begins with; its officers may change or empty it.
    after_months = models.PositiveSmallIntegerField(
        _("months until the post-training survey"), default=6, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    open_days = models.PositiveSmallIntegerField(
        _("days that the survey stays open"), default=30, validators=[MinValueValidator(7), MaxValueValidator(180)]
    )
    remind_after_days = models.PositiveSmallIntegerField(
        _("days until the one reminder"), default=14, validators=[MinValueValidator(1), MaxValueValidator(179)]
    )
    legal_basis = models.CharField(_("legal basis"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("terms of surveys")
        verbose_name_plural = _("terms of surveys")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="terms_of_surveys_are_one_row"),
            models.CheckConstraint(
                condition=Q(after_months__gte=1, after_months__lte=60), name="survey_terms_wait_one_to_sixty_months"
            ),
            models.CheckConstraint(
                condition=Q(remind_after_days__lt=F("open_days")), name="survey_reminds_before_it_closes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.after_months}"


class MobileData(models.Model):
    """What loading costs a learner on mobile data, and from where on an author is warned. One row, kept by administrators.

    An assumption that makes sizes comparable, no tariff: prices differ by operator, package and place.
    """

    rupiah_per_mb = models.DecimalField(
        _("rupiah for one MB"), max_digits=7, decimal_places=2, default=Decimal(10), validators=[MinValueValidator(0)]
    )
    # 3GSlow of WebPageTest: what a phone at the edge of a cell has.
    kilobits_per_second = models.PositiveIntegerField(
        _("kbit/s of a slow connection"), default=400, validators=[MinValueValidator(1), MaxValueValidator(1_000_000)]
    )
    heavy_mb = models.PositiveSmallIntegerField(
        _("MB from which a lesson is heavy"), default=20, validators=[MinValueValidator(1), MaxValueValidator(2000)]
    )
    basis = models.CharField(_("what the price rests on"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("cost of mobile data")
        verbose_name_plural = _("cost of mobile data")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="cost_of_mobile_data_is_one_row"),
            models.CheckConstraint(condition=Q(rupiah_per_mb__gte=0), name="mobile_data_costs_nothing_or_more"),
            models.CheckConstraint(condition=Q(kilobits_per_second__gte=1), name="slow_connection_carries_something"),
            models.CheckConstraint(condition=Q(heavy_mb__gte=1), name="heavy_lesson_has_a_size"),
        ]

    def __str__(self) -> str:
        return f"{self.rupiah_per_mb}"

    def rupiah(self, size: int) -> Decimal:
        """What so many bytes cost, in rupiah with all their decimal places."""
        return self.rupiah_per_mb * size / MEBIBYTE

    def seconds(self, size: int) -> int:
        """How long so many bytes take on a slow connection, in whole seconds, rounded up."""
        return -(-size * 8 // (self.kilobits_per_second * 1000))

    def is_heavy(self, size: int) -> bool:
        return size > self.heavy_mb * MEBIBYTE


class AccreditationQuerySet(models.QuerySet["Accreditation"]):
    def visible_to(self, user: Any) -> "AccreditationQuerySet":
        """Those of the organisers in whose units the person is training officer or administrator."""
        return self.filter(below(paths_of(user, RoleGrant.Role.OFFICER), "organiser__"))

    def valid_on(self, day: date) -> "AccreditationQuerySet":
        return self.filter(valid_from__lte=day, valid_until__gte=day)

    def covering(self, organiser: Agency, family: ProgramFamily) -> "AccreditationQuerySet":
        """Of the organiser itself: what a city's agency is accredited for does not pass to units below it."""
        return self.filter(organiser=organiser, family=family)


class Accreditation(models.Model):
    """That an organiser may run a family of training and give STTP for it, from when until when, by which decree.

    Source: LAN accredits institutions and programmes (domain reference §2.7).
    """

    organiser = models.ForeignKey(
        Agency, verbose_name=_("organiser"), on_delete=models.PROTECT, related_name="accreditations"
    )
    family = models.ForeignKey(ProgramFamily, verbose_name=_("family of training"), on_delete=models.PROTECT)
    body = models.CharField(_("accrediting body"), max_length=150)
    decree = models.CharField(_("number of the decree"), max_length=120)
    grade = models.CharField(_("grade"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccreditationQuerySet.as_manager()

    class Meta:
        verbose_name = _("accreditation")
        verbose_name_plural = _("accreditations")
        ordering = ["organiser", "family", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="accreditation_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.family}: {self.decree}"

    @property
    def agency(self) -> Agency:
        """Whose officers may read the audit of this accreditation."""
        return self.organiser
