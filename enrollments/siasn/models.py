"""What SIASN (the national personnel system of BKN) is told of certificates, and what it tells of people."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.jobs.models import Job
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
from courses.structure.models import Course
from courses.taxonomy.models import TrainingType
from enrollments.certificates.models import Certificate

# Certificates that SIASN is told of: those whose paper is final and in the learner's hands. Their states are named here and nowhere else.
DELIVERED = (Certificate.State.DELIVERED, Certificate.State.SYNCED)
# BKN's jenisDiklatId of structural training, which has an endpoint and fields of its own.
STRUCTURAL = "1"
# Of a row: the kind of training that holds for it; what is said of the course goes before what its version says.
KIND = Coalesce(
    F("certificate__enrollment__cohort__course__siasn__training_type"),
    F("certificate__enrollment__version__training_type"),
)


class AgencyMapping(models.Model):
    """By which id SIASN knows a government (instansiId, 32 hexadecimal digits)."""

    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, related_name="siasn")
    instansi_id = models.CharField(_("instansiId"), max_length=36)
    basis = models.CharField(_("where this comes from"), max_length=250)

    class Meta:
        verbose_name = _("agency in SIASN")
        verbose_name_plural = _("agencies in SIASN")

    def __str__(self) -> str:
        return f"{self.agency}: {self.instansi_id}"


class TypeMapping(models.Model):
    """How one government reports one kind of training: its letter in SIASN, and as which document the paper is uploaded.

    Per government, since each answers for what it sends; the ids of documents were seen in no public source, so none is built in.
    """

    instansi = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    training_type = models.ForeignKey(TrainingType, on_delete=models.PROTECT, related_name="+")
    certificate_kind = models.CharField(_("jenisKursusSertipikat"), max_length=20, blank=True)
    document_ref = models.CharField(_("id_ref_dokumen"), max_length=20)
    basis = models.CharField(_("where this comes from"), max_length=250)

    class Meta:
        verbose_name = _("kind of training in SIASN")
        verbose_name_plural = _("kinds of training in SIASN")
        constraints = [
            models.UniqueConstraint(fields=["instansi", "training_type"], name="one_siasn_mapping_per_kind_of_training")
        ]

    def __str__(self) -> str:
        return f"{self.instansi}: {self.training_type}"

    @property
    def agency(self) -> Agency:
        return self.instansi


class CourseMapping(models.Model):
    """What SIASN wants to know of a course beyond its version; a kind of training here goes before the version's own."""

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="siasn")
    training_type = models.ForeignKey(
        TrainingType,
        verbose_name=_("SIASN kind of training"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Structural training only: which of BKN's list (`latihan-struktural`) it is.
    structural_id = models.CharField(_("latihanStrukturalId"), max_length=36, blank=True)
    weight = models.PositiveSmallIntegerField(_("bobot"), default=0)
    basis = models.CharField(_("where this comes from"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("course in SIASN")
        verbose_name_plural = _("courses in SIASN")

    def __str__(self) -> str:
        return str(self.course)

    @property
    def agency(self) -> Agency:
        return self.course.organiser


class PostingQuerySet(models.QuerySet["Posting"]):
    def visible_to(self, user: Any) -> "PostingQuerySet":
        """Training officers: what their units issued."""
        return self.filter(below(paths_of(user, RoleGrant.Role.OFFICER), "certificate__series__organiser__"))

    def typed(self) -> "PostingQuerySet":
        """With `type_id`, the kind of training that holds for the row: the course's mapping, else the version's own."""
        return self.annotate(type_id=KIND)

    def mapped(self) -> "PostingQuerySet":
        """Rows of which everything is known that SIASN asks for."""
        types = TypeMapping.objects.filter(instansi=OuterRef("instansi"), training_type=OuterRef("type_id"))
        return self.typed().filter(
            Exists(types),
            Exists(AgencyMapping.objects.filter(agency=OuterRef("instansi"))),
            ~Exists(TrainingType.objects.filter(pk=OuterRef("type_id"), code=STRUCTURAL))
            | ~Q(certificate__enrollment__cohort__course__siasn__structural_id="")
            & Q(certificate__enrollment__cohort__course__siasn__isnull=False),
        )

    def under_way(self) -> "PostingQuerySet":
        """Not finished, and the certificate still stands."""
        return self.filter(state__in=Posting.UNDER_WAY, certificate__state__in=DELIVERED)

    def in_nobodys_hands(self) -> "PostingQuerySet":
        """By the database's own clock, which no worker's wrong clock can turn."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=Now()))

    def sendable(self, now: Any) -> "PostingQuerySet":
        """What a worker may take up now. Nothing invented is ever told to SIASN."""
        waiting = self.under_way().in_nobodys_hands().filter(next_try_at__lte=now, certificate__is_demo=False)
        return waiting.mapped()

    def needing_a_hand(self) -> "PostingQuerySet":
        return self.filter(state=Posting.State.FAILED)


class Posting(models.Model):
    """The outbox: one row per delivered certificate. The row is the truth, a message only wakes a worker.

    `record_id` is what SIASN answered (rwKursusId, rwDiklatId). `begun_at` stands while a call that changes something in SIASN may have
    gone out and its answer is not known: whoever goes on looks there first, and says nothing twice.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting to be sent")
        SENT = "sent", _("recorded, without its paper")
        UPLOADED = "doc_uploaded", _("recorded, to be checked")
        VERIFIED = "verified", _("in SIASN")
        FAILED = "failed", _("needs a hand")
        HANDED = "handed", _("handed over by file")

    UNDER_WAY = (State.PENDING, State.SENT, State.UPLOADED)

    class Reason(models.TextChoices):
        """Why it stopped; what to do is said in queries.ADVICE."""

        REJECTED = "rejected", _("SIASN refused the data")
        UNKNOWN = "unknown", _("SIASN does not know this NIP")
        NO_NUMBER = "no_number", _("The person has no NIP here")
        AWAY = "away", _("SIASN did not answer, again and again")
        ACCESS = "access", _("SIASN does not let us in")
        MISMATCH = "mismatch", _("SIASN holds something else under this number")
        GONE = "gone", _("The record is no longer in SIASN")
        NO_PAPER = "no_paper", _("The paper does not arrive in SIASN")
        REVOKED = "revoked", _("The certificate was revoked, SIASN still has it")
        BROKEN = "broken", _("Something broke on our side")

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="siasn")
    # The government at the top of the unit in which the person served at completion.
    instansi = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PENDING)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices, blank=True)
    # The last word of SIASN or of the network, cleaned of numbers, names and keys.
    message = models.CharField(_("message"), max_length=200, blank=True)
    record_id = models.CharField(max_length=64, blank=True)
    # What SIASN was told: JP rounded down.
    sent_jp = models.PositiveSmallIntegerField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # How often it was taken up, and the fence: who took it up before can change nothing any more.
    claims = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The newest file in which it stands.
    file = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("report to SIASN")
        verbose_name_plural = _("reports to SIASN")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "doc_uploaded", "verified"]) | ~Q(record_id=""),
                name="what_is_recorded_has_its_id",
            ),
            models.UniqueConstraint(
                fields=["record_id"], condition=~Q(record_id=""), name="one_certificate_per_siasn_record"
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(reason="")) | (~Q(state="failed") & Q(reason="")),
                name="who_needs_a_hand_is_told_why",
            ),
            models.CheckConstraint(
                condition=Q(state="verified", verified_at__isnull=False)
                | (~Q(state="verified") & Q(verified_at__isnull=True)),
                name="verified_date_matches_state",
            ),
            models.CheckConstraint(
                condition=Q(state="handed", handed_at__isnull=False) | (~Q(state="handed") & Q(handed_at__isnull=True)),
                name="handed_date_matches_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(state__in=["pending", "sent", "doc_uploaded"]),
                name="posting_to_send",
            ),
            models.Index(fields=["state", "-id"], name="posting_by_state"),
        ]

    def __str__(self) -> str:
        return self.certificate.number

    @property
    def agency(self) -> Agency:
        """Whose officers may read the audit of this row."""
        return self.certificate.series.organiser


