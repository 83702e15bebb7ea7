"""The people of a cohort in the office."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people.models import User
from accounts.people.nip import bare
from accounts.people.signed_in import SignedIn
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from asn_lms.lib.days import local_day
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import Refusal, beside_fields
from courses.structure.models import Lesson
from enrollments.attempts.actions import add_attempts
from enrollments.certificates.models import Certificate
from enrollments.cohorts.models import Cohort
from enrollments.cohorts.rules import may_run
from enrollments.enrolling.actions import enroll, reschedule, withdraw
from enrollments.enrolling.models import Enrollment
from enrollments.rosters.actions import reschedule_several, withdraw_several
from enrollments.rosters.forms import AttemptsForm, DeadlineForm, ReasonForm
from enrollments.rosters.queries import STATUSES, candidates, chosen, lessons_of, roster
from enrollments.rosters.views import run_cohort


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: SignedIn, cohort_id: int) -> HttpResponse:
    """The cohort's page. A number is looked for by POST, so that it never stands in an address."""
    cohort = get_object_or_404(
        Cohort.objects.seen_in_office_by(request.user)
        .select_related("course", "version", "organiser")
        .prefetch_related("trainers"),
        pk=cohort_id,
    )
    given = request.POST if request.method == "POST" else request.GET
    text, status = given.get("q", "").strip()[:100], given.get("status", "")
    is_number = bare(text).isdigit()
    if request.method == "POST" and not is_number:
        return redirect(f"{request.path}?{urlencode({'q': text, 'status': status})}")
    if request.method != "POST" and is_number and len(bare(text)) > 4:
        text = ""
    after = request.GET.get("after", "")
    found = roster(
        cohort,
        today=local_day(cohort.organiser.zone),
        status=status,
        text=text,
        after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None,
    )
    asked = {"q": text} if text and not is_number else {}
    context = {
        "cohort": cohort,
        "found": found,
        "text": text,
        "status": status if status in STATUSES else "",
        "chips": [
            (label, f"?{urlencode({**asked, 'status': name})}", name == status, found.counts[name])
            for name, label in STATUSES.items()
            if found.counts[name] or name in {"", status}
        ],
        "next": f"?{urlencode({**asked, 'status': status, 'after': found.next_after})}" if found.next_after else "",
        "may_run": may_run(request.user, cohort.organiser),
        "today": local_day(request.user.zone),
    }
    return page(request, "enrollments/rosters/people.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedIn, cohort_id: int) -> HttpResponse:
    """Look for somebody, and give them a place."""
    cohort = run_cohort(request, cohort_id)
    text = request.POST.get("q", "")[:100]
    if "person" in request.POST:
        mine = User.objects.filter(agency__in=agencies_of(request.user, RoleGrant.Role.OFFICER))
        key = request.POST["person"]
        learner = get_object_or_404(mine, pk=int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0)
        try:
            enroll(learner, cohort, by=request.user)
        except Refusal as refusal:  # the search stays on the page
            messages.error(request, str(refusal.sentence))
        else:
            messages.success(request, _("%(name)s has a place.") % {"name": learner.full_name})
            cohort.refresh_from_db(fields=["seats_taken"])
    found = candidates(request.user, cohort, text) if text else []
    return page(request, "enrollments/rosters/add.html", {"cohort": cohort, "text": text, "found": found})


@login_required
@require_POST
def change(request: SignedIn, cohort_id: int) -> HttpResponse:
    """What was ticked in the list gets one deadline, or is withdrawn: first asked, then done."""
    cohort = run_cohort(request, cohort_id)
    places = list(chosen(cohort, request.POST.getlist("place")).active())
    wanted = request.POST.get("do", "")
    if wanted not in {"reschedule", "withdraw"}:
        raise Http404
    if not places:
        messages.warning(request, _("Nobody who still learns was ticked."))
        return redirect("office-cohort", cohort.pk)
    is_sent = "sent" in request.POST
    form: Any = (DeadlineForm if wanted == "reschedule" else ReasonForm)(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        with beside_fields(form):
            if wanted == "reschedule":
                count = reschedule_several(places, form.cleaned_data["due_on"], by=request.user)
                said = ngettext("%(count)d deadline was changed.", "%(count)d deadlines were changed.", count)
            else:
                count = withdraw_several(places, form.cleaned_data["reason"], by=request.user)
                said = ngettext("%(count)d person was withdrawn.", "%(count)d people were withdrawn.", count)
            messages.success(request, said % {"count": count})
            return redirect("office-cohort", cohort.pk)
    context = {"cohort": cohort, "places": places, "do": wanted, "form": form}
    return page(request, "enrollments/rosters/change.html", context)


@login_required
@require_safe
def place(request: SignedIn, enrollment_id: int) -> HttpResponse:
    """One learner in one cohort: every lesson, and what an officer may do."""
    return _place_page(request, _seen_place(request, enrollment_id))


@login_required
@require_POST
def reschedule_one(request: SignedIn, enrollment_id: int) -> HttpResponse:
    found = _run_place(request, enrollment_id)
    form = DeadlineForm(request.POST)
    if form.is_valid():
        with beside_fields(form):
            reschedule(found, form.cleaned_data["due_on"], by=request.user)
            messages.success(request, _("The deadline was changed."))
            return redirect("office-place", found.pk)
    return _place_page(request, found, deadline_form=form)


@login_required
@require_POST
def withdraw_one(request: SignedIn, enrollment_id: int) -> HttpResponse:
    found = _run_place(request, enrollment_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        with beside_fields(form):
            withdraw(found, form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("%(name)s was withdrawn.") % {"name": found.learner.full_name})
            return redirect("office-cohort", found.cohort_id)
    return _place_page(request, found, reason_form=form)


@login_required
@require_POST
def attempts(request: SignedIn, enrollment_id: int) -> HttpResponse:
    found = _run_place(request, enrollment_id)
    form = AttemptsForm(request.POST, rows=lessons_of(found))
    if form.is_valid():
        lesson = Lesson.objects.get(version=found.version_id, pk=form.cleaned_data["lesson"])
        with beside_fields(form):
            add_attempts(found, lesson, form.cleaned_data["extra"], form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("The attempts were added."))
            return redirect("office-place", found.pk)
    return _place_page(request, found, attempts_form=form)


def _place_page(request: SignedIn, found: Enrollment, **forms: Any) -> HttpResponse:
    rows = lessons_of(found)
    is_active = found.status == Enrollment.Status.ACTIVE
    context = {
        "held": found,
        "rows": rows,
        "certificate": Certificate.objects.issued_by(request.user).live().filter(enrollment=found).first(),
        "may_change": is_active and may_run(request.user, found.cohort.organiser),
        "has_scored": any(row.is_scored for row in rows),
        "deadline_form": DeadlineForm(place=found),
        "reason_form": ReasonForm(),
        "attempts_form": AttemptsForm(rows=rows),
        **forms,
    }
    return page(request, "enrollments/rosters/place.html", context)


def _places() -> Any:
    return Enrollment.objects.select_related(
        "learner__agency", "learner__rank", "version", "cohort__organiser", "cohort__course", "agency", "enrolled_by"
    )


def _seen_place(request: SignedIn, enrollment_id: int) -> Enrollment:
    found: Enrollment = get_object_or_404(_places().in_office_of(request.user), pk=enrollment_id)
    return found


def _run_place(request: SignedIn, enrollment_id: int) -> Enrollment:
    run = Cohort.objects.run_by(request.user).values("pk")
    found: Enrollment = get_object_or_404(_places().filter(cohort__in=run), pk=enrollment_id)
    return found
