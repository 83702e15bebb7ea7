"""What stands against publishing, and what waits for whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Field, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.days import local_day
from asn_lms.lib.words import NONE, jp
from courses.lesson_kinds import kinds
from courses.structure.models import CourseVersion, Lesson, Module, ReviewComment
from courses.taxonomy.models import Accreditation, CertificateKind

# Without these a completion could not be reported to SIASN, nor a learner see what the course is for.
REQUIRED = ("title", "summary", "target_group", "competency", "path", "training_type")


@dataclass(frozen=True)
class Problem:
    """One sentence that stands against publishing, and where it is put right: a field of the details, a module, or a lesson."""

    sentence: str
    field: str = ""
    module_id: int | None = None
    lesson_uid: UUID | None = None
    about: str = ""


@dataclass(frozen=True)
class Shares:
    """The JP of the version, and how much of it the modules share out."""

    jp: Decimal
    shared: Decimal

    @property
    def match(self) -> bool:
        return self.jp > 0 and self.jp == self.shared

    @property
    def missing(self) -> Decimal:
        return self.jp - self.shared


def shares_of(version: CourseVersion, modules: Iterable[Module]) -> Shares:
    return Shares(version.jp, sum((module.jp for module in modules), Decimal(0)))


def frame_problems(version: CourseVersion, modules: list[Module], lessons: list[Lesson]) -> list[Problem]:
    """What the version's own fields and its outline lack; asks no lesson kind, so it costs no query (two for an STTP)."""
    found = [
        Problem(_("Fill in “%(field)s”.") % {"field": version._meta.get_field(name).verbose_name}, field=name)  # type: ignore[union-attr]
        for name in REQUIRED
        if not (
            getattr(version, f"{name}_id")
            if name in {"competency", "path", "training_type"}
            else getattr(version, name)
        )
    ]
    if version.certificate_kind == CertificateKind.GRADUATION:
        found += accreditation_problems(version)
    shares = shares_of(version, modules)
    if version.jp <= 0:
        found.append(Problem(_("Fill in how many JP the course is worth."), field="jp"))
    elif not shares.match:
        found.append(
            Problem(
                _("The modules share out %(shared)s JP, but the course is worth %(jp)s JP. Make them equal.")
                % {"shared": jp(shares.shared), "jp": jp(shares.jp)},
                field="jp",
            )
        )
    if not lessons:
        found.append(Problem(_("The course has no lesson yet. Add at least one.")))
    elif not any(lesson.is_required for lesson in lessons):
        found.append(Problem(_("No lesson is required, so nobody could complete the course. Require at least one.")))
    found += test_problems(version, lessons)
    filled = {lesson.module_id for lesson in lessons}
    found.extend(
        Problem(
            _("The module “%(title)s” has no lesson. Add one or delete the module.") % {"title": module.title},
            module_id=module.pk,
            about=module.title,
        )
        for module in modules
        if lessons and module.pk not in filled
    )
    return found


def test_problems(version: CourseVersion, lessons: Iterable[Lesson]) -> list[Problem]:
    """What is wrong with the pre-test and the post-test as the outline has them; that they give a score is asked of their kinds."""
    tests = {lesson.test: lesson for lesson in lessons if lesson.test}
    pre, post = tests.get(Lesson.Test.PRE), tests.get(Lesson.Test.POST)
    if version.prints_gain and (pre is None or post is None):
        sentence = _(
            "The gain is to be printed, so mark one lesson as the pre-test and one as the post-test, or print no gain."
        )
        return [Problem(sentence, field="prints_gain")]
    found = []
    if pre is not None and post is not None and pre.position > post.position:
        sentence = _("The post-test stands before the pre-test. Change their order, or their marks.")
        found.append(Problem(sentence, lesson_uid=post.uid, about=post.title))
    for lesson in (pre, post if version.prints_gain else None):
        if lesson is not None and not lesson.is_required:
            sentence = _("It is marked as a test but is not required, so its score may be missing. Require it.")
            found.append(Problem(sentence, lesson_uid=lesson.uid, about=lesson.title))
    return found


def accreditation_problems(version: CourseVersion) -> list[Problem]:
    """What stands against giving an STTP today: its organiser must be accredited for the family (domain reference §2.7)."""
    organiser = version.course.organiser
    if version.family is None:
        return [
            Problem(_("An STTP needs a family of training. Choose one, or choose another certificate."), field="family")
        ]
    if Accreditation.objects.covering(organiser, version.family).valid_on(local_day(organiser.zone)).exists():
        return []
    sentence = _(
        "%(organiser)s has no accreditation for %(family)s that is valid today, so it gives no STTP. Have the accreditation "
        "recorded, or choose another certificate."
    ) % {"organiser": organiser.label, "family": version.family}
    return [Problem(sentence, field="certificate_kind")]


