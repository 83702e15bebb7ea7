"""What a text lesson holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.files.models import MediaFile
from courses.structure.frozen import PartOfLesson
from courses.structure.models import Lesson


class TextContent(PartOfLesson):
    """The text itself: CommonMark with tables, tidied before it is stored."""

    lesson = models.OneToOneField(Lesson, on_delete=models.CASCADE, related_name="+")
    body = models.TextField(_("text"), blank=True)

    class Meta(PartOfLesson.Meta):
        verbose_name = _("text")
        verbose_name_plural = _("texts")

    def __str__(self) -> str:
        return self.body[:60]


class TextPicture(PartOfLesson):
    """A picture that the text shows by `name`. `alt` says what it shows, for those who do not see it (WCAG 1.1.1)."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="+")
    media = models.ForeignKey(MediaFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    alt = models.CharField(_("what the picture shows"), max_length=300)

    class Meta(PartOfLesson.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["lesson", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "name"], name="text_picture_name_once_per_lesson"),
            models.CheckConstraint(condition=~models.Q(alt=""), name="text_picture_says_what_it_shows"),
        ]

    def __str__(self) -> str:
        return self.name
