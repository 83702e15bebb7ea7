"""Cohorts in the office: the list, the form, and what becomes of a cohort."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people.signed_in import SignedIn
from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from enrollments.cohorts.actions import close_cohort, create_cohort, name_trainers, reopen_cohort
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.actions import cancel_cohort, reschedule_all
from enrollments.rosters.actions import edit_with_deadlines
from enrollments.rosters.forms import CohortForm, DeadlineForm, TrainersForm
from enrollments.rosters.queries import PHASES, list_cohorts

OFFICER, TRAINER = RoleGrant.Role.OFFICER, RoleGrant.Role.TRAINER


@login_required
@require_safe
def cohorts(request: SignedIn) -> HttpResponse:
    if not has_role(request.user, OFFICER, TRAINER):
        raise PermissionDenied
    text = request.GET.get("q", "")[:100]
    found = list_cohorts(
        request.user, phase=request.GET.get("phase", ""), text=text, after=request.GET.get("after", "")[:40]
    )
    asked = {"q": text} if text else {}
    context = {
        "found": found,
        "text": text,
        "chips": [
            (label, f"?{urlencode({**asked, 'phase': name})}", name == found.phase, found.counts[name])
            for name, label in PHASES.items()
            if found.counts[name] or name in {"", found.phase}
        ],
        "next": f"?{urlencode({**asked, 'phase': found.phase, 'after': found.next_after})}" if found.next_after else "",
        "may_open": has_role(request.user, OFFICER),
    }
    return page(request, "enrollments/rosters/cohorts.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_cohort(request: SignedIn) -> HttpResponse:
    if not has_role(request.user, OFFICER):
        raise PermissionDenied
    form = CohortForm(request.POST or None, user=request.user, initial={"course": request.GET.get("course", "")})
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            cohort = create_cohort(by=request.user, **form.cleaned_data)
            messages.success(request, _("%(cohort)s is open.") % {"cohort": cohort})
            return redirect("office-cohort", cohort.pk)
    return page(request, "enrollments/rosters/form.html", {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, cohort_id: int) -> HttpResponse:
    cohort = run_cohort(request, cohort_id)
    form = CohortForm(request.POST or None, user=request.user, cohort=cohort)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            _cohort, moved = edit_with_deadlines(cohort, by=request.user, **form.cleaned_data)
            said = ngettext(
                "Saved. %(count)d deadline moved with the last day.",
                "Saved. %(count)d deadlines moved with the last day.",
                moved,
            )
            messages.success(request, said % {"count": moved} if moved else _("Saved."))
            return redirect("office-cohort", cohort.pk)
    return page(request, "enrollments/rosters/form.html", {"form": form, "cohort": cohort})


@login_required
@require_POST
def state(request: SignedIn, cohort_id: int) -> HttpResponse:
    """Close, open again, or cancel."""
    cohort = run_cohort(request, cohort_id)
    wanted = request.POST.get("do", "")
    if wanted == "close":
        close_cohort(cohort, by=request.user)
        messages.success(request, _("The cohort takes no more people. Those who are in go on."))
    elif wanted == "reopen":
        reopen_cohort(cohort, by=request.user)
        messages.success(request, _("The cohort takes people again."))
    elif wanted == "cancel":
        cancel_cohort(cohort, request.POST.get("reason", ""), by=request.user)
        messages.success(request, _("The cohort is cancelled, and its people have been told."))
    return redirect("office-cohort", cohort.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def trainers(request: SignedIn, cohort_id: int) -> HttpResponse:
    cohort = run_cohort(request, cohort_id)
    form = TrainersForm(request.POST or None, cohort=cohort)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            name_trainers(cohort, form.cleaned_data["trainers"], by=request.user)
            messages.success(request, _("Saved."))
            return redirect("office-cohort", cohort.pk)
    return page(request, "enrollments/rosters/trainers.html", {"form": form, "cohort": cohort})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deadline(request: SignedIn, cohort_id: int) -> HttpResponse:
    """One deadline for everybody who still learns."""
    cohort = run_cohort(request, cohort_id)
    form = DeadlineForm(request.POST or None, initial={"due_on": cohort.ends_on})
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            moved = reschedule_all(cohort, form.cleaned_data["due_on"], by=request.user)
            said = ngettext("%(count)d deadline was changed.", "%(count)d deadlines were changed.", moved)
            messages.success(request, said % {"count": moved})
            return redirect("office-cohort", cohort.pk)
    active = cohort.enrollments.active().count()
    context: dict[str, Any] = {"form": form, "cohort": cohort, "count": active}
    return page(request, "enrollments/rosters/deadline.html", context)


def run_cohort(request: SignedIn, cohort_id: int) -> Cohort:
    """A cohort that the person runs as an officer; 404 for everybody else."""
    rows = Cohort.objects.run_by(request.user).select_related("course", "version", "organiser")
    return get_object_or_404(rows, pk=cohort_id)
