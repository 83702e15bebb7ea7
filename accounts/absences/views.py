"""Absences of a person, for training officers. They are listed on the person's own page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.absences import actions
from accounts.absences.forms import AbsenceForm
from accounts.absences.models import Absence
from accounts.people.models import User
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def new_absence(request: HttpRequest, person_id: int) -> HttpResponse:
    person = get_object_or_404(User.objects.managed_by(request.user).select_related("agency"), pk=person_id)
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            actions.record_absence(person, by=request.user, **form.cleaned_data)
            messages.success(request, _("Written down. Reports tell it apart from those who have not begun."))
            return redirect("office-person", person.pk)
    context = {"form": form, "person": person}
    return page(request, "accounts/absences/absence.html", context, status=422 if form.errors else 200)


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """See it and change it."""
    found = _absence(request, absence_id)
    initial = {name: getattr(found, name) for name in AbsenceForm.base_fields}
    form = AbsenceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            actions.change_absence(found, by=request.user, **form.cleaned_data)
            messages.success(request, _("The changes are saved."))
            return redirect("office-person", found.person_id)
    context = {"form": form, "person": found.person, "absence": found}
    return page(request, "accounts/absences/absence.html", context, status=422 if form.errors else 200)


@for_roles("officer")
@require_POST
def remove(request: HttpRequest, absence_id: int) -> HttpResponse:
    found = _absence(request, absence_id)
    actions.remove_absence(found, by=request.user)
    messages.success(request, _("The absence is taken back, as if it had not been written down."))
    return redirect("office-person", found.person_id)


def _absence(request: HttpRequest, absence_id: int) -> Absence:
    return get_object_or_404(Absence.objects.managed_by(request.user).select_related("person__agency"), pk=absence_id)
