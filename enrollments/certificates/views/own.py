"""The learner's certificates: the wallet, the paper, and whether the name is right."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.people.signed_in import SignedIn
from asn_lms.lib.days import local_day
from asn_lms.lib.pages import page, page_they_came_from
from asn_lms.lib.refusals import beside_fields
from enrollments.certificates.actions import ask_for_correction, confirm
from enrollments.certificates.downloading import WITH_SURVEY, AnswersFirst, refuse_unanswered
from enrollments.certificates.forms import CorrectionForm
from enrollments.certificates.keeping import paper_response
from enrollments.certificates.models import Certificate
from enrollments.certificates.queries import name_check, places_with_survey, wallet
from enrollments.credits.queries import statement, year_of_credit


@login_required
@require_safe
def certificates(request: SignedIn) -> HttpResponse:
    mine = wallet(request.user)
    year = local_day(request.user.zone).year
    context = {
        "certificates": mine,
        "with_survey": places_with_survey(mine),
        "is_waiting": any(one.is_being_made for one in mine),
        "credit": year_of_credit(request.user, year),
        "lines": statement(request.user, year, with_days=False),
    }
    return page(request, "enrollments/certificates/certificates.html", context)


@login_required
@require_GET
def paper(request: SignedIn, pk: int) -> HttpResponseBase:
    """The PDF, for the person themselves (once they have answered what stands before it) and for officers of the organiser."""
    rows = Certificate.objects.visible_to(request.user).stands().select_related(*WITH_SURVEY)
    certificate = get_object_or_404(rows, pk=pk)
    try:
        refuse_unanswered(certificate, request.user)
    except AnswersFirst:
        return redirect("survey-before-download", certificate.enrollment_id)
    return paper_response(certificate)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: SignedIn, pk: int) -> HttpResponse:
    """How the name will be printed; below it, what to do when something is wrong."""
    check = name_check(get_object_or_404(Certificate.objects.held_by(request.user), pk=pk))
    if check.certificate.state == Certificate.State.REVOKED:
        return redirect("certificates")
    asked = check.open_request
    form = CorrectionForm(request.POST or None, initial={"part": asked.part, "wish": asked.wish} if asked else None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            ask_for_correction(check.certificate, **form.cleaned_data, by=request.user)
            messages.success(request, _("Sent. A training officer answers; nothing is printed before that."))
            return redirect("certificate-name", pk)
    return page(request, "enrollments/certificates/name.html", {"check": check, "form": form})


@login_required
@require_POST
def confirm_name(request: SignedIn, pk: int) -> HttpResponse:
    confirm(get_object_or_404(Certificate.objects.held_by(request.user), pk=pk), by=request.user)
    messages.success(request, _("Thank you. The certificate is being made; you will be told."))
    return redirect(page_they_came_from(request) or "certificates")
