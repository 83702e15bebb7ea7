"""The learner's first page: what they learn now, their year, and what they could take next."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import DecimalField, F, Sum, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.notices.models import Notice
from accounts.people.models import User
from asn_lms.lib import words
from asn_lms.lib.days import local_day
from asn_lms.lib.prepared import Prepared, Slot
from courses.structure.models import CourseVersion, Lesson
from enrollments.classroom.outline import Outline, Step, arrange
from enrollments.credits.queries import YearOfCredit, months_of_credit, year_of_credit
from enrollments.enrolling.models import Enrollment
from enrollments.progress.models import LessonProgress

# More courses at once than this nobody learns; the page stays short and its queries few.
MOST_SHOWN = 30
MOST_SUGGESTED = 4


@dataclass(frozen=True)
class Deadline:
    """A deadline as the learner reads it; `days` from today, negative when it has passed."""

    on: date
    days: int

    @property
    def is_over(self) -> bool:
        return self.days < 0

    @property
    def days_over(self) -> int:
        return -self.days

    @property
    def tone(self) -> str:
        """Red when it has passed, amber within a week."""
        return "bad" if self.is_over else "warn" if self.days <= 7 else ""


@dataclass(frozen=True)
class OnTheWay:
    """A course that is being learned, and the lesson on which one tap continues."""

    enrollment: Enrollment
    outline: Outline
    step: Step | None
    deadline: Deadline | None

    @property
    def is_begun(self) -> bool:
        return self.enrollment.started_at is not None


@dataclass(frozen=True)
class YearInMonths:
    """JP of a year and of each of its months."""

    credit: YearOfCredit
    months: list[Decimal]


@dataclass(frozen=True)
class Home:
    today: date
    hero: OnTheWay | None
    others: list[OnTheWay]
    year: YearInMonths
    # JP of the courses that are being learned.
    on_the_way: Decimal
    unread: Notice | None
    suggestions: list[tuple[CourseVersion, int]]

    @property
    def said_months(self) -> str:
        """The small chart in words: "JP per month in 2026: February 2, March 1.5"."""
        said = [
            f"{date_format(date(self.today.year, month, 1), 'F')} {words.jp(value)}"
            for month, value in enumerate(self.year.months, start=1)
            if value
        ]
        return _("JP per month in %(year)s: %(months)s") % {
            "year": self.today.year,
            "months": ", ".join(said) or _("none yet"),
        }

    @property
    def after_all(self) -> Decimal:
        return self.year.credit.earned + self.on_the_way

    @property
    def short_after_all(self) -> Decimal:
        target = self.year.credit.target
        return max(target - self.after_all, Decimal(0)) if target is not None else Decimal(0)

    @property
    def courses_on_the_way(self) -> int:
        return len(self.others) + (1 if self.hero else 0)


def jp_on_the_way(person: User) -> Decimal:
    """JP of the courses that are being learned, before any cap."""
    found: Decimal | None = Enrollment.objects.held_by(person).active().aggregate(jp=Sum("version__jp"))["jp"]
    return found or Decimal(0)


@dataclass(frozen=True)
class Suggestion:
    """A course that could be taken, its minutes, and the JP that would be missing after it."""

    version: CourseVersion
    minutes: int
    missing_after: Decimal


def suggestions_for(person: User, missing: Decimal) -> list[Suggestion]:
    """Published courses that were not taken yet and fit the JP that are missing: the one that leaves least to do first, the shorter
    of equals. Where one alone is enough, the smallest that is. One query.
    """
    if missing <= 0:
        return []
    taken = Enrollment.objects.live().filter(learner=person).values("version__course")
    rows = (
        CourseVersion.objects.filter(course__current=F("pk"), state=CourseVersion.State.PUBLISHED, jp__gt=0)
        .exclude(course__in=taken)
        .annotate(
            minutes=Coalesce(Sum("lessons__minutes"), 0),
            left=Greatest(Value(missing) - F("jp"), Value(Decimal(0)), output_field=DecimalField()),
        )
        .select_related("course")
        .order_by("left", "jp", "minutes", "title")[:MOST_SUGGESTED]
    )
    return [Suggestion(row, getattr(row, "minutes", 0), max(missing - row.jp, Decimal(0))) for row in rows]


def deadline_of(enrollment: Enrollment, today: date) -> Deadline | None:
    return Deadline(enrollment.due_on, (enrollment.due_on - today).days) if enrollment.due_on else None


_NOT_TAKEN = Prepared(
    lambda: (
        CourseVersion.objects.filter(course__current__isnull=False, state=CourseVersion.State.PUBLISHED)
        .exclude(course__in=Enrollment.objects.live().filter(learner=Slot("person")).values("version__course"))
        .annotate(minutes=Sum("lessons__minutes"))
        .select_related("course")
        .order_by("minutes", "title")[:MOST_SUGGESTED]
    )
)
_UNREAD = Prepared(lambda: Notice.objects.held_by(Slot("person")).unread().order_by("-id")[:1])
_ON_THE_WAY = Prepared(
    lambda: Enrollment.objects.on_the_way_of(Slot("person")).select_related("version__course", "cohort")[:MOST_SHOWN]
)
_LESSONS = Prepared(
    lambda: Lesson.objects.filter(version__in=Slot("versions")).select_related("module").order_by("position", "id")
)
_PROGRESS = Prepared(lambda: LessonProgress.objects.filter(enrollment__in=Slot("places")))


def home_of(person: User, now: datetime | None = None) -> Home:
    """The learner's first page: the nearest deadline first. A constant number of queries."""
    today = local_day(person.zone, now)
    courses = courses_on_the_way(person, today)
    fresh = _NOT_TAKEN.rows(person=person.pk)
    return Home(
        today=today,
        hero=courses[0] if courses else None,
        others=courses[1:],
        year=year_in_months(person, today.year),
        on_the_way=sum((one.enrollment.version.jp for one in courses), Decimal(0)),
        unread=_UNREAD.first(person=person.pk),
        suggestions=[(version, getattr(version, "minutes", None) or 0) for version in fresh],
    )


def courses_on_the_way(person: User, today: date) -> list[OnTheWay]:
    """What the person learns now, in the order of `on_the_way_of`, each with its lessons; three queries."""
    rows = _ON_THE_WAY.rows(person=person.pk)
    if not rows:
        return []
    lessons: dict[int, list[Lesson]] = {}
    for lesson in _LESSONS.rows(versions=tuple({row.version_id for row in rows})):
        lessons.setdefault(lesson.version_id, []).append(lesson)
    progress: dict[int, dict[int, LessonProgress]] = {}
    for line in _PROGRESS.rows(places=tuple(row.pk for row in rows)):
        progress.setdefault(line.enrollment_id, {})[line.lesson_id] = line
    found = []
    for row in rows:
        plan = arrange(lessons.get(row.version_id, []), progress.get(row.pk, {}))
        found.append(OnTheWay(row, plan, plan.step_to_continue(row.current_lesson_uid), deadline_of(row, today)))
    return found


def year_in_months(person: User, year: int, months: list[Decimal] | None = None) -> YearInMonths:
    """`months` when the caller has already read them."""
    months = months_of_credit(person, year) if months is None else months
    return YearInMonths(year_of_credit(person, year, earned=sum(months, Decimal(0))), months)
