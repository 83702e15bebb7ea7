"""Writing questionnaires: a draft beside what is in use, put into use in one step."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from courses.taxonomy.models import SurveyTerms
from enrollments.surveys.models import Kind, Question, Questionnaire, QuestionnaireVersion
from enrollments.surveys.queries import questionnaire_in_use
from enrollments.surveys.rules import may_keep, may_set_terms

State = QuestionnaireVersion.State
MOST_QUESTIONS = 30
COPIED = ("sort", "text", "text_en", "low", "low_en", "high", "high_en", "options", "options_en", "is_required")


@transaction.atomic
def draft_questionnaire(organiser: Agency | None, kind: str, *, by: User) -> QuestionnaireVersion:
    """The draft of this organiser's questionnaire (None: the national one); where there is none, a copy of what holds now."""
    if not may_keep(by, organiser):
        raise NotYours(_("Only training officers of the organiser, or administrators, write this questionnaire."))
    row, _made = Questionnaire.objects.get_or_create(organiser=organiser, kind=Kind(kind))
    row = Questionnaire.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    draft = row.versions.filter(state=State.DRAFT).first()
    if draft is not None:
        return draft
    own = row.versions.filter(state=State.PUBLISHED).first()
    source = own or (questionnaire_in_use(kind, organiser) if organiser else None)
    newest = row.versions.order_by("-number").first()
    draft = row.versions.create(number=newest.number + 1 if newest else 1, created_by=by)
    if source is not None:
        Question.objects.bulk_create(
            [
                Question(version=draft, position=position, **{name: getattr(one, name) for name in COPIED})
                for position, one in enumerate(source.questions.all())
            ]
        )
    record("questionnaire.drafted", draft, by=by)
    return draft


@transaction.atomic
def put_into_use(draft: QuestionnaireVersion, *, by: User) -> QuestionnaireVersion:
    """From now on people are asked so. Whoever has the older questions on the screen may still send them."""
    draft = _locked_draft(draft, by)
    if not draft.questions.exists():
        raise Refusal(_("Write at least one question first."))
    draft.questionnaire.versions.filter(state=State.PUBLISHED).update(state=State.RETIRED)
    draft.state, draft.published_at = State.PUBLISHED, timezone.now()
    draft.save(update_fields=["state", "published_at"])
    record("questionnaire.published", draft, by=by)
    return draft


@transaction.atomic
def discard_questionnaire(draft: QuestionnaireVersion, *, by: User) -> None:
    draft = _locked_draft(draft, by)
    record("questionnaire.discarded", draft, by=by)
    draft.delete()


@transaction.atomic
def save_question(
    draft: QuestionnaireVersion, values: dict[str, Any], *, by: User, question: Question | None = None
) -> Question:
    """Write a new question at the end, or change one."""
    draft = _locked_draft(draft, by)
    if question is None:
        count = draft.questions.count()
        if count >= MOST_QUESTIONS:
            raise Refusal(_("%(most)d questions are enough. Delete one first.") % {"most": MOST_QUESTIONS})
        return Question.objects.create(version=draft, position=count, **values)
    found = draft.questions.filter(pk=question.pk).first()
    if found is None:
        raise Refusal(_("This question is gone: somebody else deleted it."))
    for name, value in values.items():
        setattr(found, name, value)
    found.save()
    return found


@transaction.atomic
def move_question(question: Question, *, up: bool, by: User) -> None:
    """One place up or down; at the end of the list it stays where it is."""
    draft = _locked_draft(question.version, by)
    rows = list(draft.questions.all())
    here = next((place for place, one in enumerate(rows) if one.pk == question.pk), None)
    if here is None:
        raise Refusal(_("This question is gone: somebody else deleted it."))
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
        for position, one in enumerate(rows):
            one.position = position
        Question.objects.bulk_update(rows, ["position"])


@transaction.atomic
def delete_question(question: Question, *, by: User) -> None:
    draft = _locked_draft(question.version, by)
    found = draft.questions.filter(pk=question.pk).first()
    if found is not None:
        draft.questions.filter(position__gt=found.position).update(position=F("position") - 1)
        found.delete()


@transaction.atomic
def set_terms(values: dict[str, Any], *, by: User) -> SurveyTerms:
    """When people are asked, for how long, and when they are reminded. New courses begin with these months."""
    if not may_set_terms(by):
        raise NotYours(_("Only administrators set these."))
    if values["remind_after_days"] >= values["open_days"]:
        raise Refusal(_("The reminder comes after the survey has closed. Give fewer days."), field="remind_after_days")
    terms, _made = SurveyTerms.objects.select_for_update(no_key=True).get_or_create(pk=1)
    changed = [name for name, value in values.items() if getattr(terms, name) != value]
    for name in changed:
        setattr(terms, name, values[name])
    if changed:
        terms.save(update_fields=changed)
        record("survey.terms_set", terms, by=by, **{name: str(values[name]) for name in changed})
    return terms


def _locked_draft(draft: QuestionnaireVersion, by: User) -> QuestionnaireVersion:
    row = (
        QuestionnaireVersion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("questionnaire__organiser")
        .filter(pk=draft.pk)
        .first()
    )
    if row is None:
        raise Refusal(_("This draft was thrown away meanwhile."))
    if not may_keep(by, row.questionnaire.organiser):
        raise NotYours(_("Only training officers of the organiser, or administrators, write this questionnaire."))
    if row.state != State.DRAFT:
        raise Refusal(_("This version is in use and does not change. Begin the next one."))
    return row
