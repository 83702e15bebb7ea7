"""What a video lesson holds."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.files.models import MediaFile
from courses.structure.frozen import PartOfLesson
from courses.structure.models import Lesson


class VideoContent(PartOfLesson):
    """The film, what is said in it, and how much of it must be watched."""

    lesson = models.OneToOneField(Lesson, on_delete=models.CASCADE, related_name="+")
    video = models.ForeignKey(MediaFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    transcript = models.TextField(_("full text"), blank=True)
    required_percent = models.PositiveSmallIntegerField(
        _("per cent to be watched"), default=90, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    class Meta(PartOfLesson.Meta):
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        constraints = [
            models.CheckConstraint(
                condition=Q(required_percent__gte=1, required_percent__lte=100), name="watched_share_is_a_percentage"
            )
        ]

    def __str__(self) -> str:
        return str(self.lesson)


class VideoCaptions(PartOfLesson):
    """Captions in one language. Players load `media`; `text` is the same WebVTT, from which the page prints its lines."""

    class Language(models.TextChoices):
        INDONESIAN = "id", _("Indonesian")
        ENGLISH = "en", _("English")

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.INDONESIAN)
    media = models.ForeignKey(MediaFile, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()

    class Meta(PartOfLesson.Meta):
        verbose_name = _("captions")
        verbose_name_plural = _("captions")
        ordering = ["lesson", "-language"]
        constraints = [models.UniqueConstraint(fields=["lesson", "language"], name="captions_once_per_language")]

    def __str__(self) -> str:
        return self.get_language_display()
