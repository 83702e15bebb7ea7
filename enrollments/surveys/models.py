"""Surveys: questionnaires in versions, who was asked, and what was answered, which nobody can join.

Who was asked and whether they answered stands in `Invitation`. What they answered stands in `Sheet` for a week at most, then only
as sums in `Bundle` and `Answer` (docs/decisions/answers-are-bundled.md).
"""

from datetime import date
from typing import Any
from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role, paths_of
from courses.structure.models import Course
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.models import Enrollment

# A figure is shown only where more than five answers stand behind it (issue: confidential, aggregated only above five).
LEAST = 6
SCALE = 5


class Kind(models.TextChoices):
    """Whom and what is asked about: Kirkpatrick's level 1 before the download, 3 and 4 some months after."""

    COURSE = "course", _("the course and its organiser (level 1)")
    TRAINER = "trainer", _("a trainer (level 1)")
    ALUMNUS = "alumnus", _("the alumnus, some months later (levels 3 and 4)")
    SUPERIOR = "superior", _("the alumnus's superior (levels 3 and 4)")


BEFORE_DOWNLOAD = (Kind.COURSE, Kind.TRAINER)
AFTERWARDS = (Kind.ALUMNUS, Kind.SUPERIOR)


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def seen_by(self, user: Any) -> "QuestionnaireQuerySet":
        """Those of the officer's units, and the national ones."""
        return self.filter(below(paths_of(user, RoleGrant.Role.OFFICER), "organiser__") | Q(organiser__isnull=True))

    def kept_by(self, user: Any) -> "QuestionnaireQuerySet":
        """Officers keep those of their units; administrators the national ones too."""
        mine = below(paths_of(user, RoleGrant.Role.OFFICER), "organiser__")
        return self.filter(mine | Q(organiser__isnull=True) if has_role(user, RoleGrant.Role.ADMIN) else mine)


