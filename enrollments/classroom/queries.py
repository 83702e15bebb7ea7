"""What the learner's screens show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import DecimalField, F, Sum, Value
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.notices.models import Notice
from accounts.people.models import User
from asn_lms.lib import words
from asn_lms.lib.days import local_day
from asn_lms.lib.richtext import render
from courses.catalogue.queries import CourseCard
from courses.structure.models import Course, CourseVersion, Lesson
from enrollments.attempts.models import AttemptItem
from enrollments.attempts.queries import Seat, seat
from enrollments.certificates.models import Certificate
from enrollments.classroom.outline import Outline, Step, arrange, outline
from enrollments.cohorts.models import Cohort
from enrollments.cohorts.queries import open_cohorts
from enrollments.credits.queries import YearOfCredit, months_of_credit, year_of_credit
from enrollments.enrolling.models import Enrollment
from enrollments.progress.models import LessonProgress
from enrollments.progress.queries import below_mark

# More courses at once than this nobody learns; the page stays short and its queries few.
MOST_SHOWN = 30
MOST_SUGGESTED = 4


@dataclass(frozen=True)
class PlaceInCourse:
    """How a learner stands with a course of the catalogue: on the way, or completed on a day; `url` is where it goes on."""

    completed_at: datetime | None
    url: str


def places_in(learner: User, cards: Iterable[CourseCard]) -> dict[str, PlaceInCourse]:
    """The newest place that the learner holds in each of these courses, by the course's code; one query.

    Who completed an older version is led to the course page, where the new one can be taken.
    """
    shown = {card.code: card.version_id for card in cards}
    rows = (
        Enrollment.objects.held_by(learner)
        .live()
        .filter(version__course__code__in=shown)
        .order_by("pk")
        .values_list("pk", "version__course__code", "version_id", "completed_at")
    )
    found = {}
    for pk, code, version_id, completed_at in rows:
        if completed_at is None:
            url = reverse("learn", args=[pk])
        elif version_id == shown[code]:
            url = reverse("finished", args=[pk])
        else:
            url = reverse("course", args=[code])
        found[code] = PlaceInCourse(completed_at, url)
    return found


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


def home_of(person: User, now: datetime | None = None) -> Home:
    """The learner's first page: the nearest deadline first. A constant number of queries."""
    today = local_day(person.zone, now)
    courses = courses_on_the_way(person, today)
    taken = Enrollment.objects.live().filter(learner=person).values("version__course")
    fresh = (
        CourseVersion.objects.filter(course__current__isnull=False, state=CourseVersion.State.PUBLISHED)
        .exclude(course__in=taken)
        .annotate(minutes=Sum("lessons__minutes"))
        .select_related("course")
        .order_by("minutes", "title")[:MOST_SUGGESTED]
    )
    return Home(
        today=today,
        hero=courses[0] if courses else None,
        others=courses[1:],
        year=year_in_months(person, today.year),
        on_the_way=sum((one.enrollment.version.jp for one in courses), Decimal(0)),
        unread=Notice.objects.held_by(person).unread().order_by("-id").first(),
        suggestions=[(version, getattr(version, "minutes", None) or 0) for version in fresh],
    )


def courses_on_the_way(person: User, today: date) -> list[OnTheWay]:
    """What the person learns now, in the order of `on_the_way_of`, each with its lessons; three queries."""
    rows = list(Enrollment.objects.on_the_way_of(person).select_related("version__course", "cohort")[:MOST_SHOWN])
    lessons: dict[int, list[Lesson]] = {}
    for lesson in (
        Lesson.objects.filter(version__in={row.version_id for row in rows})
        .select_related("module")
        .order_by("position", "id")
    ):
        lessons.setdefault(lesson.version_id, []).append(lesson)
    progress: dict[int, dict[int, LessonProgress]] = {}
    for line in LessonProgress.objects.filter(enrollment__in=rows):
        progress.setdefault(line.enrollment_id, {})[line.lesson_id] = line
    found = []
    for row in rows:
        plan = arrange(lessons.get(row.version_id, []), progress.get(row.pk, {}))
        found.append(OnTheWay(row, plan, _step_to_continue(row, plan), deadline_of(row, today)))
    return found


def _step_to_continue(enrollment: Enrollment, plan: Outline) -> Step | None:
    at = next((step for step in plan.steps if step.lesson.uid == enrollment.current_lesson_uid), None)
    return at or next((step for step in plan.steps if not step.is_finished), None) or next(iter(plan.steps), None)


def year_in_months(person: User, year: int, months: list[Decimal] | None = None) -> YearInMonths:
    """`months` when the caller has already read them."""
    months = months_of_credit(person, year) if months is None else months
    return YearInMonths(year_of_credit(person, year, earned=sum(months, Decimal(0))), months)


