"""What a learner was reminded of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.notices.models import Notice
from enrollments.enrolling.models import Enrollment


class Reminder(models.Model):
    """A step that was told for a place. Unique per (place, step, deadline): a moved deadline begins its own row of steps.

    The mail is the notice's: one digest a day holds all steps of that day.
    """

    class Step(models.TextChoices):
        H7 = "h7", _("seven days before the deadline")
        H3 = "h3", _("three days before the deadline")
        H1 = "h1", _("one day before the deadline")
        OVER1 = "over1", _("deadline passed")
        OVER2 = "over2", _("deadline passed a week ago")
        OVER3 = "over3", _("deadline passed two weeks ago")
        START = "start", _("not started")

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="reminders")
    step = models.CharField(_("step"), max_length=6, choices=Step.choices)
    due_on = models.DateField(_("deadline"), null=True, blank=True)
    told_on = models.DateField(_("told on"))
    # Empty for steps that were over before this system had the place.
    notice = models.ForeignKey(Notice, null=True, blank=True, on_delete=models.SET_NULL, related_name="reminders")

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "step", "due_on"],
                nulls_distinct=False,
                name="each_step_is_told_once_per_deadline",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.step}"
