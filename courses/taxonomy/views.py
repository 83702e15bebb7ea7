"""Accreditations and the cost of mobile data in the office: seen by training officers, kept by administrators."""

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
from courses.taxonomy.actions import end_accreditation, record_accreditation, set_mobile_data
from courses.taxonomy.forms import AccreditationForm, EndForm, MobileDataForm
from courses.taxonomy.models import Accreditation, MobileData


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


@for_roles("admin")
@require_http_methods(["GET", "HEAD", "POST"])
def data_cost(request: SignedIn) -> HttpResponse:
    form = MobileDataForm(request.POST or None, instance=MobileData.objects.filter(pk=1).first())
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            set_mobile_data(form.values(), by=request.user)
            messages.success(request, _("Saved."))
            return redirect("office-mobile-data")
    return page(request, "courses/taxonomy/mobile_data.html", {"form": form})
