"""What a quiz holds: its rules, its questions, and their options."""

from decimal import Decimal
from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.structure.frozen import PartOfLesson
from courses.structure.models import Lesson


class QuizContent(PartOfLesson):
    """The rules of one quiz."""

    lesson = models.OneToOneField(Lesson, on_delete=models.CASCADE, related_name="+")
    is_graded = models.BooleanField(_("counts towards completion: the pass mark must be reached"), default=True)
    # Empty: as often as one likes; only where nothing is graded.
    attempts = models.PositiveSmallIntegerField(_("attempts"), null=True, blank=True, default=3)
    is_shuffled = models.BooleanField(_("put questions and options in another order for everyone"), default=True)
    # How many questions are drawn for an attempt; empty: all.
    draw = models.PositiveSmallIntegerField(_("questions drawn"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)

    class Meta(PartOfLesson.Meta):
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = [
            models.CheckConstraint(
                condition=Q(attempts__gte=1) | Q(attempts__isnull=True, is_graded=False),
                name="a_graded_quiz_has_a_number_of_attempts",
            ),
            models.CheckConstraint(condition=Q(draw__isnull=True) | Q(draw__gte=1), name="quiz_draws_at_least_one"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1), name="quiz_lasts_at_least_a_minute"
            ),
        ]

    def __str__(self) -> str:
        return str(self.lesson)


class QuizQuestion(PartOfLesson):
    """One question. `uid` stays the same in the next version, so that answers can be compared across versions."""

    class Type(models.TextChoices):
        SINGLE = "single", _("one right answer")
        MULTIPLE = "multiple", _("several right answers")
        TRUE_FALSE = "true_false", _("true or false")

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="+")
    uid = models.UUIDField(default=uuid4)
    position = models.PositiveSmallIntegerField(default=0)
    type = models.CharField(_("kind of question"), max_length=10, choices=Type.choices, default=Type.SINGLE)
    text = models.TextField(_("question"), blank=True)
    points = models.DecimalField(
        _("points"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(100))],
    )
    # Explains the right answer, so it is shown together with it.
    feedback = models.TextField(_("explanation"), blank=True)

    class Meta(PartOfLesson.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["lesson", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "uid"], name="question_uid_once_per_lesson"),
            models.CheckConstraint(condition=Q(points__gt=0), name="a_question_is_worth_something"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class QuizOption(PartOfLesson):
    """One option of a question. A draft may hold options without text; nobody is ever asked to choose one."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="+")
    question = models.ForeignKey(QuizQuestion, on_delete=models.CASCADE, related_name="options")
    uid = models.UUIDField(default=uuid4)
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("option"), max_length=500, blank=True)
    is_correct = models.BooleanField(_("right"), default=False)
    # What to say to somebody who chose it.
    feedback = models.CharField(_("feedback on this option"), max_length=1000, blank=True)

    class Meta(PartOfLesson.Meta):
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["question", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["lesson", "uid"], name="option_uid_once_per_lesson")]

    def __str__(self) -> str:
        return self.text[:60]
