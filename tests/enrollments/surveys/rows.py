"""What tests of surveys begin with."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

from django.apps import apps

from accounts.people.models import User
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.models import Enrollment
from enrollments.surveys.models import Invitation, Kind, Question, QuestionnaireVersion, Sheet
from tests import make

# Wednesday, 10.00 WIB: within hours, on no holiday.
NOON = datetime(2026, 9, 2, 3, tzinfo=UTC)


def national() -> dict[str, QuestionnaireVersion]:
    """The national questionnaires by kind; a test that committed may have emptied their tables."""
    import_module("enrollments.migrations.0030_national_questionnaires").seed(apps, None)
    rows = QuestionnaireVersion.objects.filter(state="published", questionnaire__organiser__isnull=True)
    return {row.questionnaire.kind: row for row in rows.select_related("questionnaire")}


def answers(version: QuestionnaireVersion, step: int = 4, text: str = "") -> dict[int, int | str]:
    """The same step everywhere."""
    found: dict[int, int | str] = {}
    for question in version.questions.all():
        found[question.pk] = text if question.sort == Question.Sort.TEXT else step
    return found


def fields(version: QuestionnaireVersion, step: int = 4, text: str = "") -> dict[str, str]:
    """The same as a form sends it."""
    return {f"q{pk}": str(value) for pk, value in answers(version, step, text).items()} | {"version": str(version.pk)}


def completed(
    learner: User | None = None,
    cohort: Cohort | None = None,
    *,
    at: datetime = NOON - timedelta(days=184),
    **fields: Any,
) -> Enrollment:
    """A completed place."""
    return make.enrollment(learner=learner, cohort=cohort, status="completed", completed_at=at, **fields)


def asking(**fields: Any) -> Cohort:
    """A cohort of a course that asks before the download, and six months after."""
    values = {"asks_before_download": True, "survey_after_months": 6, **fields}
    return make.cohort(version=make.version(**values))


def sheets(
    version: QuestionnaireVersion, cohort: Cohort, unit: Any, steps: list[int], *, week: date = date(2026, 8, 24)
) -> None:
    """Answers that wait to be put together, each with one step everywhere."""
    for step in steps:
        given = {str(pk): value for pk, value in answers(version, step).items() if value}
        Sheet.objects.create(version=version, cohort=cohort, unit=unit, week=week, answers=given)


def invitation(place: Enrollment, kind: str = Kind.ALUMNUS, person: User | None = None, **fields: Any) -> Invitation:
    values = {"asked_on": NOON.date(), "open_until": NOON.date() + timedelta(days=30), **fields}
    return Invitation.objects.create(enrollment=place, kind=kind, person=person or place.learner, **values)
