"""Course → version → modules → lessons."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
from courses.structure.frozen import PartOfLesson, PartOfVersion
from courses.taxonomy.models import CertificateKind, CompetencyKind, LearningPath, ProgramFamily, TrainingType

__all__ = ["Course", "CourseVersion", "Lesson", "Module", "PartOfLesson", "ReviewComment"]


# What the catalogue searches; the index below holds exactly this expression.
SEARCH_VECTOR = (
    SearchVector("title", weight="A", config="indonesian")
    + SearchVector("summary", weight="B", config="indonesian")
    + SearchVector("target_group", "description", weight="C", config="indonesian")
)


class CourseQuerySet(models.QuerySet["Course"]):
    def published(self) -> "CourseQuerySet":
        return self.filter(current__isnull=False)

    def managed_by(self, user: Any) -> "CourseQuerySet":
        """Courses of the units in which the person is a training officer today."""
        return self.filter(below(paths_of(user, RoleGrant.Role.OFFICER), "organiser__"))


class Course(models.Model):
    """The identity of a course. What people study is a version of it; `current` is the published one."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    organiser = models.ForeignKey(Agency, verbose_name=_("organiser"), on_delete=models.PROTECT, related_name="courses")
    current = models.OneToOneField(
        "CourseVersion",
        verbose_name=_("published version"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def agency(self) -> Agency:
        """Whose officers may read the audit of this course."""
        return self.organiser


class CourseVersionQuerySet(models.QuerySet["CourseVersion"]):
    def drafts(self) -> "CourseVersionQuerySet":
        return self.filter(state=CourseVersion.State.DRAFT)

    def due_to_publish(self, now: Any) -> "CourseVersionQuerySet":
        return self.filter(state=CourseVersion.State.APPROVED, publish_at__lte=now)

    def in_the_making(self) -> "CourseVersionQuerySet":
        """Not yet published: at most one per course."""
        return self.filter(state__in=CourseVersion.IN_THE_MAKING)

    def managed_by(self, user: Any) -> "CourseVersionQuerySet":
        """Versions of the courses whose training officer the person is today."""
        return self.filter(below(paths_of(user, RoleGrant.Role.OFFICER), "course__organiser__"))

    def reviewed_by(self, user: Any) -> "CourseVersionQuerySet":
        """Versions that name the person as reviewer, as long as they bear that role over the organiser."""
        return self.filter(below(paths_of(user, RoleGrant.Role.REVIEWER), "course__organiser__"), reviewer=user)

    def visible_to(self, user: Any) -> "CourseVersionQuerySet":
        """What a person may look at before and after publication: officers of the organiser, and the named reviewer."""
        return self.managed_by(user) | self.reviewed_by(user)


class CourseVersion(models.Model):
    """What people study. Draft → in review → approved → published → retired; once published it never changes."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        APPROVED = "approved", _("approved")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    IN_THE_MAKING = (State.DRAFT, State.IN_REVIEW, State.APPROVED)
    # What an author may set on a draft, and a copy takes over. State, dates, number and people follow from actions.
    DETAILS = (
        "title",
        "summary",
        "description",
        "motif",
        "language",
        "competency",
        "path",
        "training_type",
        "certificate_kind",
        "family",
        "asks_before_download",
        "survey_after_months",
        "prints_gain",
        "target_group",
        "jp",
        "pass_mark",
        "self_paced_days",
    )

    class Motif(models.TextChoices):
        SHOOT = "shoot", _("bamboo shoot")
        SUN = "sun", _("sun")
        GRID = "grid", _("grid")
        SOUND = "sound", _("sound")
        PATH = "path", _("path")
        WEAVE = "weave", _("weave")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=150)
    summary = models.CharField(_("what the learner gains, in one line"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    motif = models.CharField(_("picture"), max_length=10, choices=Motif.choices, default=Motif.SHOOT)
    language = models.CharField(
        _("language"), max_length=2, default="id", choices=[("id", _("Indonesian")), ("en", _("English"))]
    )
    competency = models.ForeignKey(
        CompetencyKind, verbose_name=_("kind of competency"), null=True, blank=True, on_delete=models.PROTECT
    )
    path = models.ForeignKey(
        LearningPath, verbose_name=_("path (jalur)"), null=True, blank=True, on_delete=models.PROTECT
    )
    training_type = models.ForeignKey(
        TrainingType, verbose_name=_("SIASN kind of training"), null=True, blank=True, on_delete=models.PROTECT
    )
    certificate_kind = models.CharField(
        _("certificate"), max_length=12, choices=CertificateKind.choices, default=CertificateKind.CERTIFICATE
    )
    # Needed for an STTP: its organiser must be accredited for the family.
    family = models.ForeignKey(
        ProgramFamily, verbose_name=_("family of training"), null=True, blank=True, on_delete=models.PROTECT
    )
    # Evaluation by Kirkpatrick's levels (domain reference §2.6): 1 before the download, 3–4 some months later, 2 on the paper.
    asks_before_download = models.BooleanField(_("survey before the certificate is downloaded"), default=False)
    survey_after_months = models.PositiveSmallIntegerField(
        _("months until the post-training survey"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    prints_gain = models.BooleanField(_("gain from pre-test to post-test on the back page"), default=False)
    target_group = models.CharField(_("target group"), max_length=200, blank=True)
    jp = models.DecimalField(
        _("JP"), max_digits=6, decimal_places=2, default=0, validators=[MinValueValidator(Decimal(0))]
    )
    pass_mark = models.DecimalField(
        _("pass mark (0–100)"),
        max_digits=5,
        decimal_places=2,
        default=70,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    # Days that a learner of the self-paced cohort has; empty: no deadline.
    self_paced_days = models.PositiveSmallIntegerField(
        _("days to finish when self-paced"), null=True, blank=True, default=30
    )
    authors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("authors"), blank=True, related_name="authored_versions"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reviews",
    )
    # One sentence that learners and other officers read beside a new version.
    change_note = models.CharField(_("what has changed, in one sentence"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = CourseVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("course version")
        verbose_name_plural = _("course versions")
        ordering = ["course", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="version_number_once_per_course"),
            models.UniqueConstraint(
                fields=["course"],
                condition=Q(state__in=["draft", "in_review", "approved"]),
                name="one_version_in_the_making_per_course",
            ),
            models.UniqueConstraint(
                fields=["course"], condition=Q(state="published"), name="one_published_version_per_course"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["published", "retired"], published_at__isnull=False)
                | (~Q(state__in=["published", "retired"]) & Q(published_at__isnull=True)),
                name="publication_date_matches_state",
            ),
            models.CheckConstraint(condition=Q(pass_mark__gte=0, pass_mark__lte=100), name="pass_mark_is_a_percentage"),
            models.CheckConstraint(condition=Q(jp__gte=0), name="jp_is_not_negative"),
            models.CheckConstraint(
                condition=Q(survey_after_months__isnull=True)
                | Q(survey_after_months__gte=1, survey_after_months__lte=60),
                name="survey_comes_one_to_sixty_months_after",
            ),
        ]
        indexes = [
            models.Index(fields=["publish_at"], condition=Q(state="approved"), name="version_waiting_to_publish"),
            GinIndex(SEARCH_VECTOR, name="version_words"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_never_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                IF OLD.state IN ('published', 'retired') THEN
                    IF TG_OP = 'DELETE' OR NEW.state NOT IN (OLD.state, 'retired')
                       OR (to_jsonb(NEW) - ARRAY['state', 'retired_at', 'updated_at'])
                          <> (to_jsonb(OLD) - ARRAY['state', 'retired_at', 'updated_at']) THEN
                        RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'restrict_violation';
                    END IF;
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} (v{self.number})"

    @property
    def agency(self) -> Agency:
        return self.course.organiser

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class Module(PartOfVersion):
    """A subject of a version (mata pelatihan) with its share of the JP."""

    version = models.ForeignKey(CourseVersion, on_delete=models.CASCADE, related_name="modules")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=150)
    jp = models.DecimalField(
        _("JP"), max_digits=6, decimal_places=2, default=0, validators=[MinValueValidator(Decimal(0))]
    )

    class Meta(PartOfVersion.Meta):
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["version", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"],
                name="module_position_once_per_version",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(jp__gte=0), name="module_jp_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.title


class Lesson(PartOfVersion):
    """One step of a module. `uid` stays the same in the next version; the content is a row of its kind's table."""

    class Test(models.TextChoices):
        """What a lesson measures, whatever its kind. Before the pre-test is handed in, nothing after it opens."""

        NONE = "", _("neither")
        PRE = "pre", _("the pre-test: what people know before they begin")
        POST = "post", _("the post-test: what they know afterwards")

    version = models.ForeignKey(CourseVersion, on_delete=models.CASCADE, related_name="lessons")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="lessons")
    uid = models.UUIDField(default=uuid4, editable=False)
    # Counts through the whole version, so "lesson 4 of 9" needs no arithmetic.
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=20)
    title = models.CharField(_("title"), max_length=150)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    is_required = models.BooleanField(_("required to complete the course"), default=True)
    test = models.CharField(
        _("pre-test or post-test"), max_length=4, choices=Test.choices, default=Test.NONE, blank=True
    )

    class Meta(PartOfVersion.Meta):
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["version", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "uid"], name="lesson_uid_once_per_version"),
            models.UniqueConstraint(
                fields=["version", "position"],
                name="lesson_position_once_per_version",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["version", "test"], condition=~Q(test=""), name="one_test_of_each_sort_per_version"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_pre_test(self) -> bool:
        return self.test == self.Test.PRE


class ReviewCommentQuerySet(models.QuerySet["ReviewComment"]):
    def threads(self) -> "ReviewCommentQuerySet":
        """Remarks that ask for something; answers to them and verdicts are not."""
        return self.filter(verdict=ReviewComment.Verdict.COMMENT, reply_to__isnull=True)

    def open(self) -> "ReviewCommentQuerySet":
        return self.threads().filter(resolved_at__isnull=True)


class ReviewComment(models.Model):
    """What a reviewer or author said about a version, or about one of its lessons (by uid, so that it survives edits)."""

    class Verdict(models.TextChoices):
        COMMENT = "comment", _("comment")
        SUBMITTED = "submitted", _("submitted for review")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")

    version = models.ForeignKey(CourseVersion, on_delete=models.CASCADE, related_name="comments")
    lesson_uid = models.UUIDField(null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.COMMENT)
    text = models.TextField(_("comment"), blank=True)
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies")
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ReviewCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("review comment")
        verbose_name_plural = _("review comments")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]
