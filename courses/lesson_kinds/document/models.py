"""What a document lesson holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.files.models import MediaFile
from courses.structure.frozen import PartOfLesson
from courses.structure.models import Lesson


class DocumentContent(PartOfLesson):
    """A PDF."""

    lesson = models.OneToOneField(Lesson, on_delete=models.CASCADE, related_name="+")
    file = models.ForeignKey(MediaFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta(PartOfLesson.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return str(self.lesson)
