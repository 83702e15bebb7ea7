"""Accreditations in the office: seen by training officers, kept by administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people.signed_in import SignedIn
from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role
from asn_lms.lib.days import local_day
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from courses.taxonomy.actions import end_accreditation, record_accreditation
from courses.taxonomy.forms import AccreditationForm, EndForm
from courses.taxonomy.models import Accreditation


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def accreditations(request: SignedIn) -> HttpResponse:
    form = AccreditationForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            record_accreditation(**form.cleaned_data, by=request.user)
            messages.success(request, _("Recorded. STTP of this family may be given between these days."))
            return redirect("office-accreditations")
    rows = Accreditation.objects.visible_to(request.user).select_related("organiser", "family")
    context = {
        "rows": list(rows.order_by("organiser__path", "family__position", "-valid_from")),
        "today": local_day(request.user.zone),
        "form": form,
        "end_form": EndForm(),
        "may_record": has_role(request.user, RoleGrant.Role.ADMIN),
    }
    return page(request, "courses/taxonomy/accreditations.html", context)


@for_roles("officer")
@require_POST
def end(request: SignedIn, pk: int) -> HttpResponse:
    row = get_object_or_404(Accreditation.objects.visible_to(request.user), pk=pk)
    form = EndForm(request.POST)
    if form.is_valid():
        end_accreditation(row, on=form.cleaned_data["on"], by=request.user)
        messages.success(request, _("It holds to that day and not longer."))
    else:
        messages.error(request, _("Give the last day on which it holds."))
    return redirect("office-accreditations")
