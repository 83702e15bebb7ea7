"""What a reflection lesson holds."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.structure.frozen import PartOfLesson
from courses.structure.models import Lesson


class ReflectionContent(PartOfLesson):
    """A question without a right answer."""

    lesson = models.OneToOneField(Lesson, on_delete=models.CASCADE, related_name="+")
    prompt = models.TextField(_("question"), blank=True)
    min_words = models.PositiveSmallIntegerField(
        _("least number of words"), default=30, validators=[MaxValueValidator(1000)]
    )

    class Meta(PartOfLesson.Meta):
        verbose_name = _("reflection")
        verbose_name_plural = _("reflections")

    def __str__(self) -> str:
        return self.prompt[:60]
