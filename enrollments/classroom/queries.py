"""What the learner's screens show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.prepared import Prepared, Slot
from asn_lms.lib.richtext import render
from courses.catalogue.queries import CourseCard
from courses.structure.models import Course, CourseVersion, Lesson
from enrollments.attempts.models import AttemptItem
from enrollments.attempts.queries import Seat, seat
from enrollments.certificates.models import Certificate
from enrollments.classroom.home import Deadline, deadline_of
from enrollments.classroom.outline import Outline, Step, outline
from enrollments.cohorts.models import Cohort
from enrollments.cohorts.queries import open_cohorts
from enrollments.credits.queries import YearOfCredit, year_of_credit
from enrollments.enrolling.models import Enrollment
from enrollments.progress.queries import below_mark

_OWN_PLACE = Prepared(
    lambda: (
        Enrollment.objects.held_by(Slot("person"))
        .filter(pk=Slot("place"))
        .select_related("version", "cohort__course", "cohort__organiser", "learner")
    )
)


def own_place(person: User, pk: int) -> Enrollment | None:
    """That place with its version and course, if it is the person's own."""
    return _OWN_PLACE.first(person=person.pk, place=pk)


@dataclass(frozen=True)
class PlaceInCourse:
    """How a learner stands with a course of the catalogue: on the way, or completed on a day; `url` is where it goes on."""

    completed_at: datetime | None
    url: str


_PLACES = Prepared(
    lambda: (
        Enrollment.objects.held_by(Slot("person"))
        .live()
        .filter(version__course__code__in=Slot("codes"))
        .order_by("pk")
        .values_list("pk", "version__course__code", "version_id", "completed_at")
    )
)


def places_in(learner: User, cards: Iterable[CourseCard]) -> dict[str, PlaceInCourse]:
    """The newest place that the learner holds in each of these courses, by the course's code; one query.

    Who completed an older version is led to the course page, where the new one can be taken.
    """
    shown = {card.code: card.version_id for card in cards}
    rows = _PLACES.rows(person=learner.pk, codes=tuple(shown)) if shown else []
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


_COURSE = Prepared(
    lambda: Course.objects.filter(code=Slot("code")).select_related(
        "organiser", "current__competency", "current__path", "current__training_type"
    )
)
_PLACE_IN_COURSE = Prepared(
    lambda: (
        Enrollment.objects.held_by(Slot("person"))
        .live()
        .filter(cohort__course=Slot("course"))
        .select_related("version__competency", "version__path", "version__training_type", "cohort")
        .order_by("-id")[:1]
    )
)


def course_page(person: User, code: str, now: datetime | None = None) -> CoursePage | None:
    """None when there is no such course for this person: never published, or retired and not their own."""
    today = local_day(person.zone, now)
    course = _COURSE.first(code=code)
    if course is None:
        return None
    enrollment = _PLACE_IN_COURSE.first(person=person.pk, course=course.pk)
    is_learning = enrollment is not None and (
        enrollment.status == Enrollment.Status.ACTIVE or course.current_id in {None, enrollment.version_id}
    )
    version = enrollment.version if enrollment and is_learning else course.current
    if version is None:
        return None
    plan = outline(version, enrollment if is_learning else None)
    step = plan.step_to_continue(enrollment.current_lesson_uid) if enrollment and is_learning else None
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
