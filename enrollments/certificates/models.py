"""Certificates: a reserved number, frozen data, a drawn file."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from enrollments.enrolling.models import Enrollment


def public_id() -> str:
    """128 random bits as 32 hex digits: not to be guessed, says nothing about person or order."""
    return secrets.token_hex(16)


def certificate_file(certificate: "Certificate", name: str) -> str:
    return f"certificates/{certificate.year}/{certificate.public_id}/{name}"


class CertificateSeries(models.Model):
    """The counter of one organiser, year and kind. Taken under a row lock, so numbers have no gap and no double."""

    organiser = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    last = models.PositiveIntegerField(default=0)
    # e.g. "B.{seq}/{unit}/{code}/{month}/{year}", the month in Roman numerals
    template = models.CharField(max_length=120, default="B.{seq:04d}/{unit}/800.2/{month}/{year}")

    class Meta:
        verbose_name = _("certificate series")
        verbose_name_plural = _("certificate series")
        constraints = [
            models.UniqueConstraint(fields=["organiser", "year", "kind"], name="one_series_per_organiser_year_and_kind")
        ]

    def __str__(self) -> str:
        return f"{self.organiser} {self.year} {self.kind}"


class Certificate(models.Model):
    """What a learner takes away. Person and training are copied when it is drawn and never change after."""

    class Kind(models.TextChoices):
        CERTIFICATE = "sertifikat", _("Certificate")

    class State(models.TextChoices):
        NUMBERED = "numbered", _("number reserved")
        DRAWN = "drawn", _("ready")
        REVOKED = "revoked", _("revoked")

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="certificates")
    series = models.ForeignKey(CertificateSeries, on_delete=models.PROTECT, related_name="certificates")
    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.CERTIFICATE)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NUMBERED)
    year = models.PositiveSmallIntegerField(_("year"))
    sequence = models.PositiveIntegerField()
    number = models.CharField(_("number"), max_length=120, unique=True)
    issued_on = models.DateField(_("issued on"))

    # Frozen when drawn
    name = models.CharField(max_length=320, blank=True)
    nip = models.CharField(max_length=18, blank=True)
    birth_place = models.CharField(max_length=100, blank=True)
    birth_on = models.DateField(null=True, blank=True)
    rank = models.CharField(max_length=80, blank=True)
    post = models.CharField(max_length=200, blank=True)
    agency_name = models.CharField(max_length=250, blank=True)
    course_title = models.CharField(max_length=150, blank=True)
    cohort_name = models.CharField(max_length=120, blank=True)
    organiser_name = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=120, blank=True)
    method = models.CharField(max_length=150, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    jp = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    signatory_name = models.CharField(max_length=320, blank=True)
    signatory_post = models.CharField(max_length=200, blank=True)
    # [{"title": …, "jp": "1.50"}] for the back page
    subjects = models.JSONField(default=list)

    file = models.FileField(upload_to=certificate_file, blank=True, max_length=250)
    sha256 = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"], condition=~Q(state="revoked"), name="one_live_certificate_per_enrollment"
            ),
            models.UniqueConstraint(fields=["series", "sequence"], name="certificate_sequence_once_per_series"),
            models.CheckConstraint(
                condition=Q(state="numbered") | Q(drawn_at__isnull=False), name="certificate_is_drawn_before_it_is_more"
            ),
        ]
        indexes = [models.Index(fields=["lease_until"], condition=Q(state="numbered"), name="certificate_to_draw")]

    def __str__(self) -> str:
        return self.number

    @property
    def agency(self) -> Agency:
        return self.enrollment.agency
