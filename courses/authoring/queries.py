"""What an officer sees of courses: the list with what needs a hand first, the outline, and the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.audit.models import AuditEntry
from courses.lesson_kinds import Kind, Weight, kinds
from courses.structure.models import Course, CourseVersion, Lesson, Module, ReviewComment
from courses.taxonomy.models import MobileData

PAGE = 30
State = CourseVersion.State
# What needs a hand first: approved and waiting for a click, returned with open comments, drafts; then what waits for others or an
# hour; then what is done.
READY, RETURNED, DRAFT, IN_REVIEW, SCHEDULED, PUBLISHED, RETIRED = range(7)
GROUPS = {
    "writing": (RETURNED, DRAFT),
    "review": (IN_REVIEW,),
    "approved": (READY, SCHEDULED),
    "published": (PUBLISHED,),
    "retired": (RETIRED,),
}


@dataclass(frozen=True)
class CourseRow:
    """A course in the office's list; `version` is the one that is at hand."""

    course: Course
    version: CourseVersion
    urgency: int
    open_comments: int

    @property
    def is_also_published(self) -> bool:
        return self.course.current_id is not None and self.course.current_id != self.version.pk


@dataclass(frozen=True)
class CourseList:
    rows: tuple[CourseRow, ...]
    total: int
    counts: dict[str, int]
    after: str


def office_courses(user: Any, *, search: str = "", group: str = "", after: str = "") -> CourseList:
    """One page of the courses that the person manages. `counts` are over all that the search finds, by group."""
    rows = _with_urgency(Course.objects.managed_by(user))
    if words := search.strip():
        titled = CourseVersion.objects.filter(title__icontains=words).values("course")
        rows = rows.filter(Q(code__icontains=words) | Q(pk__in=titled))
    by_urgency: dict[int, int] = dict(rows.order_by().values_list("urgency").annotate(how_many=Count("pk")))
    counts = {name: sum(by_urgency.get(one, 0) for one in some) for name, some in GROUPS.items()}
    total = sum(by_urgency.values())
    if group in GROUPS:
        rows = rows.filter(urgency__in=GROUPS[group])
        total = counts[group]
    if (place := _place(after)) is not None:
        rows = rows.filter(Q(urgency__gt=place[0]) | Q(urgency=place[0], pk__lt=place[1]))
    page = list(rows.select_related("organiser").order_by("urgency", "-pk")[: PAGE + 1])
    more = len(page) > PAGE
    page = page[:PAGE]
    versions = CourseVersion.objects.select_related("reviewer").in_bulk([row.head_id for row in page])
    waiting = _open_comments([row.head_id for row in page if row.urgency == RETURNED])
    found = tuple(CourseRow(row, versions[row.head_id], row.urgency, waiting.get(row.head_id, 0)) for row in page)
    return CourseList(found, total, counts, f"{page[-1].urgency}.{page[-1].pk}" if more else "")


def _open_comments(versions: list[int]) -> dict[int, int]:
    if not versions:
        return {}
    rows = ReviewComment.objects.open().filter(version__in=versions).order_by().values_list("version")
    return dict(rows.annotate(how_many=Count("pk")))


def _with_urgency(courses: QuerySet[Course]) -> QuerySet[Any]:
    versions = CourseVersion.objects.filter(course=OuterRef("pk"))
    making = versions.filter(state__in=CourseVersion.IN_THE_MAKING)
    still_open = ReviewComment.objects.open().filter(version__course=OuterRef("pk"), version__state=State.DRAFT)
    rows: QuerySet[Any] = courses.annotate(
        head_id=Coalesce(
            Subquery(making.values("pk")[:1]), F("current"), Subquery(versions.order_by("-number").values("pk")[:1])
        ),
        making=Subquery(making.values("state")[:1]),
        making_publish_at=Subquery(making.values("publish_at")[:1]),
        has_open_comments=Exists(still_open),
    )
    with_urgency: QuerySet[Any] = rows.annotate(
        urgency=Case(
            When(making=State.APPROVED, making_publish_at__isnull=True, then=Value(READY)),
            When(making=State.APPROVED, then=Value(SCHEDULED)),
            When(making=State.DRAFT, has_open_comments=True, then=Value(RETURNED)),
            When(making=State.DRAFT, then=Value(DRAFT)),
            When(making=State.IN_REVIEW, then=Value(IN_REVIEW)),
            When(current__isnull=False, then=Value(PUBLISHED)),
            default=Value(RETIRED),
            output_field=IntegerField(),
        )
    )
    return with_urgency