@dataclass(frozen=True)
class CoursePage:
    """A course before somebody who may learn it, or learns it, or has learned it."""

    course: Course
    version: CourseVersion
    outline: Outline
    # The newest place that is not withdrawn.
    enrollment: Enrollment | None
    step: Step | None
    deadline: Deadline | None
    cohorts: list[Cohort]
    credit: YearOfCredit
    self_paced_due_on: date | None
    # Tests below the pass mark, said once nothing else is left to do.
    below: list[Step]

    @property
    def description(self) -> str:
        return render(self.version.description)

    @property
    def share_text(self) -> str:
        """What WhatsApp is given: the title, what one gains, and where it is."""
        address = f"{settings.SITE_URL}{reverse('course', args=[self.course.code])}"
        return f"{self.version.title}: {self.version.summary} {address}"

    @property
    def after(self) -> Decimal:
        """JP of this year once the course is completed."""
        return self.credit.earned + self.version.jp

    @property
    def may_enroll(self) -> bool:
        """Whether the page offers places: not while one is learning it, nor again on a version that was completed."""
        if self.course.current_id is None:
            return False
        if self.enrollment is None:
            return True
        return (
            self.enrollment.status == Enrollment.Status.COMPLETED
            and self.enrollment.version_id != self.course.current_id
        )


def course_page(person: User, code: str, now: datetime | None = None) -> CoursePage | None:
    """None when there is no such course for this person: never published, or retired and not their own."""
    today = local_day(person.zone, now)
    course = (
        Course.objects.filter(code=code)
        .select_related("organiser", "current__competency", "current__path", "current__training_type")
        .first()
    )
    if course is None:
        return None
    enrollment = (
        Enrollment.objects.held_by(person)
        .live()
        .filter(cohort__course=course)
        .select_related("version__competency", "version__path", "version__training_type", "cohort")
        .order_by("-id")
        .first()
    )
    is_learning = enrollment is not None and (
        enrollment.status == Enrollment.Status.ACTIVE or course.current_id in {None, enrollment.version_id}
    )
    version = enrollment.version if enrollment and is_learning else course.current
    if version is None:
        return None
    plan = outline(version, enrollment if is_learning else None)
    step = _step_to_continue(enrollment, plan) if enrollment and is_learning else None
    days = version.self_paced_days
    return CoursePage(
        course=course,
        version=version,
        outline=plan,
        enrollment=enrollment,
        step=step,
        deadline=deadline_of(enrollment, today) if enrollment else None,
        cohorts=[] if step or course.current_id is None else open_cohorts(course, today),
        credit=year_of_credit(person, today.year),
        self_paced_due_on=date.fromordinal(today.toordinal() + days) if days else None,
        below=_below(enrollment, plan) if enrollment and enrollment.status == Enrollment.Status.ACTIVE else [],
    )


def _below(enrollment: Enrollment, plan: Outline) -> list[Step]:
    if any(step.lesson.is_required and not step.is_finished for step in plan.steps):
        return []
    scores = {step.lesson: step.best_score for step in plan.steps if step.is_finished}
    found = below_mark(enrollment.version.pass_mark, scores)
    return [step for step in plan.steps if step.lesson in found]


@dataclass(frozen=True)
class LessonScreen:
    """One lesson before its learner."""

    enrollment: Enrollment
    outline: Outline
    here: Step
    seat: Seat
    # What a trainer said about answers of the newest attempts.
    comments: list[AttemptItem]

    # The pre-test that must be handed in before this lesson opens; then nothing of the lesson is shown.
    waits_for: Lesson | None = None

    @property
    def before(self) -> Step | None:
        return self.outline.before(self.here)

    @property
    def after(self) -> Step | None:
        return self.outline.after(self.here)

    def learn_context(self) -> dict[str, Any]:
        """What the kind shows; the right answers too, once nobody can gain by them."""
        if self.waits_for:
            return {}
        kind, content, state = self.seat.kind, self.seat.content, self.seat.state
        known = kind.learn_context(content, state)
        return known | kind.reveal(content, state) if self.may_see_key else known

    @property
    def may_see_key(self) -> bool:
        """A pre-test keeps its answers until the course is completed: the post-test may ask the same."""
        is_over = self.enrollment.status == Enrollment.Status.COMPLETED
        return not self.may_gain and (is_over or not self.here.lesson.is_pre_test)

    @property
    def may_gain(self) -> bool:
        """Whether a better score can still be had: an attempt is left, and the course is not completed yet."""
        is_closed = self.enrollment.status == Enrollment.Status.COMPLETED and self.seat.kind.is_graded(
            self.seat.content
        )
        return self.seat.left != 0 and not is_closed

    @property
    def may_begin(self) -> bool:
        return self.seat.may_begin and self.may_gain


def lesson_screen(enrollment: Enrollment, uid: UUID) -> LessonScreen | None:
    """None when the version has no such lesson."""
    plan = outline(enrollment.version_id, enrollment)
    step = next((step for step in plan.steps if step.lesson.uid == uid), None)
    if step is None:
        return None
    lesson = step.lesson
    lesson.version = enrollment.version
    here = seat(enrollment, lesson)
    if (first := plan.pre_test_before(step)) is not None:
        return LessonScreen(enrollment, plan, step, here, [], first.lesson)
    comments = (
        list(
            AttemptItem.objects.filter(attempt__enrollment=enrollment, attempt__lesson=lesson)
            .exclude(comment="")
            .select_related("commented_by")
            .order_by("-commented_at")[:5]
        )
        if here.attempt and here.kind.needs_marking
        else []
    )
    return LessonScreen(enrollment, plan, step, here, comments)


def certificate_of(enrollment: Enrollment) -> Certificate | None:
    """The one that is not revoked, with whether a correction of its name is asked for (`is_being_corrected`)."""
    return Certificate.objects.live().with_corrections().filter(enrollment=enrollment).first()


def today_of(person: User) -> date:
    return local_day(person.zone)
