"""Certificates: a reserved number, frozen data, a drawn file."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.portraits.models import Portrait
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
from courses.taxonomy.models import CertificateKind
from enrollments.certificates.unchanging import PRINTED_NEVER_CHANGES
from enrollments.designs.models import DesignVersion
from enrollments.enrolling.models import Enrollment

# What was delivered longer ago is looked through a few times a day only: there are millions.
LATELY = timedelta(days=1)


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
    # e.g. "B.{urut}/BKPSDM/800.2/{bulan}/{tahun}" (designs.numbers)
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
        """The person's own, and for officers those that their units issue."""
        organised = paths_of(user, RoleGrant.Role.OFFICER)
        return self.filter(Q(enrollment__learner=user) | below(organised, "series__organiser__"))

    def issued_by(self, user: Any) -> "CertificateQuerySet":
        """Those that the officer's units issue."""
        return self.filter(below(paths_of(user, RoleGrant.Role.OFFICER), "series__organiser__"))

    def with_people(self) -> "CertificateQuerySet":
        """With what a list of them shows."""
        return self.select_related(
            "series__organiser", "enrollment__learner__agency", "enrollment__cohort", "enrollment__version"
        )

    def with_corrections(self) -> "CertificateQuerySet":
        """With whether a correction is asked for and not answered yet, as `is_being_corrected`."""
        asked = CorrectionRequest.objects.open().filter(certificate=OuterRef("pk"))
        return self.annotate(is_being_corrected=Exists(asked))

    def stands(self) -> "CertificateQuerySet":
        """There is a paper, valid or not any more."""
        return self.filter(state__in=[*Certificate.READY, Certificate.State.REVOKED]).exclude(file="")

    def live(self) -> "CertificateQuerySet":
        return self.exclude(state=Certificate.State.REVOKED)

    def of_completion(self) -> "CertificateQuerySet":
        """Without statements given to who attended only: those that a completed course gives."""
        is_own_kind = Q(enrollment__version__certificate_kind=CertificateKind.STATEMENT)
        return self.filter(~Q(kind=CertificateKind.STATEMENT) | is_own_kind)

    def ready(self) -> "CertificateQuerySet":
        """Those whose paper stands and holds."""
        return self.filter(state__in=Certificate.READY)

    def fresh(self, since: datetime | None) -> "CertificateQuerySet":
        """Those delivered since then or not delivered at all: what a sweep may have to work on, by an index. None: all of them."""
        return self.filter(Q(delivered_at__gte=since) | Q(delivered_at__isnull=True)) if since else self

    def silent(self, now: datetime) -> "CertificateQuerySet":
        """Still to be confirmed although the time is up, and with no correction asked for."""
        asked = CorrectionRequest.objects.open().filter(certificate=OuterRef("pk"))
        return self.filter(~Exists(asked), state=Certificate.State.NUMBERED, confirm_until__lte=now)

    def issuable(self) -> "CertificateQuerySet":
        """What goes its way without a person: to be drawn, sealed or told, and in nobody's hands."""
        return self.free().filter(~Certificate.LACKS_CODE, state__in=Certificate.GOING, is_stuck=False)

    def to_be_registered(self, cohort: Any) -> "CertificateQuerySet":
        """Those of a cohort whose registration code may be entered: missing, or given and not yet confirmed."""
        states = [Certificate.State.NUMBERED, Certificate.State.CONFIRMED]
        open_ = Certificate.LACKS_CODE | Q(state=Certificate.State.NUMBERED)
        return self.filter(open_, enrollment__cohort=cohort, needs_registration=True, state__in=states)

    def to_be_signed_by(self, user: Any) -> "CertificateQuerySet":
        """What lies in the queue of this official."""
        return self.filter(state=Certificate.State.AWAITING_SIGNATURE, signatory=user, is_stuck=False)

    def free(self) -> "CertificateQuerySet":
        """In nobody's hands, by the database's own clock, which no worker's wrong clock can turn."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=Now()))


class Certificate(models.Model):
    """What a learner takes away. Person and training are copied when it is drawn and never change after."""

    class State(models.TextChoices):
        NUMBERED = "numbered", _("number reserved")
        CONFIRMED = "confirmed", _("name confirmed")
        DRAWN = "drawn", _("drawn")
        AWAITING_SIGNATURE = "awaiting_signature", _("awaiting signature")
        SIGNED = "signed", _("signed")
        DELIVERED = "delivered", _("delivered")
        SYNCED = "synced", _("recorded in SIASN")
        REVOKED = "revoked", _("revoked")

    # A worker takes it further by itself.
    GOING = (State.CONFIRMED, State.DRAWN, State.SIGNED)
    # The paper that others may trust stands; from here on no byte of it changes.
    READY = (State.SIGNED, State.DELIVERED, State.SYNCED)

    LACKS_CODE = Q(needs_registration=True, registration_code="")

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="certificates")
    series = models.ForeignKey(CertificateSeries, on_delete=models.PROTECT, related_name="certificates")
    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    kind = models.CharField(
        _("kind"), max_length=12, choices=CertificateKind.choices, default=CertificateKind.CERTIFICATE
    )
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
    # Where the course prints what was gained
    pre_score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    post_score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    # How well, in the words of the grading scale; empty where nothing was graded.
    predicate = models.CharField(max_length=40, blank=True)
    issue_place = models.CharField(max_length=120, blank=True)
    signatory_name = models.CharField(max_length=320, blank=True)
    signatory_post = models.CharField(max_length=200, blank=True)
    signatory_rank = models.CharField(max_length=80, blank=True)
    signatory_nip = models.CharField(max_length=18, blank=True)
    # Who signs it, where that is a person that we know; a name from signing.signers says how.
    signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signer = models.CharField(max_length=12, blank=True)
    design = models.ForeignKey(DesignVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    back_name = models.CharField(max_length=320, blank=True)
    back_post = models.CharField(max_length=150, blank=True)
    back_nip = models.CharField(max_length=18, blank=True)
    # The learner's photograph of that day, where the design prints one.
    portrait = models.ForeignKey(Portrait, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Of a family that LAN registers, as it was when the number was given.
    needs_registration = models.BooleanField(default=False, editable=False)
    # Given by LAN, entered by an officer before the paper is drawn.
    registration_code = models.CharField(_("registration code of LAN"), max_length=60, blank=True)
    # [{"title": …, "jp": "1.50", "score": "87.50"}] for the back page; set with the number, since no person changes it
    subjects = models.JSONField(default=list)
    # An invented person or course: the paper says so.
    is_demo = models.BooleanField(default=False, editable=False)
    frozen_at = models.DateTimeField(null=True, blank=True)
    # The learner looks at name and title until then; who says nothing has said yes.
    confirm_until = models.DateTimeField(_("confirmation until"))
    # Whether the learner said so, or let the time pass.
    was_confirmed_by_learner = models.BooleanField(default=False)

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
    signed_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
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
                condition=Q(state__in=["numbered", "confirmed", "revoked"])
                | Q(needs_registration=False)
                | ~Q(registration_code=""),
                name="registered_certificate_is_drawn_with_its_code",
            ),
            models.CheckConstraint(
                condition=Q(state="revoked", revoked_at__isnull=False)
                | (~Q(state="revoked") & Q(revoked_at__isnull=True)),
                name="revocation_date_matches_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["confirmed", "drawn", "signed"], is_stuck=False),
                name="certificate_to_issue",
            ),
            models.Index(
                fields=["signatory", "id"], condition=Q(state="awaiting_signature"), name="certificate_to_sign"
            ),
            models.Index(fields=["sha256"], condition=~Q(sha256=""), name="certificate_by_fingerprint"),
            models.Index(fields=["confirm_until"], condition=Q(state="numbered"), name="certificate_to_confirm"),
            models.Index(fields=["delivered_at"], name="certificate_by_delivery"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="printed_never_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=PRINTED_NEVER_CHANGES,
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

    @property
    def prints_portrait(self) -> bool:
        return self.design is not None and self.design.photo == DesignVersion.Photo.PORTRAIT

    @property
    def is_asked(self) -> bool:
        """The learner is being asked whether the name is right."""
        return self.state == self.State.NUMBERED

    @property
    def is_being_made(self) -> bool:
        """It becomes a paper by itself within a minute or so."""
        is_going = self.state in {self.State.CONFIRMED, self.State.DRAWN}
        return is_going and not self.is_stuck and not self.lacks_code

    @property
    def lacks_code(self) -> bool:
        """It waits for the registration code of LAN."""
        is_early = self.state in {self.State.NUMBERED, self.State.CONFIRMED}
        return is_early and self.needs_registration and not self.registration_code


class CorrectionRequestQuerySet(models.QuerySet["CorrectionRequest"]):
    def open(self) -> "CorrectionRequestQuerySet":
        return self.filter(state=CorrectionRequest.State.OPEN)

    def settled_by(self, user: Any) -> "CorrectionRequestQuerySet":
        """What this officer answers: of the certificates that their units issue, and of the people of their units."""
        over = paths_of(user, RoleGrant.Role.OFFICER)
        return self.filter(
            below(over, "certificate__series__organiser__") | below(over, "certificate__enrollment__learner__agency__")
        )


class CorrectionRequest(models.Model):
    """ "My name is printed wrongly": asked by the learner, settled by a training officer."""

    class Part(models.TextChoices):
        NAME = "name", _("name")
        TITLES = "titles", _("titles before or after the name")
        NIP = "nip", _("NIP")
        BIRTH = "birth", _("place or date of birth")
        POST = "post", _("rank or post")
        UNIT = "unit", _("unit")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        MENDED = "mended", _("put right")
        REFUSED = "refused", _("left as it was")

    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE, related_name="corrections")
    part = models.CharField(_("what is wrong"), max_length=6, choices=Part.choices, default=Part.NAME)
    wish = models.CharField(_("how it should read"), max_length=500)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.OPEN)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction request")
        verbose_name_plural = _("correction requests")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"], condition=Q(state="open"), name="one_open_correction_per_certificate"
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True) | ~Q(state="open") & Q(settled_at__isnull=False),
                name="correction_is_settled_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()}: {self.wish}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def live(self) -> "ShareLinkQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class ShareLink(models.Model):
    """An address at which whoever has it sees a certificate and its file, until the learner takes it back.

    Not the address on the paper: that one is printed and stays for ever.
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE, related_name="links")
    token = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("share link")
        verbose_name_plural = _("share links")
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"], condition=Q(withdrawn_at__isnull=True), name="one_live_link_per_certificate"
            )
        ]

    def __str__(self) -> str:
        return f"{self.certificate}"
