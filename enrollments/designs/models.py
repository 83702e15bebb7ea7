"""How an organiser's certificates look, and who signs them: a design per kind, in versions that never change once in use."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
from courses.taxonomy.models import CertificateKind
from enrollments.designs.numbers import DEFAULT_FORMAT, check_format


class CertificateDesignQuerySet(models.QuerySet["CertificateDesign"]):
    def kept_by(self, user: Any) -> "CertificateDesignQuerySet":
        """Those of the units in which the person is training officer."""
        return self.filter(below(paths_of(user, RoleGrant.Role.OFFICER), "organiser__"))


class CertificateDesign(models.Model):
    """One per organiser and kind; what is printed follows its published version, or the one of the nearest unit above."""

    organiser = models.ForeignKey(Agency, verbose_name=_("organiser"), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=CertificateKind.choices)

    objects = CertificateDesignQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate design")
        verbose_name_plural = _("certificate designs")
        ordering = ["organiser", "kind"]
        constraints = [models.UniqueConstraint(fields=["organiser", "kind"], name="one_design_per_organiser_and_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.organiser}"

    @property
    def agency(self) -> Agency:
        """Whose officers may read the audit of this design."""
        return self.organiser


def logo_file(version: "DesignVersion", name: str) -> str:
    return f"designs/{version.design_id}/{name}"


class DesignVersion(models.Model):
    """What stands on the paper beside person and training. Draft → published → retired; at most one of the first two each."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("in use")
        RETIRED = "retired", _("no longer in use")

    class Photo(models.TextChoices):
        NONE = "none", _("no photograph")
        FRAME = "frame", _("a frame, to paste it on a print")
        PORTRAIT = "portrait", _("the photograph that the learner gave; a frame where there is none")

    # What an officer may set on a draft, and the next draft takes over.
    DETAILS = (
        "title",
        "legal_basis",
        "place",
        "signatory",
        "signatory_post",
        "back_signatory",
        "back_post",
        "signer",
        "photo",
        "shows_scores",
        "number_format",
        "number_code",
    )

    design = models.ForeignKey(CertificateDesign, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=60, default="SERTIFIKAT")
    legal_basis = models.TextField(
        _("legal basis"),
        max_length=400,
        default="Undang-Undang Nomor 20 Tahun 2023 tentang Aparatur Sipil Negara dan peraturan pelaksanaannya",
    )
    logo = models.ImageField(_("logo"), upload_to=logo_file, blank=True, max_length=200)
    place = models.CharField(_("place of issue"), max_length=80, blank=True)
    signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who signs"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    signatory_post = models.CharField(_("post of who signs"), max_length=150, blank=True)
    back_signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who is named on the back page"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    back_post = models.CharField(_("post of who is named on the back page"), max_length=150, blank=True)
    # A name from signing.signers
    signer = models.CharField(_("signature"), max_length=12, default="local")
    photo = models.CharField(_("photograph"), max_length=8, choices=Photo.choices, default=Photo.FRAME)
    shows_scores = models.BooleanField(_("scores of the subjects on the back page"), default=False)
    number_format = models.CharField(_("number"), max_length=120, default=DEFAULT_FORMAT, validators=[check_format])
    number_code = models.CharField(
        _("classification code of the number"),
        max_length=20,
        default="800.2",
        validators=[RegexValidator(r"^[0-9A-Za-z.\-]+$", _("Only letters, digits, dots and hyphens."))],
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("version of a certificate design")
        verbose_name_plural = _("versions of certificate designs")
        ordering = ["design", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="design_version_number_once"),
            models.UniqueConstraint(fields=["design"], condition=Q(state="draft"), name="one_draft_per_design"),
            models.UniqueConstraint(
                fields=["design"], condition=Q(state="published"), name="one_version_in_use_per_design"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | ~Q(state="draft") & Q(published_at__isnull=False),
                name="design_publication_date_matches_state",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="design_in_use_never_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                IF OLD.state <> 'draft' THEN
                    IF TG_OP = 'DELETE' OR NEW.state NOT IN (OLD.state, 'retired')
                       OR (to_jsonb(NEW) - ARRAY['state', 'updated_at']) <> (to_jsonb(OLD) - ARRAY['state', 'updated_at']) THEN
                        RAISE EXCEPTION 'a design in use never changes' USING ERRCODE = 'restrict_violation';
                    END IF;
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.design} (v{self.number})"

    @property
    def agency(self) -> Agency:
        return self.design.organiser
