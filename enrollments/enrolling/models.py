"""A civil servant's place in a cohort."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
from courses.structure.models import CourseVersion
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.gain import Gain, gain_of


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def active(self) -> "EnrollmentQuerySet":
        return self.filter(status=Enrollment.Status.ACTIVE)

    def live(self) -> "EnrollmentQuerySet":
        return self.exclude(status=Enrollment.Status.WITHDRAWN)

    def overdue(self, today: date) -> "EnrollmentQuerySet":
        """Not finished although the deadline has passed. `today` is a day in the learner's zone."""
        return self.active().filter(due_on__lt=today)

    def held_by(self, user: Any) -> "EnrollmentQuerySet":
        """The person's own places."""
        return self.filter(learner=user)

    def on_the_way_of(self, user: Any) -> "EnrollmentQuerySet":
        """What the person learns now: the nearest deadline first, those without one last, the freshest first among equals."""
        return self.held_by(user).active().order_by("due_on", "-last_activity_at", "-id")

    def in_office_of(self, user: Any) -> "EnrollmentQuerySet":
        """The places of the cohorts that an officer runs or a trainer teaches."""
        return self.filter(cohort__in=Cohort.objects.seen_in_office_by(user).values("pk"))

    def visible_to(self, user: Any) -> "EnrollmentQuerySet":
        """A learner sees their own; a head those of the people who are in the subtree today; an officer also those of the
        cohorts that their unit organises; a trainer those of the cohorts that they teach.
        """
        people = paths_of(user, RoleGrant.Role.HEAD, RoleGrant.Role.OFFICER)
        organised = paths_of(user, RoleGrant.Role.OFFICER)
        return self.filter(
            Q(learner=user)
            | below(people, "learner__agency__")
            | below(organised, "cohort__organiser__")
            | Q(cohort__in=Cohort.objects.filter(trainers=user).values("pk"))
        )


class Enrollment(models.Model):
    """One learner in one cohort, pinned to the version on which they started."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("in progress")
        COMPLETED = "completed", _("completed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.PROTECT, related_name="enrollments"
    )
    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="enrollments")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="enrollments")
    # Where the learner served when they enrolled and when they completed; a transfer changes neither.
    agency = models.ForeignKey(Agency, verbose_name=_("unit at enrolment"), on_delete=models.PROTECT, related_name="+")
    completion_agency = models.ForeignKey(
        Agency, verbose_name=_("unit at completion"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    due_on = models.DateField(_("deadline"), null=True, blank=True)
    enrolled_at = models.DateTimeField(_("enrolled"))
    enrolled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    last_activity_at = models.DateTimeField(null=True, blank=True)
    # The lesson on which "continue" lands.
    current_lesson_uid = models.UUIDField(null=True, blank=True)
    lessons_finished = models.PositiveSmallIntegerField(default=0)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True)
    # Kept with the completion where the version marks a pre-test and a post-test.
    pre_score = models.DecimalField(_("score of the pre-test"), max_digits=5, decimal_places=2, null=True, blank=True)
    post_score = models.DecimalField(_("score of the post-test"), max_digits=5, decimal_places=2, null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "cohort"],
                condition=~Q(status="withdrawn"),
                name="learner_has_one_live_place_in_cohort",
            ),
            models.CheckConstraint(
                condition=Q(status="completed", completed_at__isnull=False, completion_agency__isnull=False)
                | (~Q(status="completed") & Q(completed_at__isnull=True, completion_agency__isnull=True)),
                name="completion_date_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                | (~Q(status="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="withdrawal_date_matches_status",
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "status", "due_on"], name="enrollment_by_learner"),
            models.Index(fields=["cohort", "status"], name="enrollment_by_cohort"),
            models.Index(fields=["due_on"], condition=Q(status="active"), name="enrollment_due"),
            models.Index(fields=["completed_at"], condition=Q(status="completed"), name="enrollment_by_completion"),
        ]

    def __str__(self) -> str:
        return f"{self.learner} · {self.cohort}"

    @property
    def gain(self) -> Gain | None:
        return gain_of(self.pre_score, self.post_score)
