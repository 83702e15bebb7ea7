"""Questionnaires in the office: written beside what is in use, looked at as people will see them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people.signed_in import SignedIn
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from courses.taxonomy.terms import survey_terms
from enrollments.surveys.actions import editing
from enrollments.surveys.forms import QuestionForm, SurveyForm, TermsForm
from enrollments.surveys.models import Kind, Question
from enrollments.surveys.queries import drafts_kept_by, questionnaires_of, versions_seen_by
from enrollments.surveys.rules import may_keep, may_set_terms

OFFICER = RoleGrant.Role.OFFICER
# Stands for no organiser in an address: the national questionnaire.
NATIONAL = 0


@for_roles(OFFICER)
@require_safe
def questionnaires(request: SignedIn) -> HttpResponse:
    context = {
        "rows": questionnaires_of(request.user),
        "terms": survey_terms(),
        "may_set_terms": may_set_terms(request.user),
    }
    return page(request, "enrollments/surveys/questionnaires.html", context)


@for_roles(OFFICER)
@require_POST
def begin(request: SignedIn, agency_id: int, kind: str) -> HttpResponse:
    if kind not in Kind.values:
        raise Http404
    mine = agencies_of(request.user, OFFICER)
    organiser = None if agency_id == NATIONAL else get_object_or_404(mine, pk=agency_id)
    draft = editing.draft_questionnaire(organiser, kind, by=request.user)
    return redirect("office-questionnaire", draft.pk)


@for_roles(OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire(request: SignedIn, pk: int) -> HttpResponse:
    """A version as people see it; a draft with what changes it beside each question."""
    version = get_object_or_404(versions_seen_by(request.user), pk=pk)
    if request.method == "POST":
        draft = get_object_or_404(drafts_kept_by(request.user), pk=pk)
        if request.POST.get("do") == "discard":
            editing.discard_questionnaire(draft, by=request.user)
            messages.success(request, _("The draft was thrown away. What was in use stays in use."))
            return redirect("office-questionnaires")
        editing.put_into_use(draft, by=request.user)
        messages.success(request, _("In use. People are asked so from now on."))
        return redirect("office-questionnaire", pk)
    context: dict[str, Any] = {
        "version": version,
        "form": SurveyForm(version),
        "may_edit": version.is_draft and may_keep(request.user, version.questionnaire.organiser),
    }
    return page(request, "enrollments/surveys/questionnaire.html", context)


@for_roles(OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_question(request: SignedIn, pk: int) -> HttpResponse:
    version = get_object_or_404(drafts_kept_by(request.user), pk=pk)
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            editing.save_question(version, form.values(), by=request.user)
            return redirect("office-questionnaire", pk)
    return page(request, "enrollments/surveys/question.html", {"version": version, "form": form, "question": None})


@for_roles(OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: SignedIn, pk: int) -> HttpResponse:
    row = _question(request, pk)
    form = QuestionForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            editing.save_question(row.version, form.values(), question=row, by=request.user)
            messages.success(request, _("Saved."))
            return redirect("office-questionnaire", row.version_id)
    return page(request, "enrollments/surveys/question.html", {"version": row.version, "form": form, "question": row})


@for_roles(OFFICER)
@require_POST
def move(request: SignedIn, pk: int) -> HttpResponse:
    row = _question(request, pk)
    editing.move_question(row, up=request.POST.get("move") == "up", by=request.user)
    return redirect("office-questionnaire", row.version_id)


@for_roles(OFFICER)
@require_POST
def delete(request: SignedIn, pk: int) -> HttpResponse:
    row = _question(request, pk)
    editing.delete_question(row, by=request.user)
    messages.success(request, _("The question is deleted."))
    return redirect("office-questionnaire", row.version_id)


@for_roles(RoleGrant.Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: SignedIn) -> HttpResponse:
    form = TermsForm(request.POST or None, instance=survey_terms())
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            editing.set_terms(form.values(), by=request.user)
            messages.success(request, _("Saved."))
            return redirect("office-questionnaires")
    return page(request, "enrollments/surveys/terms.html", {"form": form})


def _question(request: SignedIn, pk: int) -> Question:
    mine: Any = drafts_kept_by(request.user)
    rows = Question.objects.filter(version__in=mine.values("pk")).select_related("version__questionnaire__organiser")
    return get_object_or_404(rows, pk=pk)
