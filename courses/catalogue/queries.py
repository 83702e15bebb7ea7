"""The published courses: found by words and filters, and one of them with its outline."""

import base64
import binascii
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asn_lms.lib.prepared import Prepared
from courses.catalogue.search import CONFIG, LIKE_ENOUGH, ts_query, words_of
from courses.lesson_kinds import kinds
from courses.structure.models import SEARCH_VECTOR, CourseVersion
from courses.taxonomy.models import CompetencyKind

PAGE = 24
SHORT, LONG = 60, 180  # minutes

DURATIONS: dict[str, tuple[str | Promise, Q]] = {
    "short": (_("Up to 1 hour"), Q(total_minutes__lte=SHORT)),
    "medium": (_("1 to 3 hours"), Q(total_minutes__gt=SHORT, total_minutes__lte=LONG)),
    "long": (_("More than 3 hours"), Q(total_minutes__gt=LONG)),
}
# name → (label, order). The second key is always the id, so that a page can go on exactly after a row.
SORTS: dict[str, tuple[str | Promise, str]] = {
    "match": (_("Best match"), "-score"),
    "newest": (_("Newest"), "-published_at"),
    "shortest": (_("Shortest"), "total_minutes"),
    "jp": (_("Most JP"), "-jp"),
    "title": (_("Title A–Z"), "title"),
}


@dataclass(frozen=True)
class CourseCard:
    """A published course as the catalogue shows it."""

    code: str
    version_id: int
    title: str
    summary: str
    motif: str
    language: str
    competency: str
    jp: Decimal
    minutes: int
    lessons: int
    organiser: str
    published_at: datetime


