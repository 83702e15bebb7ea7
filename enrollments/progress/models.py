"""Which lessons of a place are finished."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.structure.models import Lesson
from enrollments.enrolling.models import Enrollment


class LessonProgress(models.Model):
    """A lesson that the learner has opened; finished once, finished for ever."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="progress")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    best_score = models.DecimalField(_("best score"), max_digits=5, decimal_places=2, null=True, blank=True)
    # Where the learner stands in the lesson, in words: "04.12", "page 3"; for the button that continues.
    place = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("lesson progress")
        verbose_name_plural = _("lesson progress")
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson"], name="one_progress_row_per_lesson_and_place")
        ]

    def __str__(self) -> str:
        return f"{self.lesson}"