def content_problems(lessons: list[Lesson], contents: Mapping[int, Any] | None = None) -> list[Problem]:
    """What each lesson's kind says against its content, in the order of the outline. `contents`: as `kinds.load_many` gives them."""
    found: list[Problem] = []
    contents = kinds.load_many(lessons) if contents is None else contents
    for lesson in lessons:
        content = contents.get(lesson.pk)
        if content is None:
            found.append(Problem(_("This lesson has no content yet."), lesson_uid=lesson.uid, about=lesson.title))
            continue
        found.extend(
            Problem(str(sentence), lesson_uid=lesson.uid, about=lesson.title)
            for sentence in kinds[lesson.kind].problems(content)
        )
        if lesson.test and not kinds[lesson.kind].gives_score(content):
            sentence = _("It is marked as a pre-test or post-test, but this sort of lesson gives no score. Use a quiz.")
            found.append(Problem(sentence, lesson_uid=lesson.uid, about=lesson.title))
    return found


def problems(version: CourseVersion) -> list[Problem]:
    """Everything that stands against publishing this version; empty when it is ready."""
    modules, lessons = list(version.modules.all()), list(version.lessons.select_related("module"))
    return frame_problems(version, modules, lessons) + content_problems(lessons)


def reviewers_for(version: CourseVersion, today: date) -> QuerySet[User]:
    """Who may be named: active reviewers whose grant covers the organiser today and who did not write this version."""
    above = _paths_up(version.course.organiser)
    grants = RoleGrant.objects.filter(role=RoleGrant.Role.REVIEWER, agency__path__in=above).effective(today)
    return (
        User.objects.filter(is_active=True, pk__in=grants.values("person"))
        .exclude(pk__in=version.authors.values("pk"))
        .select_related("agency")
        .order_by("name", "id")
    )


def _paths_up(agency: Agency) -> list[str]:
    """The tree paths of the unit and of all units above it."""
    step = Agency.steplen
    return [agency.path[:end] for end in range(step, len(agency.path) + 1, step)]


def queue_of(reviewer: User) -> QuerySet[CourseVersion]:
    """What waits for this reviewer's word, the longest waiting first."""
    return (
        CourseVersion.objects.reviewed_by(reviewer)
        .filter(state=CourseVersion.State.IN_REVIEW)
        .select_related("course__organiser")
        .annotate(lesson_count=Count("lessons", distinct=True))
        .order_by("submitted_at", "id")
    )


def decided_by(reviewer: User, limit: int = 20) -> list[ReviewComment]:
    """The reviewer's latest verdicts."""
    return list(
        ReviewComment.objects.filter(author=reviewer, verdict__in=["returned", "approved"])
        .select_related("version__course")
        .order_by("-id")[:limit]
    )


def open_comments(version: CourseVersion) -> int:
    return ReviewComment.objects.filter(version=version).open().count()


@dataclass(frozen=True)
class Edit:
    """One thing that the course says of itself, before and after. Both are empty where the words are too many for a list."""

    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Changes:
    """What a version changes against the one that is published: of the course, then lessons by title."""

    against: int
    edits: list[Edit]
    added: list[str]
    changed: list[str]
    removed: list[str]


def changes(version: CourseVersion) -> Changes | None:
    """Details, modules and lessons against the published version; None when nothing is published yet."""
    current = version.course.current
    if current is None or current.pk == version.pk:
        return None
    rows = list(Lesson.objects.filter(Q(version=version) | Q(version=current)).select_related("module"))
    contents = kinds.load_many(rows)
    new = {lesson.uid: lesson for lesson in rows if lesson.version_id == version.pk}
    old = {lesson.uid: lesson for lesson in rows if lesson.version_id == current.pk}
    return Changes(
        against=current.number,
        edits=_edits(current, version) + _regrouped(current, version, rows),
        added=[lesson.title for uid, lesson in new.items() if uid not in old],
        changed=[
            lesson.title
            for uid, lesson in new.items()
            if uid in old and _likeness(lesson, contents) != _likeness(old[uid], contents)
        ],
        removed=[lesson.title for uid, lesson in old.items() if uid not in new],
    )


