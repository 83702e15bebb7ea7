"""The author's desk: list, new course, details, versions and history."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from courses.authoring import actions
from courses.authoring.forms import DetailsForm, NewCourseForm
from courses.authoring.history import sentences
from courses.authoring.queries import GROUPS, history_of, office_courses
from courses.publishing.desk import desk_or_404
from courses.structure.models import CourseVersion


def _officers_only(request: HttpRequest) -> None:
    if not has_role(request.user, RoleGrant.Role.OFFICER):
        raise PermissionDenied


@login_required
@require_GET
def course_list(request: HttpRequest) -> HttpResponse:
    _officers_only(request)
    search, group = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")
    found = office_courses(request.user, search=search, group=group, after=request.GET.get("after", ""))
    labels = {
        "writing": _("Being written"),
        "review": _("In review"),
        "approved": _("Approved"),
        "published": _("Published"),
        "retired": _("Retired"),
    }
    chips = [(name, labels[name], found.counts[name]) for name in GROUPS if found.counts[name] or name == group]
    context = {
        "found": found,
        "search": search,
        "group": group if group in GROUPS else "",
        "chips": chips,
        "all": sum(found.counts.values()),
    }
    return page(request, "courses/authoring/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_course(request: HttpRequest) -> HttpResponse:
    _officers_only(request)
    form = NewCourseForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            draft = actions.create_course(
                form.cleaned_data["title"], form.cleaned_data["organiser"], by=_person(request)
            )
            messages.success(request, _("The course is made. Now give it an outline."))
            return redirect("course-outline", draft.course.code)
    return page(request, "courses/authoring/new.html", {"form": form})


@login_required
@require_GET
def course(request: HttpRequest, code: str) -> HttpResponse:
    """Versions and history of one course."""
    desk = desk_or_404(request.user, code)
    lines = sentences(history_of(desk.course, desk.versions), desk.versions)
    return page(
        request, "courses/authoring/course.html", {"desk": desk, "tabs": desk.tabs("office-course"), "lines": lines}
    )


@login_required
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, code: str) -> HttpResponse:
    desk = desk_or_404(request.user, code)
    version = desk.version
    form = DetailsForm(
        request.user,
        request.POST or None,
        instance=CourseVersion.objects.select_related("course__organiser").get(pk=version.pk),
    )
    if not desk.may_edit:
        for field in form.fields.values():
            field.disabled = True
    elif request.method == "POST" and form.is_valid():
        with beside_fields(form):
            actions.edit_details(version, form.details(), by=_person(request))
            actions.change_organiser(desk.course, form.cleaned_data["organiser"], by=_person(request))
            messages.success(request, _("Saved."))
            return redirect("course-details", code)
    return page(
        request, "courses/authoring/details.html", {"desk": desk, "tabs": desk.tabs("course-details"), "form": form}
    )


@login_required
@require_POST
def begin_draft(request: HttpRequest, code: str) -> HttpResponse:
    draft = actions.next_draft(desk_or_404(request.user, code).course, by=_person(request))
    messages.success(
        request,
        _("Version %(number)d is on the desk. Learners see it only after it is published.") % {"number": draft.number},
    )
    return redirect("course-outline", code)


@login_required
@require_POST
def discard_draft(request: HttpRequest, code: str) -> HttpResponse:
    desk = desk_or_404(request.user, code)
    actions.discard_draft(desk.version, by=_person(request))
    messages.success(request, _("The draft is thrown away."))
    return redirect("office-course", code)


def _person(request: HttpRequest) -> Any:
    return request.user
