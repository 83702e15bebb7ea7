"""Reference tables that classify training: rows with their legal basis, never constants."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    """Jalur: the path by which competency is developed, in class (KL…) or out of class (NKL…). Source: Perlan 10/2018."""

    class Form(models.TextChoices):
        IN_CLASS = "klasikal", _("in class")
        OUT_OF_CLASS = "nonklasikal", _("out of class")

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