def _edits(old: CourseVersion, new: CourseVersion) -> list[Edit]:
    """The details that differ, in the order in which an author sets them, by the names that the form gives them."""
    found = []
    for name in CourseVersion.DETAILS:
        field = CourseVersion._meta.get_field(name)
        assert isinstance(field, Field)
        if getattr(old, field.attname) == getattr(new, field.attname):
            continue
        label = capfirst(str(field.verbose_name))
        if name == "description":
            found.append(Edit(label))
        else:
            found.append(Edit(label, _said(old, name), _said(new, name)))
    return found


def _said(version: CourseVersion, name: str) -> str:
    """The value as people read it."""
    value = getattr(version, name)
    if value is None or value == "":
        return NONE
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return jp(value)
    shown = getattr(version, f"get_{name}_display", None)
    return str(shown() if shown else value)


def _regrouped(old: CourseVersion, new: CourseVersion, lessons: Iterable[Lesson]) -> list[Edit]:
    """Modules that are called or weighed otherwise, and lessons of both versions that stand elsewhere. Lessons come with their
    modules; a module without any is no part of what is learned yet.
    """
    places: dict[int, list[tuple[Module, Lesson]]] = {old.pk: [], new.pk: []}
    for lesson in sorted(lessons, key=lambda lesson: lesson.position):
        places[lesson.version_id].append((lesson.module, lesson))
    both = set.intersection(*({lesson.uid for _module, lesson in found} for found in places.values()))
    names, stands = [], []
    for found in places.values():
        names.append([f"{module.title} ({jp(module.jp)} JP)" for module in dict.fromkeys(at for at, _lesson in found)])
        stayed = [(module, lesson.uid) for module, lesson in found if lesson.uid in both]
        order = list(dict.fromkeys(module for module, _uid in stayed))
        stands.append([(order.index(module), uid) for module, uid in stayed])
    edits = []
    if names[0] != names[1]:
        edits.append(Edit(_("Modules"), "; ".join(names[0]), "; ".join(names[1])))
    if stands[0] != stands[1]:
        edits.append(Edit(_("Order of the lessons")))
    return edits


def _likeness(lesson: Lesson, contents: Mapping[int, Any]) -> tuple[Any, ...]:
    """What a learner would notice of a lesson, comparable across versions. Files are compared by name: it bears their content's hash."""
    content = contents.get(lesson.pk)
    values, files = kinds[lesson.kind].pack(content) if content is not None else ({}, {})
    names = {name: getattr(file, "name", name) for name, file in files.items()}
    for file in files.values():
        file.close()
    return lesson.kind, lesson.title, lesson.minutes, lesson.is_required, lesson.test, values, names


@dataclass(frozen=True)
class Thread:
    """A comment with its answers. `title` is the lesson's present title; empty for the course, or when the lesson is gone."""

    comment: ReviewComment
    replies: tuple[ReviewComment, ...]
    title: str
    is_lesson_gone: bool


@dataclass(frozen=True)
class Talk:
    """What was said about a version: open (or done) comments, and the latest verdict with its words."""

    threads: tuple[Thread, ...]
    open_count: int
    done_count: int
    shows_done: bool
    verdict: ReviewComment | None


def talk_of(version: CourseVersion, *, done: bool = False) -> Talk:
    """Two queries."""
    said = list(ReviewComment.objects.filter(version=version).select_related("author").order_by("id"))
    titles = dict(version.lessons.values_list("uid", "title"))
    answers: dict[int, list[ReviewComment]] = {}
    for one in said:
        if one.reply_to_id is not None:
            answers.setdefault(one.reply_to_id, []).append(one)
    comments = [one for one in said if one.verdict == ReviewComment.Verdict.COMMENT and one.reply_to_id is None]
    closed = [one for one in comments if one.resolved_at is not None]
    shown = closed if done else [one for one in comments if one.resolved_at is None]
    verdicts = [one for one in said if one.verdict != ReviewComment.Verdict.COMMENT]
    return Talk(
        threads=tuple(
            Thread(
                comment=one,
                replies=tuple(answers.get(one.pk, ())),
                title=titles.get(one.lesson_uid, "") if one.lesson_uid else "",
                is_lesson_gone=one.lesson_uid is not None and one.lesson_uid not in titles,
            )
            for one in shown
        ),
        open_count=len(comments) - len(closed),
        done_count=len(closed),
        shows_done=done,
        verdict=verdicts[-1] if verdicts else None,
    )
