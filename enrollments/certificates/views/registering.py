"""The office's page of registration codes of one cohort."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.people.signed_in import SignedIn
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from enrollments.certificates.actions.registering import register_codes
from enrollments.certificates.codes import in_sheet, matched, pasted
from enrollments.certificates.forms import CodesForm
from enrollments.certificates.models import Certificate
from enrollments.cohorts.models import Cohort

FIELD = "code-"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: SignedIn, cohort_id: int) -> HttpResponse:
    """One field for each person, and a list for all of them; what was typed stands until all of it is right."""
    rows = Cohort.objects.run_by(request.user).select_related("course", "version", "organiser")
    cohort = get_object_or_404(rows, pk=cohort_id)
    waiting = list(
        Certificate.objects.to_be_registered(cohort)
        .select_related("enrollment__learner__agency")
        .order_by("registration_code", "enrollment__learner__name", "pk")
    )
    form = CodesForm(request.POST or None, request.FILES or None)
    typed = {row.pk: request.POST.get(f"{FIELD}{row.pk}", row.registration_code) for row in waiting}
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            file = form.cleaned_data["file"]
            pairs = pasted(form.cleaned_data["text"]) + (in_sheet(file) if file else [])
            listed = matched(pairs, waiting)
            for problem in listed.problems[:20]:
                form.add_error("text", problem)
            if not listed.problems:
                count = register_codes(cohort, typed | listed.by_certificate, by=request.user)
                said = ngettext("%(count)d code was entered.", "%(count)d codes were entered.", count)
                messages.success(request, said % {"count": count} if count else _("Nothing was changed."))
                return redirect("office-codes", cohort_id)
    context: dict[str, Any] = {
        "cohort": cohort,
        "form": form,
        "lines": [(row, f"{FIELD}{row.pk}", typed[row.pk]) for row in waiting],
        "missing": sum(1 for row in waiting if not row.registration_code),
    }
    return page(request, "enrollments/certificates/codes.html", context)
