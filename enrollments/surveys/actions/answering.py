"""Taking an answer. The mark "answered" and the sheet are committed together, and nothing that is kept joins them.

Nothing here goes into the audit: an entry with person and instant beside a sheet would say whose it is. For the same reason the
key of a form sent twice is kept without a fingerprint of its body (`accounts.jobs.idempotency`); that a person answered once is held
by the invitation itself.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.enrolling.actions import locked_enrollment
from enrollments.enrolling.models import Enrollment
from enrollments.surveys.models import AFTERWARDS, Invitation, Kind, Question, QuestionnaireVersion, Sheet
from enrollments.surveys.rules import may_answer, may_judge

MOST_WORDS = 1000
Answers = Mapping[int, int | str]


@transaction.atomic
def judge(
    place: Enrollment,
    version: QuestionnaireVersion,
    answers: Answers,
    *,
    by: User,
    trainer: User | None = None,
    now: datetime | None = None,
) -> bool:
    """The learner judges the course, or a trainer of the cohort, before the download. False when that was done already; then
    nothing more is written. Answers are by the question's id: a step from 1, or words.
    """
    now = now or timezone.now()
    place = locked_enrollment(place)
    if not may_judge(by, place):
        raise NotYours(_("Only who has completed the course judges it."))
    if trainer is not None and not place.cohort.trainers.filter(pk=trainer.pk).exists():
        raise Refusal(_("This trainer is no longer named for the cohort."))
    kind = Kind.TRAINER if trainer else Kind.COURSE
    checked = _checked(version, answers, (kind,))
    today = local_day(place.learner.zone, now)
    # Asked with the completion: the day of the answer is kept nowhere beside the person.
    asked_on = local_day(place.learner.zone, place.completed_at)
    row, _made = Invitation.objects.get_or_create(
        enrollment=place, kind=kind, trainer=trainer, defaults={"person": by, "asked_on": asked_on}
    )
    if row.is_answered:
        return False
    Invitation.objects.filter(pk=row.pk).update(is_answered=True)
    unit = place.completion_agency or place.agency
    _lay_down(place, version, checked, unit=unit, trainer=trainer, today=today)
    return True


@transaction.atomic
def answer_invitation(
    invitation: Invitation,
    version: QuestionnaireVersion,
    answers: Answers,
    *,
    by: User,
    now: datetime | None = None,
) -> bool:
    """Alumnus or superior answers. False when that was done already; refused once the last day is over."""
    now = now or timezone.now()
    row = (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("enrollment__cohort__organiser", "enrollment__completion_agency", "person__agency")
        .get(pk=invitation.pk)
    )
    if not may_answer(by, row) or row.kind not in AFTERWARDS:
        raise NotYours(_("This survey was sent to somebody else."))
    if row.is_answered:
        return False
    today = local_day(row.person.zone, now)
    if not row.is_open(today):
        raise Refusal(_("This survey has closed. Thank you for wanting to answer."))
    checked = _checked(version, answers, (row.kind,))
    Invitation.objects.filter(pk=row.pk).update(is_answered=True)
    place = row.enrollment
    unit = place.completion_agency or place.agency
    if row.kind == Kind.SUPERIOR:
        # One head answers for several people: counted one unit above, so that no bundle is one head's alone where others wait.
        unit = _above(row.person.agency or unit)
    _lay_down(place, version, checked, unit=unit, today=today)
    return True


def _above(unit: Agency) -> Agency:
    parent = Agency.objects.filter(path=unit.path[: -Agency.steplen]).first() if unit.depth > 1 else None
    return parent or unit


def _lay_down(
    place: Enrollment,
    version: QuestionnaireVersion,
    answers: dict[str, int | str],
    *,
    unit: Agency,
    today: date,
    trainer: User | None = None,
) -> None:
    Sheet.objects.create(
        version=version, cohort=place.cohort, unit=unit, trainer=trainer, week=monday(today), answers=answers
    )


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _checked(version: QuestionnaireVersion, answers: Answers, kinds: tuple[str, ...]) -> dict[str, int | str]:
    """What may be kept of the answers. Raises Refusal, beside the question where it belongs to one."""
    if version.questionnaire.kind not in kinds or version.is_draft:
        raise Refusal(_("The questions have changed. Reload the page; nothing was sent."))
    kept: dict[str, int | str] = {}
    for question in version.questions.all():
        value: Any = answers.get(question.pk)
        if question.sort == Question.Sort.TEXT:
            value = str(value or "").replace("\x00", "").strip()[:MOST_WORDS]
        elif value is not None and value not in {step for step, _words in question.steps}:
            raise Refusal(_("Choose one of the answers."), field=f"q{question.pk}")
        if value:
            kept[str(question.pk)] = value
        elif question.is_required:
            raise Refusal(_("Answer this question first."), field=f"q{question.pk}")
    return kept
