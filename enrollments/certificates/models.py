"""Certificates: a reserved number, frozen data, a drawn file."""

import secrets
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
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
    # e.g. "B.{seq:04d}/BKPSDM/800.2/{month}/{year}", the month in Roman numerals
    template = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("certificate series")
        verbose_name_plural = _("certificate series")
        constraints = [
            models.UniqueConstraint(fields=["organiser", "year", "kind"], name="one_series_per_organiser_year_and_kind")
        ]

    def __str__(self) -> str:
        return f"{self.organiser} {self.year} {self.kind}"


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def held_by(self, user: Any) -> "CertificateQuerySet":
        """The person's own certificates."""
        return self.filter(enrollment__learner=user)

    def visible_to(self, user: Any) -> "CertificateQuerySet":
        """The person's own, and for officers those that their units issued."""
        organised = paths_of(user, RoleGrant.Role.OFFICER)
        return self.filter(Q(enrollment__learner=user) | below(organised, "series__organiser__"))

    def live(self) -> "CertificateQuerySet":
        return self.exclude(state=Certificate.State.REVOKED)

    def ready(self) -> "CertificateQuerySet":
        """Those whose paper stands and holds."""
        return self.filter(state__in=Certificate.READY)

    def drawable(self) -> "CertificateQuerySet":
        """Numbered, and in nobody's hands (by the database's own clock, which no worker's wrong clock can turn)."""
        return self.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lt=Now()), state=Certificate.State.NUMBERED, is_stuck=False
        )


class Certificate(models.Model):
    """What a learner takes away. Person and training are copied when it is drawn and never change after."""

    class Kind(models.TextChoices):
        CERTIFICATE = "sertifikat", _("Certificate")

    class State(models.TextChoices):
        NUMBERED = "numbered", _("number reserved")
        CONFIRMED = "confirmed", _("name confirmed")
        DRAWN = "drawn", _("drawn")
        AWAITING_SIGNATURE = "awaiting_signature", _("awaiting signature")
        SIGNED = "signed", _("signed")
        DELIVERED = "delivered", _("delivered")
        SYNCED = "synced", _("recorded in SIASN")
        REVOKED = "revoked", _("revoked")

    # The paper that others may trust stands; from here on no byte of it changes.
    READY = (State.SIGNED, State.DELIVERED, State.SYNCED)

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="certificates")
    series = models.ForeignKey(CertificateSeries, on_delete=models.PROTECT, related_name="certificates")
    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.CERTIFICATE)
    state = models.CharField(_("state"), max_length=18, choices=State.choices, default=State.NUMBERED)
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
    competency = models.CharField(max_length=60, blank=True)
    # The government that stands above the organiser, e.g. "Pemerintah Kota Medan"
    issuer_name = models.CharField(max_length=200, blank=True)
    organiser_name = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=120, blank=True)
    method = models.CharField(max_length=150, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    jp = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    # How well, in the words of the grading scale; empty where nothing was graded.
    predicate = models.CharField(max_length=40, blank=True)
    issue_place = models.CharField(max_length=120, blank=True)
    signatory_name = models.CharField(max_length=320, blank=True)
    signatory_post = models.CharField(max_length=200, blank=True)
    signatory_rank = models.CharField(max_length=80, blank=True)
    signatory_nip = models.CharField(max_length=18, blank=True)
    # [{"title": …, "jp": "1.50"}] for the back page
    subjects = models.JSONField(default=list)
    # An invented person or course: the paper says so.
    is_demo = models.BooleanField(default=False, editable=False)
    frozen_at = models.DateTimeField(null=True, blank=True)

    file = models.FileField(upload_to=certificate_file, blank=True, max_length=250)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    # Given up after too many tries; an officer may let it be tried again.
    is_stuck = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(_("reason of revocation"), max_length=300, blank=True)
    # The revoked certificate in whose place this one was issued.
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by", editable=False
    )

    objects = CertificateQuerySet.as_manager()

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
                condition=Q(state__in=["numbered", "confirmed", "revoked"]) | Q(drawn_at__isnull=False),
                name="certificate_is_drawn_before_it_is_more",
            ),
            models.CheckConstraint(
                condition=Q(state="revoked", revoked_at__isnull=False)
                | (~Q(state="revoked") & Q(revoked_at__isnull=True)),
                name="revocation_date_matches_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"], condition=Q(state="numbered", is_stuck=False), name="certificate_to_draw"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def agency(self) -> Agency:
        """Whose officers may read the audit of this certificate."""
        return self.series.organiser

    @property
    def is_ready(self) -> bool:
        return self.state in self.READY