class Questionnaire(models.Model):
    """One per organiser and kind; without an organiser it is the national one, which holds where no unit has its own."""

    organiser = models.ForeignKey(
        Agency, verbose_name=_("organiser"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        constraints = [
            models.UniqueConstraint(
                fields=["organiser", "kind"], nulls_distinct=False, name="one_questionnaire_per_organiser_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"

    @property
    def agency(self) -> Agency | None:
        """Whose officers may read the audit of this questionnaire."""
        return self.organiser


class QuestionnaireVersion(models.Model):
    """Draft → in use → no longer in use. What is or was in use never changes, so that every answer keeps its question."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("in use")
        RETIRED = "retired", _("no longer in use")

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("version of a questionnaire")
        verbose_name_plural = _("versions of questionnaires")
        ordering = ["questionnaire", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="questionnaire_version_number_once"),
            models.UniqueConstraint(
                fields=["questionnaire"], condition=Q(state="draft"), name="one_draft_per_questionnaire"
            ),
            models.UniqueConstraint(
                fields=["questionnaire"], condition=Q(state="published"), name="one_version_in_use_per_questionnaire"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | ~Q(state="draft") & Q(published_at__isnull=False),
                name="questionnaire_publication_date_matches_state",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="questionnaire_in_use_never_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                IF OLD.state <> 'draft' THEN
                    IF TG_OP = 'DELETE' OR NEW.state NOT IN (OLD.state, 'retired')
                       OR (to_jsonb(NEW) - 'state') <> (to_jsonb(OLD) - 'state') THEN
                        RAISE EXCEPTION 'a questionnaire in use never changes' USING ERRCODE = 'restrict_violation';
                    END IF;
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} v{self.number}"

    @property
    def agency(self) -> Agency | None:
        return self.questionnaire.organiser

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class Question(models.Model):
    """One question. English may be left empty; then everybody reads the Indonesian."""

    class Sort(models.TextChoices):
        SCALE = "scale", _("a scale from 1 to 5")
        CHOICE = "choice", _("one of several answers")
        TEXT = "text", _("words of their own")

    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=0)
    sort = models.CharField(_("how it is answered"), max_length=6, choices=Sort.choices, default=Sort.SCALE)
    text = models.CharField(_("question"), max_length=300)
    text_en = models.CharField(_("question in English"), max_length=300, blank=True)
    low = models.CharField(_("what 1 means"), max_length=60, blank=True)
    low_en = models.CharField(_("what 1 means, in English"), max_length=60, blank=True)
    high = models.CharField(_("what 5 means"), max_length=60, blank=True)
    high_en = models.CharField(_("what 5 means, in English"), max_length=60, blank=True)
    options = ArrayField(models.CharField(max_length=150), verbose_name=_("answers"), default=list, blank=True)
    options_en = ArrayField(
        models.CharField(max_length=150), verbose_name=_("answers in English"), default=list, blank=True
    )
    is_required = models.BooleanField(_("must be answered"), default=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["version", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(sort="choice") | Q(options__len__gte=2), name="a_choice_has_at_least_two_answers"
            ),
            models.CheckConstraint(
                condition=Q(options_en=[]) | Q(options_en__len=models.F("options__len")),
                name="each_answer_has_its_english_or_none_has",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="question_in_use_never_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                IF TG_OP <> 'INSERT' AND (SELECT state FROM enrollments_questionnaireversion WHERE id = OLD.version_id FOR SHARE) <> 'draft'
                   OR TG_OP <> 'DELETE' AND (SELECT state FROM enrollments_questionnaireversion WHERE id = NEW.version_id FOR SHARE) <> 'draft' THEN
                    RAISE EXCEPTION 'a question in use never changes' USING ERRCODE = 'restrict_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.text

    def _said(self, name: str) -> Any:
        english = getattr(self, f"{name}_en") if translation.get_language() == "en" else ""
        return english or getattr(self, name)

    @property
    def said(self) -> str:
        """The question in the reader's language."""
        return str(self._said("text"))

    @property
    def ends(self) -> tuple[str, str]:
        return str(self._said("low")), str(self._said("high"))

    @property
    def steps(self) -> list[tuple[int, str]]:
        """What may be chosen, from 1 on, with its words; empty for words of their own."""
        if self.sort == self.Sort.CHOICE:
            return list(enumerate(self._said("options"), start=1))
        if self.sort == self.Sort.SCALE:
            low, high = self.ends
            return [(step, {1: low, SCALE: high}.get(step, "")) for step in range(1, SCALE + 1)]
        return []


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def held_by(self, user: Any) -> "InvitationQuerySet":
        """Those sent to the person; what is asked before a download is found at its course."""
        return self.filter(person=user, kind__in=AFTERWARDS)

    def open_on(self, day: date) -> "InvitationQuerySet":
        return self.filter(kind__in=AFTERWARDS, is_answered=False, open_until__gte=day)


class Invitation(models.Model):
    """Who was asked what about which completion, and whether they answered: never what, and never when.

    Before a download the row is written with the answer; afterwards by the clock. There is no instant on it, and no way from it to
    a sheet: both are committed together, and nothing else joins them.
    """

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="survey_invitations")
    asked_on = models.DateField(_("asked on"))
    open_until = models.DateField(_("open until"), null=True, blank=True)
    # Days on which a message went out.
    told_on = models.DateField(null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    is_answered = models.BooleanField(_("answered"), default=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to a survey")
        verbose_name_plural = _("invitations to surveys")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "kind", "trainer"],
                nulls_distinct=False,
                name="asked_once_per_completion_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="trainer", trainer__isnull=False) | ~Q(kind="trainer") & Q(trainer__isnull=True),
                name="a_trainer_is_named_where_one_is_judged",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["course", "trainer"], open_until__isnull=True)
                | Q(kind__in=["alumnus", "superior"], open_until__isnull=False),
                name="a_later_survey_has_a_last_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person"],
                condition=Q(is_answered=False, kind__in=["alumnus", "superior"]),
                name="survey_still_to_answer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrollment}: {self.get_kind_display()}"

    def is_open(self, day: date) -> bool:
        return not self.is_answered and self.open_until is not None and day <= self.open_until


class Sheet(models.Model):
    """What somebody answered, until it is put together with others: no person, no invitation, no instant, no order."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    # Under whose head it may be counted.
    unit = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The Monday of its week
    week = models.DateField()
    # Question id → step from 1, or words
    answers = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("sheet of answers")
        verbose_name_plural = _("sheets of answers")

    def __str__(self) -> str:
        return f"{self.version}"


class Bundle(models.Model):
    """At least six sheets that were put together and are never taken apart again: every figure is a sum of whole bundles."""

    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="bundles")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    # Empty where it took several cohorts to make six.
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The lowest unit under which all of them lie.
    unit = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    size = models.PositiveIntegerField(_("sheets"))
    week = models.DateField(_("put together in the week of"))

    class Meta:
        verbose_name = _("bundle of sheets")
        verbose_name_plural = _("bundles of sheets")
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=LEAST), name="a_bundle_holds_more_than_five_sheets")
        ]
        indexes = [models.Index(fields=["course", "cohort"], name="bundle_by_course")]

    def __str__(self) -> str:
        return f"{self.version} × {self.size}"


class Answer(models.Model):
    """How many of a bundle chose a step of a question; or words that one of them wrote, in no order."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)
    count = models.PositiveIntegerField(default=1)
    # Whether more than five of the bundle answered this question.
    is_shown = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("answers to a question")
        verbose_name_plural = _("answers to questions")
        constraints = [
            models.UniqueConstraint(
                fields=["bundle", "question", "step"],
                condition=Q(step__isnull=False),
                name="one_count_per_bundle_question_and_step",
            ),
            models.CheckConstraint(
                condition=Q(step__isnull=False, text="") | Q(step__isnull=True, count=1) & ~Q(text=""),
                name="an_answer_is_a_step_or_words",
            ),
        ]

    def __str__(self) -> str:
        return self.text or f"{self.step} × {self.count}"
