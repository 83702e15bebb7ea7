"""One act by which an officer gives papers to many of a cohort, and what becomes of each."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
from courses.taxonomy.models import CertificateKind
from enrollments.certificates.models import Certificate
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.models import Enrollment


class Audience(models.TextChoices):
    """To whom. The paper follows from it: a Surat Keterangan says that somebody attended, not that they graduated
    (domain reference §3.4).
    """

    ATTENDED = "attended", _("Those who attended and did not complete")
    FINISHED = "finished", _("Those who completed")


class Fate(models.TextChoices):
    """What becomes of a person of the cohort in such an act: they get a paper (`GETS`), or why not."""

    GIVE = "give", _("gets it")
    AGAIN = "again", _("could not be made, is tried again")
    OWN = "own", _("your own: another officer gives it")
    QUEUED = "queued", _("is being issued already")
    COMPLETED = "completed", _("completed the course, and has its certificate or waits for it")
    HAS_ONE = "has_one", _("has it already")
    REVOKED = "revoked", _("was revoked: issue it anew from its own page")
    UNSTARTED = "unstarted", _("never opened a lesson, so did not attend")
    LEARNING = "learning", _("may still complete: the deadline has not passed, or there is none")
    UNFINISHED = "unfinished", _("has not completed the course")
    WITHDRAWN = "withdrawn", _("was withdrawn from the cohort")
    WITHHELD = "withheld", _("STTP without a valid accreditation of the organiser")
    CORRECTION = "correction", _("a correction of the name is being asked for")
    NAME = "name", _("the name is being confirmed; two days of silence are a yes")
    CODE = "code", _("waits for the registration code of LAN")
    MAKING = "making", _("is being made")
    NOBODY = "nobody", _("nobody is named who signs: name an official, then issue it anew")
    SIGNING = "signing", _("waits for the official's signature")


GETS = (Fate.GIVE, Fate.AGAIN)


class IssuanceQuerySet(models.QuerySet["Issuance"]):
    def run_by(self, user: Any) -> "IssuanceQuerySet":
        """Of the cohorts that the officer's units organise."""
        return self.filter(below(paths_of(user, RoleGrant.Role.OFFICER), "cohort__organiser__"))


class Issuance(models.Model):
    """What an officer asked for: the promise, written before anything is done."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="issuances")
    audience = models.CharField(_("to whom"), max_length=8, choices=Audience.choices)
    kind = models.CharField(_("kind"), max_length=12, choices=CertificateKind.choices)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = IssuanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue for a cohort")
        verbose_name_plural = _("issues for cohorts")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(audience="attended") | Q(kind="keterangan"), name="who_only_attended_gets_a_statement"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.cohort}"

    @property
    def agency(self) -> Agency:
        """Whose officers may read the audit of this act."""
        return self.cohort.organiser


class IssuanceLineQuerySet(models.QuerySet["IssuanceLine"]):
    def waiting(self) -> "IssuanceLineQuerySet":
        return self.filter(state=IssuanceLine.State.WAITING)

    def due(self, now: datetime) -> "IssuanceLineQuerySet":
        """To be served now, oldest first; what broke off goes behind the others."""
        return self.waiting().filter(Q(not_before__isnull=True) | Q(not_before__lte=now)).order_by("tries", "id")


class IssuanceLine(models.Model):
    """One person of the act. Its number and its state are written together, so that a line that is served twice is served once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        GIVEN = "given", _("given")
        REFUSED = "refused", _("not given")
        FAILED = "failed", _("failed")

    issuance = models.ForeignKey(Issuance, on_delete=models.CASCADE, related_name="lines")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(Certificate, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.WAITING)
    # Why somebody who was promised a paper got none: something changed in between.
    reason = models.CharField(_("reason"), max_length=10, choices=Fate.choices, blank=True)
    error = models.CharField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)

    objects = IssuanceLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of an issue")
        verbose_name_plural = _("lines of issues")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["issuance", "enrollment"], name="one_line_per_place_and_issue"),
            models.UniqueConstraint(
                fields=["enrollment"], condition=Q(state="waiting"), name="place_is_being_issued_to_once"
            ),
            models.CheckConstraint(
                condition=Q(state="given", certificate__isnull=False) | ~Q(state="given") & Q(certificate__isnull=True),
                name="what_was_given_is_named",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(reason="") | ~Q(state="refused") & Q(reason=""),
                name="what_was_not_given_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["tries", "id"], condition=Q(state="waiting"), name="issuance_line_waiting")]

    def __str__(self) -> str:
        return f"{self.enrollment}: {self.get_state_display()}"
