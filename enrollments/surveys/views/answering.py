"""Answering: what stands before a download, and what is asked some months later."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.people.signed_in import SignedIn
from asn_lms.lib.days import local_day
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from enrollments.enrolling.models import Enrollment
from enrollments.surveys.actions import answer_invitation, judge
from enrollments.surveys.forms import SurveyForm
from enrollments.surveys.models import Invitation, QuestionnaireVersion
from enrollments.surveys.queries import (
    Asked,
    invitations_of,
    left_before_download,
    questionnaire_in_use,
    usable_version,
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def before_download(request: SignedIn, enrollment_id: int) -> HttpResponse:
    """One questionnaire after the other, one page each; after the last the download goes on."""
    rows = Enrollment.objects.held_by(request.user).select_related("version", "cohort__organiser", "learner__agency")
    place = get_object_or_404(rows, pk=enrollment_id, status=Enrollment.Status.COMPLETED)
    left = left_before_download(place)
    if not left:
        return redirect("finished", place.pk)
    step = request.POST.get("step", "")
    # What was sent twice, or from another tab, is answered already: on to what is left.
    asked = next((one for one in left if one.key == step), None) if request.method == "POST" else left[0]
    if asked is None:
        return redirect("survey-before-download", place.pk)
    form = SurveyForm(_version(request, asked, place), request.POST or None, step=asked.key)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            version = _version(request, asked, place)
            judge(place, version, form.answers(), trainer=asked.trainer, by=request.user)
            if len(left) > 1:
                return redirect("survey-before-download", place.pk)
            messages.success(request, _("Thank you. Your answers are in, without your name."))
            return redirect(reverse("finished", args=[place.pk]) + "?download=1")
    context = {"enrollment": place, "asked": asked, "left": left, "form": form}
    return page(request, "enrollments/surveys/before_download.html", context)


def _version(request: SignedIn, asked: Asked, place: Enrollment) -> QuestionnaireVersion:
    """The questions that were on the page, as long as they may be answered; else those that hold now."""
    return _sent(request, asked.kind, place) or asked.version


def _sent(request: SignedIn, kind: str, place: Enrollment) -> QuestionnaireVersion | None:
    pk = request.POST.get("version", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return usable_version(int(pk), kind, place.cohort.organiser)


@login_required
@require_safe
def surveys(request: SignedIn) -> HttpResponse:
    """What waits for an answer from this person."""
    waiting = invitations_of(request.user, local_day(request.user.zone))
    return page(request, "enrollments/surveys/surveys.html", {"waiting": waiting})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: SignedIn, pk: int) -> HttpResponse:
    rows = Invitation.objects.held_by(request.user).select_related(
        "enrollment__learner", "enrollment__version", "enrollment__cohort__organiser"
    )
    invitation = get_object_or_404(rows, pk=pk)
    place = invitation.enrollment
    version = _sent(request, invitation.kind, place) or questionnaire_in_use(invitation.kind, place.cohort.organiser)
    is_open = invitation.is_open(local_day(request.user.zone)) and version is not None
    form = SurveyForm(version, request.POST or None, step=invitation.kind) if version and is_open else None
    if request.method == "POST":
        if form is None or version is None:
            return redirect("survey", pk)  # the page says why
        if form.is_valid():
            with beside_fields(form):
                answer_invitation(invitation, version, form.answers(), by=request.user)
                messages.success(request, _("Thank you. Your answers are in, without your name."))
                return redirect("survey", pk)
    context: dict[str, Any] = {"invitation": invitation, "enrollment": place, "form": form}
    return page(request, "enrollments/surveys/survey.html", context)
