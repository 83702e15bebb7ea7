"""What learners put into lessons: an attempt with its state, and one row per answer."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.structure.models import Lesson
from enrollments.enrolling.models import Enrollment


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def going_on(self) -> "AttemptQuerySet":
        return self.filter(closed_at__isnull=True)

    def out_of_time(self, now: datetime) -> "AttemptQuerySet":
        """Timed attempts whose time is up although nobody handed them in."""
        return self.going_on().filter(due_at__lte=now)


class Attempt(models.Model):
    """One go at a lesson. `state` is the kind's own; `seq` counts the inputs that were taken, so an older one is seen as older."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="attempts")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("attempt"), default=1)
    state = models.JSONField(default=dict)
    seq = models.PositiveIntegerField(default=0)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True)
    is_finished = models.BooleanField(default=False)
    started_at = models.DateTimeField(_("started"))
    saved_at = models.DateTimeField(_("saved"), null=True, blank=True)
    closed_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    # When the time of a timed attempt is up; the clock then closes it with what was saved.
    due_at = models.DateTimeField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "lesson", "number"], name="attempt_number_once_per_lesson_and_place"
            ),
            models.UniqueConstraint(
                fields=["enrollment", "lesson"],
                condition=Q(closed_at__isnull=True),
                name="one_attempt_goes_on_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(closed_at__isnull=True, due_at__isnull=False), name="attempt_out_of_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lesson} #{self.number}"


# Answers without a comment, or changed after it.
TO_BE_READ = Q(commented_at__isnull=True) | Q(saved_at__gt=F("commented_at"))


class AttemptItemQuerySet(models.QuerySet["AttemptItem"]):
    def to_be_read(self) -> "AttemptItemQuerySet":
        return self.filter(TO_BE_READ)

    def in_office_of(self, user: Any) -> "AttemptItemQuerySet":
        """Answers given in the cohorts that an officer runs or a trainer teaches."""
        return self.filter(attempt__enrollment__in=Enrollment.objects.in_office_of(user).values("pk"))


class AttemptItem(models.Model):
    """The newest answer to one question of an attempt, as given."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="items")
    key = models.CharField(max_length=64)
    answer = models.JSONField()
    seq = models.PositiveIntegerField(default=0)
    # A trainer's remark on an open answer.
    comment = models.TextField(_("comment"), blank=True)
    commented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    commented_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(auto_now=True)

    objects = AttemptItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["attempt", "key"], name="one_newest_answer_per_question")]

    def __str__(self) -> str:
        return self.key


class ExtraAttempts(models.Model):
    """Attempts that an officer added for one learner and lesson, with the reason."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="extra_attempts")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="+")
    extra = models.PositiveSmallIntegerField(_("more attempts"))
    reason = models.CharField(_("reason"), max_length=300)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("extra attempts")
        verbose_name_plural = _("extra attempts")

    def __str__(self) -> str:
        return f"+{self.extra}"