def _place(after: str) -> tuple[int, int] | None:
    urgency, _dot, pk = after.partition(".")
    return (int(urgency), int(pk)) if urgency.isdecimal() and pk.isdecimal() else None


@dataclass(frozen=True)
class OutlineLesson:
    lesson: Lesson
    kind: Kind


@dataclass(frozen=True)
class OutlineModule:
    module: Module
    number: int
    lessons: tuple[OutlineLesson, ...]


def outline(modules: Sequence[Module], lessons: Sequence[Lesson]) -> list[OutlineModule]:
    """Modules with their lessons, both in order; asks the database nothing."""
    by_module: dict[int, list[OutlineLesson]] = {}
    for lesson in lessons:
        by_module.setdefault(lesson.module_id, []).append(OutlineLesson(lesson, kinds[lesson.kind]))
    return [
        OutlineModule(module, number, tuple(by_module.get(module.pk, ()))) for number, module in enumerate(modules, 1)
    ]


@dataclass(frozen=True)
class Neighbours:
    """A lesson among the others of its version, for the preview's way on and back."""

    number: int
    count: int
    before: Lesson | None
    after: Lesson | None


def neighbours(lesson: Lesson, lessons: Sequence[Lesson]) -> Neighbours:
    here = next(index for index, one in enumerate(lessons) if one.pk == lesson.pk)
    return Neighbours(
        number=here + 1,
        count=len(lessons),
        before=lessons[here - 1] if here else None,
        after=lessons[here + 1] if here + 1 < len(lessons) else None,
    )


@dataclass(frozen=True)
class LessonCost:
    """What one lesson costs a learner on mobile data. `rupiah` with all its places, `seconds` on a slow connection."""

    lesson: Lesson
    weight: Weight
    rupiah: Decimal
    seconds: int
    is_heavy: bool


@dataclass(frozen=True)
class CourseCost:
    """The same for all lessons of a version; `heavy_mb` is where a lesson begins to be heavy."""

    lessons: tuple[LessonCost, ...]
    heavy_mb: int

    @property
    def heavy(self) -> tuple[LessonCost, ...]:
        return tuple(one for one in self.lessons if one.is_heavy)

    @property
    def weight(self) -> Weight:
        return Weight(sum(one.weight.page for one in self.lessons), sum(one.weight.medium for one in self.lessons))


def cost_of(lesson: Lesson, content: Any, by: MobileData) -> LessonCost:
    weight = kinds[lesson.kind].weight(content)
    size = weight.total
    return LessonCost(lesson, weight, by.rupiah(size), by.seconds(size), by.is_heavy(size))


def course_cost(lessons: Sequence[Lesson], contents: Mapping[int, Any], by: MobileData) -> CourseCost:
    """Lessons without content cost nothing and are left out."""
    return CourseCost(tuple(cost_of(one, contents[one.pk], by) for one in lessons if one.pk in contents), by.heavy_mb)


def history_of(
    course: Course, versions: Sequence[CourseVersion], before: datetime | None = None, limit: int = 50
) -> list[AuditEntry]:
    """What was done to the course and its versions, newest first."""
    about = Q(object_type=Course._meta.label_lower, object_id=str(course.pk)) | Q(
        object_type=CourseVersion._meta.label_lower, object_id__in=[str(version.pk) for version in versions]
    )
    entries = AuditEntry.objects.filter(about).select_related("actor").order_by("-id")
    if before is not None:
        entries = entries.filter(at__lt=before)
    return list(entries[:limit])
