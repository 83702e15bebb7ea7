"""The learner's pages."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people.signed_in import SignedIn
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import Refusal, problem
from courses.lesson_kinds import Unreadable
from courses.structure.models import Course, Lesson
from enrollments.attempts.actions import begin, take_input
from enrollments.attempts.queries import answer_of, seat
from enrollments.classroom.home import home_of, jp_on_the_way, suggestions_for, year_in_months
from enrollments.classroom.queries import certificate_of, course_page, lesson_screen, own_place, today_of
from enrollments.cohorts.models import Cohort
from enrollments.credits.explanation import told
from enrollments.credits.queries import NO_MONTHS, line_of_place, months_by_year, statement, year_of_credit
from enrollments.enrolling.actions import enroll, enroll_self_paced, withdraw
from enrollments.enrolling.models import Enrollment
from enrollments.surveys.queries import said_before_download


@login_required
@require_GET
def home(request: SignedIn) -> HttpResponse:
    return page(request, "enrollments/classroom/home.html", {"home": home_of(request.user)})


@login_required
@require_GET
def course(request: SignedIn, code: str) -> HttpResponse:
    found = course_page(request.user, code)
    if found is None:
        raise Http404
    return page(request, "enrollments/classroom/course.html", {"page": found})


@login_required
@require_POST
def take_place(request: SignedIn, code: str) -> HttpResponse:
    """Enrol, and land in the lesson: one tap."""
    wanted = get_object_or_404(Course.objects.published(), code=code)
    number = request.POST.get("cohort", "")
    if number == "self":
        enrollment = enroll_self_paced(request.user, wanted, by=request.user)
    else:
        rows = Cohort.objects.filter(course=wanted, is_self_paced=False)
        cohort = get_object_or_404(rows, pk=int(number) if number.isascii() and number.isdigit() else 0)
        enrollment = enroll(request.user, cohort, by=request.user)
    return redirect("learn", enrollment.pk)


@login_required
@require_POST
def give_back(request: SignedIn, enrollment_id: int) -> HttpResponse:
    enrollment = _own_place(request, enrollment_id)
    withdraw(enrollment, request.POST.get("reason", ""), by=request.user)
    messages.success(request, _("Your place has ended. What you had learned is kept."))
    return redirect("course", enrollment.cohort.course.code)


@login_required
@require_GET
def go_on(request: SignedIn, enrollment_id: int) -> HttpResponse:
    """Where one left off."""
    enrollment = _own_place(request, enrollment_id)
    lessons = Lesson.objects.filter(version=enrollment.version_id).order_by("position", "id")
    at = lessons.filter(uid=enrollment.current_lesson_uid or UUID(int=0)).first() or lessons.first()
    if at is None or enrollment.status == Enrollment.Status.WITHDRAWN:
        return redirect("course", enrollment.cohort.course.code)
    return redirect("lesson", enrollment.pk, at.uid)


@require_http_methods(["GET", "HEAD", "POST"])
def lesson(request: SignedIn, enrollment_id: int, uid: UUID) -> HttpResponse:
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    enrollment = _own_place(request, enrollment_id)
    if request.method == "POST":
        return _input(request, enrollment, get_object_or_404(Lesson, version=enrollment.version_id, uid=uid))
    if enrollment.status == Enrollment.Status.WITHDRAWN:
        return redirect("course", enrollment.cohort.course.code)
    return _lesson_page(request, enrollment, uid)


@login_required
@require_GET
def finished(request: SignedIn, enrollment_id: int) -> HttpResponse:
    enrollment = _own_place(request, enrollment_id)
    if enrollment.status != Enrollment.Status.COMPLETED:
        return redirect("learn", enrollment.pk)
    certificate, recorded = certificate_of(enrollment), line_of_place(enrollment)
    survey = said_before_download(enrollment)
    begins = "download" in request.GET and survey is None and certificate is not None and certificate.is_ready
    context = {
        "enrollment": enrollment,
        "certificate": certificate,
        "survey": survey,
        "begins": begins,
        "credit": year_of_credit(request.user, today_of(request.user).year),
        "recorded": told([recorded])[0] if recorded else None,
        "next": Enrollment.objects.on_the_way_of(request.user).select_related("version").first(),
    }
    response = page(request, "enrollments/classroom/finished.html", context)
    if begins and certificate is not None:
        # The download goes on by itself, without a script; the page stays, with the link for who needs it again.
        response["Refresh"] = f"1; url={reverse('certificate-pdf', args=[certificate.pk])}"
    return response


@login_required
@require_GET
def my_jp(request: SignedIn) -> HttpResponse:
    """Every credit of a year with why it counted as it did, the sum that the home page's ring shows, and what could come next."""
    years, today = months_by_year(request.user), today_of(request.user)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in years else today.year
    months = year_in_months(request.user, year, years.get(year, NO_MONTHS))
    is_this_year = year == today.year
    lines = statement(request.user, year)
    short = months.credit.missing if is_this_year else Decimal(0)
    context = {
        "year": months,
        "credit": months.credit,
        "told_lines": told(lines),
        "years": sorted({today.year, *years}, reverse=True),
        "is_this_year": is_this_year,
        "on_the_way": jp_on_the_way(request.user) if short else Decimal(0),
        "suggestions": suggestions_for(request.user, short),
        "daily_rule": next((line.credit.rule for line in lines if line.credit.is_e_learning_capped), None),
    }
    return page(request, "enrollments/classroom/my_jp.html", context)


