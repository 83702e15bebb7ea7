"""The tree of government units, and the days on which they rest."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from asn_lms.lib.trees import below as below  # for those who know it by this name


class AgencyQuerySet(MP_NodeQuerySet):  # type: ignore[misc]  # treebeard has no types
    def active(self) -> "AgencyQuerySet":
        rows: AgencyQuerySet = self.filter(is_active=True)
        return rows

    def within(self, paths: list[str]) -> "AgencyQuerySet":
        """The units at and below these tree paths."""
        rows: AgencyQuerySet = self.filter(below(paths))
        return rows


class AgencyManager(MP_NodeManager):  # type: ignore[misc]
    def get_queryset(self) -> AgencyQuerySet:
        rows: AgencyQuerySet = AgencyQuerySet(self.model, using=self._db).order_by("path")
        return rows

    def within(self, paths: list[str]) -> AgencyQuerySet:
        return self.get_queryset().within(paths)

    def active(self) -> AgencyQuerySet:
        return self.get_queryset().active()


class Agency(MP_Node):  # type: ignore[misc]
    """A node of the tree instansi → OPD → unit, of any depth."""

    class Kind(models.TextChoices):
        INSTANSI = "instansi", _("Agency (instansi)")
        OPD = "opd", _("Department (OPD)")
        UNIT = "unit", _("Unit")

    class Zone(models.TextChoices):
        WIB = "Asia/Jakarta", "WIB"
        WITA = "Asia/Makassar", "WITA"
        WIT = "Asia/Jayapura", "WIT"

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.UNIT)
    zone = models.CharField(_("time zone"), max_length=20, choices=Zone.choices, default=Zone.WIB)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)

    node_order_by: list[str] = []
    objects = AgencyManager()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        indexes = [models.Index(fields=["path"], name="agency_path_prefix", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def label(self) -> str:
        return str(self.short_name or self.name)

    def is_within(self, other: Any) -> bool:
        """Whether this unit is the other one or lies below it."""
        return bool(self.path.startswith(other.path))


class Holiday(models.Model):
    """A day on which no reminder goes out. Seeded from the public calendar; officers may add or end one.

    Source of the seed: the yearly joint decree on public holidays and joint leave, as the `holidays` package carries it.
    """

    on = models.DateField(_("date"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_joint_leave = models.BooleanField(_("joint leave"), default=False)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.name}"