class SiasnPerson(models.Model):
    """By which id SIASN knows a person (pnsOrangId), and when it was asked about them."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="siasn")
    orang_id = models.CharField(max_length=64, blank=True)
    orang_id_at = models.DateTimeField(null=True, blank=True)
    # IP-ASN: asked for by the person, then kept fresh by the clock.
    index_asked_at = models.DateTimeField(null=True, blank=True)
    index_read_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("person in SIASN")
        verbose_name_plural = _("people in SIASN")
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(index_asked_at__isnull=False), name="index_to_ask_for")
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class OfficialIndex(models.Model):
    """IP-ASN as SIASN states it: four dimensions and their sum, never reckoned by us."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    qualification = models.DecimalField(_("kualifikasi"), max_digits=5, decimal_places=2)
    competence = models.DecimalField(_("kompetensi"), max_digits=5, decimal_places=2)
    performance = models.DecimalField(_("kinerja"), max_digits=5, decimal_places=2)
    discipline = models.DecimalField(_("disiplin"), max_digits=5, decimal_places=2)
    total = models.DecimalField(_("IP-ASN"), max_digits=5, decimal_places=2)
    # The day that SIASN names; the day on which we read it where it names none.
    valued_on = models.DateField()
    read_at = models.DateTimeField()

    class Meta:
        verbose_name = _("official IP-ASN")
        verbose_name_plural = _("official IP-ASN")
        ordering = ["-valued_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "valued_on"], name="one_official_index_per_person_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.total}"


class IndexPoint(models.Model):
    """What one column of the competence dimension of IP-ASN is worth to one group of posts, and how long it counts.

    Sources: PermenPANRB 38/2018, Peraturan BKN 8/2019; which figures were compared with the text stands in `legal_basis`.
    """

    class Posts(models.TextChoices):
        STRUCTURAL = "structural", _("structural post")
        FUNCTIONAL = "functional", _("functional post")
        STAFF = "staff", _("staff (pelaksana)")

    class Column(models.TextChoices):
        DUTY = "duty", _("leadership or functional training")
        TECHNICAL = "technical", _("technical training")
        SEMINAR = "seminar", _("seminar or workshop")

    posts = models.CharField(_("posts"), max_length=10, choices=Posts.choices)
    column = models.CharField(_("column"), max_length=10, choices=Column.choices)
    points = models.DecimalField(
        _("points"), max_digits=4, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    # Months before today in which the training counts; empty: always.
    months = models.PositiveSmallIntegerField(_("counts for so many months"), null=True, blank=True)
    min_jp = models.DecimalField(
        _("least JP"), max_digits=6, decimal_places=2, default=0, validators=[MinValueValidator(Decimal(0))]
    )
    adds_up = models.BooleanField(_("several trainings add up to the least JP"), default=False)
    # BKN's jenisDiklatId that count here.
    types = ArrayField(models.CharField(max_length=20), verbose_name=_("SIASN kinds of training"), default=list)
    # Posts that are held to have it already, by the beginning of their name.
    exempt_posts = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=250)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("IP-ASN points")
        verbose_name_plural = _("IP-ASN points")
        ordering = ["posts", "column", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["posts", "column", "valid_from"], name="one_index_point_per_posts_and_column"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="index_point_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(points__gte=0), name="index_points_are_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_posts_display()}, {self.get_column_display()}: {self.points}"