def _own_place(request: SignedIn, enrollment_id: int) -> Enrollment:
    place = own_place(request.user, enrollment_id)
    if place is None:
        raise Http404
    return place


def _wants_json(request: SignedIn) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _sign_in_first(request: SignedIn) -> HttpResponse:
    """A script is told so; a person signs in and comes back to this lesson."""
    if _wants_json(request):
        return problem(401, _("Your session has ended. Sign in again; your answers are kept on this device."))
    return redirect_to_login(request.path)


def _fields(request: SignedIn) -> dict[str, Any]:
    """A JSON object, or a form's fields: text, or a list where a field came more than once."""
    if request.content_type == "application/json":
        try:
            found = json.loads(request.body or b"{}")
        except ValueError as error:
            raise Unreadable(_("This is no JSON object.")) from error
        if not isinstance(found, dict):
            raise Unreadable(_("This is no JSON object."))
        return found
    skip = {"csrfmiddlewaretoken", "idempotency_key"}
    lists = {name: values for name, values in request.POST.lists() if name not in skip}
    return {name: values[0] if len(values) == 1 else values for name, values in lists.items()}


def _number(value: Any) -> int | None:
    if value in (None, ""):
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise Unreadable(_("The number of the input is not a whole number above zero.")) from error


def _input(request: SignedIn, enrollment: Enrollment, here: Lesson) -> HttpResponse:
    data: dict[str, Any] = {}
    try:
        data = _fields(request)
        seq = _number(data.pop("seq", None))
        if data.pop("begin", None):
            attempt = begin(enrollment, here, by=request.user)
        else:
            attempt = take_input(enrollment, here, data, by=request.user, seq=seq)
    except Unreadable as error:
        if _wants_json(request):
            return problem(422, str(error))
        return _lesson_page(request, enrollment, here.uid, error=str(error), typed=data)
    except Refusal as refusal:
        if _wants_json(request):
            return problem(409, str(refusal.sentence))
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(request.path)
    if _wants_json(request):
        return JsonResponse(answer_of(attempt, seat(enrollment, here)))
    was_active = enrollment.status == Enrollment.Status.ACTIVE
    enrollment.refresh_from_db(fields=["status"])
    if was_active and enrollment.status == Enrollment.Status.COMPLETED:
        return redirect("finished", enrollment.pk)
    return HttpResponseRedirect(request.get_full_path())


def _lesson_page(
    request: SignedIn, enrollment: Enrollment, uid: UUID, *, error: str = "", typed: dict[str, Any] | None = None
) -> HttpResponse:
    screen = lesson_screen(enrollment, uid)
    if screen is None:
        raise Http404
    context = {
        **screen.learn_context(),
        "screen": screen,
        "enrollment": enrollment,
        "lesson": screen.here.lesson,
        "kind": screen.seat.kind,
        "attempt": screen.seat.attempt,
        "seat": screen.seat,
        "may_begin": screen.may_begin,
        "attempts_left": screen.seat.left,
        "input_url": request.path,
        "begin_url": request.path,
        "preview": False,
        "pass_mark": None if screen.here.lesson.is_pre_test else enrollment.version.pass_mark,
        "error": error,
        "typed": typed or {},
    }
    return page(request, "enrollments/classroom/lesson.html", context, status=422 if error else 200)