@dataclass(frozen=True)
class Choice:
    """One box of a filter, with how many courses it would leave."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Found:
    """One page of courses. `after` continues it; empty on the last page."""

    cards: tuple[CourseCard, ...]
    total: int
    after: str
    sort: str


@dataclass(frozen=True)
class LessonLine:
    uid: UUID
    kind: str
    label: str
    icon: str
    title: str
    minutes: int
    is_required: bool


@dataclass(frozen=True)
class ModuleLine:
    title: str
    jp: Decimal
    minutes: int
    lessons: tuple[LessonLine, ...]


@dataclass(frozen=True)
class CoursePage:
    """A published course with its outline; `version` is the row behind it."""

    code: str
    version: CourseVersion
    title: str
    summary: str
    description: str
    motif: str
    language: str
    language_code: str
    competency: str
    path: str
    target_group: str
    organiser: str
    jp: Decimal
    pass_mark: Decimal
    minutes: int
    self_paced_days: int | None
    change_note: str
    published_at: datetime
    modules: tuple[ModuleLine, ...]

    @property
    def lesson_count(self) -> int:
        return sum(len(module.lessons) for module in self.modules)


def _published() -> QuerySet[Any]:
    rows: QuerySet[Any] = CourseVersion.objects.filter(state=CourseVersion.State.PUBLISHED).annotate(
        total_minutes=Coalesce(Sum("lessons__minutes"), 0), total_lessons=Count("lessons")
    )
    return rows


def _searched(rows: QuerySet[Any], search: str) -> QuerySet[Any]:
    words = words_of(search)
    if not words:
        all_alike: QuerySet[Any] = rows.annotate(score=Value(0, output_field=IntegerField()))
        return all_alike
    query = SearchQuery(ts_query(words), config=CONFIG, search_type="raw")
    hits = CourseVersion.objects.annotate(text=SEARCH_VECTOR).filter(text=query)
    likeness = TrigramWordSimilarity(" ".join(words), "title")
    # Whole numbers, so that a page can go on exactly after a score.
    score = Cast(SearchRank(SEARCH_VECTOR, query) * 10000 + likeness * 1000, IntegerField())
    found: QuerySet[Any] = rows.annotate(score=score, likeness=likeness).filter(
        Q(pk__in=hits.values("pk")) | Q(likeness__gte=LIKE_ENOUGH)
    )
    return found


def _narrowed(
    rows: QuerySet[Any], competency: Iterable[str], path: str, duration: Iterable[str], language: str
) -> QuerySet[Any]:
    if chosen := [code for code in competency if code]:
        rows = rows.filter(competency__code__in=chosen)
    if path:
        rows = rows.filter(path__code=path)
    if spans := [DURATIONS[name][1] for name in duration if name in DURATIONS]:
        condition = spans[0]
        for span in spans[1:]:
            condition |= span
        rows = rows.filter(condition)
    if language:
        rows = rows.filter(language=language)
    return rows


def published_courses(
    search: str = "",
    competency: str | Iterable[str] = (),
    path: str = "",
    *,
    duration: Iterable[str] = (),
    language: str = "",
    sort: str = "",
    after: str = "",
    limit: int = PAGE,
) -> Found:
    """One page of the catalogue. Several kinds of competency or durations mean "one of them"; an unreadable `after` begins anew."""
    kinds_wanted = [competency] if isinstance(competency, str) else list(competency)
    if sort not in SORTS or (sort == "match" and not words_of(search)):
        sort = "match" if words_of(search) else "newest"
    is_everything = not (words_of(search) or any(kinds_wanted) or path or any(duration) or language)
    if is_everything and not after:
        total = _COUNT.first() or 0
        page, more = _cut(_first_page(SORTS[sort][1], limit).rows(), SORTS[sort][1], limit)
    else:
        rows = _narrowed(_searched(_published(), search), kinds_wanted, path, duration, language)
        total = rows.count()
        page, more = _cut(_page(rows, SORTS[sort][1], after, limit), SORTS[sort][1], limit)
    return Found(tuple(_card(row) for row in page), total, more, sort)


_COUNT = Prepared(
    lambda: (
        CourseVersion.objects.filter(state=CourseVersion.State.PUBLISHED)
        .order_by()
        .values("state")
        .annotate(number=Count("pk"))
        .values_list("number", flat=True)
    )
)


@lru_cache(maxsize=64)
def _first_page(order: str, limit: int) -> Prepared[Any, Any]:
    """Of everything: what most visitors ask for."""
    return Prepared(lambda: _page(_searched(_published(), ""), order, "", limit))


def _page(rows: QuerySet[Any], order: str, after: str, limit: int) -> QuerySet[Any]:
    """One row more than the page holds, if there is one."""
    name, down = order.lstrip("-"), order.startswith("-")
    beyond = "lt" if down else "gt"
    if (place := _read_place(after)) is not None:
        value, pk = place
        with suppress(ValidationError, ValueError):  # a place from another order: begin anew
            rows = rows.filter(Q(**{f"{name}__{beyond}": value}) | Q(**{name: value, f"pk__{beyond}": pk}))
    ordered = rows.select_related("course__organiser", "competency").order_by(order, "-pk" if down else "pk")
    return ordered[: limit + 1]


def _cut(rows: Iterable[Any], order: str, limit: int) -> tuple[list[Any], str]:
    """The rows of the page, and where the next one begins."""
    found = list(rows)
    if len(found) <= limit:
        return found, ""
    last = found[limit - 1]
    return found[:limit], _write_place(getattr(last, order.lstrip("-")), last.pk)


def _write_place(value: Any, pk: int) -> str:
    plain = value.isoformat() if isinstance(value, datetime) else str(value)
    return base64.urlsafe_b64encode(json.dumps([plain, pk]).encode()).decode().rstrip("=")


def _read_place(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return str(value), int(pk)
    except (ValueError, TypeError, binascii.Error):
        return None


def _card(row: Any) -> CourseCard:
    return CourseCard(
        code=row.course.code,
        version_id=row.pk,
        title=row.title,
        summary=row.summary,
        motif=row.motif,
        language=row.get_language_display(),
        competency=row.competency.name if row.competency else "",
        jp=row.jp,
        minutes=row.total_minutes,
        lessons=row.total_lessons,
        organiser=row.course.organiser.label,
        published_at=row.published_at,
    )


_ALL = Prepared(lambda: _published().values_list("competency__code", "total_minutes"))
_COMPETENCIES = Prepared(lambda: CompetencyKind.objects.all())


def filter_choices(
    search: str, competency: Iterable[str], duration: Iterable[str]
) -> tuple[list[Choice], list[Choice]]:
    """The boxes for competency and duration, each with the number of courses that the words alone would find."""
    chosen, spans = set(competency), set(duration)
    if words_of(search):
        found = list(_searched(_published(), search).values_list("competency__code", "total_minutes"))
    else:
        found = _ALL.rows()
    by_code: dict[str | None, int] = {}
    for code, _minutes in found:
        by_code[code] = by_code.get(code, 0) + 1
    span_of = dict.fromkeys(DURATIONS, 0)
    for _code, minutes in found:
        span_of["short" if minutes <= SHORT else "medium" if minutes <= LONG else "long"] += 1
    competencies = [
        Choice(row.code, row.name, by_code.get(row.code, 0), row.code in chosen) for row in _COMPETENCIES.rows()
    ]
    durations = [Choice(name, str(label), span_of[name], name in spans) for name, (label, _q) in DURATIONS.items()]
    return competencies, durations


def course_page(code: str) -> CoursePage | None:
    """The published version of the course with its outline; None when there is no such course, or it is not published."""
    row = (
        CourseVersion.objects.filter(course__code=code, state=CourseVersion.State.PUBLISHED)
        .select_related("course__organiser", "competency", "path")
        .first()
    )
    if row is None or row.published_at is None:
        return None
    modules = outline_of(row)
    return CoursePage(
        code=row.course.code,
        version=row,
        title=row.title,
        summary=row.summary,
        description=row.description,
        motif=row.motif,
        language=row.get_language_display(),
        language_code=row.language,
        competency=row.competency.name if row.competency else "",
        path=row.path.name if row.path else "",
        target_group=row.target_group,
        organiser=row.course.organiser.name,
        jp=row.jp,
        pass_mark=row.pass_mark,
        minutes=sum(module.minutes for module in modules),
        self_paced_days=row.self_paced_days,
        change_note=row.change_note,
        published_at=row.published_at,
        modules=modules,
    )


def outline_of(version: CourseVersion) -> tuple[ModuleLine, ...]:
    """Modules and lessons in order, in two queries."""
    lines: dict[int, list[LessonLine]] = {}
    for lesson in version.lessons.order_by("position", "id"):
        kind = kinds[lesson.kind]
        line = LessonLine(
            lesson.uid, lesson.kind, str(kind.label), kind.icon, lesson.title, lesson.minutes, lesson.is_required
        )
        lines.setdefault(lesson.module_id, []).append(line)
    return tuple(
        ModuleLine(
            module.title,
            module.jp,
            sum(line.minutes for line in lines.get(module.pk, ())),
            tuple(lines.get(module.pk, ())),
        )
        for module in version.modules.order_by("position", "id")
    )
