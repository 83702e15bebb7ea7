"""What training brought, for who heads a unit: sums over the people of their subtree."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from asn_lms.lib.pages import page
from courses.structure.models import Course
from enrollments.reports.shown import shown_to
from enrollments.reports.views import asked
from enrollments.surveys.evaluation import Scope, courses_of_unit, evaluation, title_of


@login_required
@require_safe
def evaluations(request: HttpRequest) -> HttpResponse:
    about = asked(request)
    told = shown_to(request.user, lambda: courses_of_unit(about.agency))
    context = {"about": about, "told": told, "courses": told.value}
    return page(request, "enrollments/reports/evaluations.html", context)


@login_required
@require_safe
def course_evaluation(request: HttpRequest, code: str) -> HttpResponse:
    """A course by the levels; what its trainers were told is their organiser's."""
    about = asked(request)
    ever_published = Course.objects.filter(versions__published_at__isnull=False).distinct()
    course = get_object_or_404(ever_published.select_related("current"), code=code)
    told = shown_to(request.user, lambda: evaluation(Scope(course, unit=about.agency)))
    context = {"about": about, "told": told, "found": told.value, "title": title_of(course)}
    return page(request, "enrollments/reports/evaluation.html", context)
