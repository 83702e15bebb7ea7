"""The evaluation of a course, for its officers: page and workbook."""

import io

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.people.signed_in import SignedIn
from asn_lms.lib.pages import page
from courses.publishing.desk import desk_or_404
from courses.structure.models import Course
from enrollments.cohorts.models import Cohort
from enrollments.surveys.book import write_evaluation
from enrollments.surveys.evaluation import Evaluation, Scope, evaluation

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_COHORTS = 100


@login_required
@require_safe
def course_evaluation(request: SignedIn, code: str) -> HttpResponse:
    desk = desk_or_404(request.user, code)
    cohorts = list(
        Cohort.objects.run_by(request.user).filter(course=desk.course).order_by("-starts_on", "-pk")[:MOST_COHORTS]
    )
    context = {
        "desk": desk,
        "tabs": desk.tabs("course-evaluation"),
        "found": _found(request, desk.course, cohorts),
        "cohorts": cohorts,
    }
    return page(request, "enrollments/surveys/evaluation.html", context)


@login_required
@require_safe
def course_evaluation_file(request: SignedIn, code: str) -> HttpResponse:
    """The same figures as a workbook."""
    desk = desk_or_404(request.user, code)
    cohorts = list(Cohort.objects.run_by(request.user).filter(course=desk.course))
    found = _found(request, desk.course, cohorts)
    file = io.BytesIO()
    write_evaluation(file, found, desk.title)
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="evaluasi-{desk.course.code.lower()}.xlsx"'
    return response


def _found(request: SignedIn, course: Course, cohorts: list[Cohort]) -> Evaluation:
    """Of one cohort where the address names one of this course's, else of the whole course."""
    wanted = request.GET.get("cohort", "")
    cohort = next((one for one in cohorts if str(one.pk) == wanted), None)
    return evaluation(Scope(course, cohort))
