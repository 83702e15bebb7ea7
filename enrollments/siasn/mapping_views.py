"""The mapping in the office: what is missing first, each on a page of two or three fields."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.agencies.models import Agency
from accounts.people.signed_in import SignedIn
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from courses.structure.models import Course
from courses.taxonomy.models import TrainingType
from enrollments.siasn.forms import AgencyForm, CourseForm, PointForm, TypeForm
from enrollments.siasn.mapping import edit_points, map_agency, map_course, map_type
from enrollments.siasn.models import AgencyMapping, CourseMapping, IndexPoint, TypeMapping
from enrollments.siasn.queries import mapping_page
from enrollments.siasn.rules import may_edit_points, may_map_agency, may_open


@login_required
@require_safe
def mapping(request: SignedIn) -> HttpResponse:
    if not may_open(request.user):
        raise PermissionDenied
    return page(request, "enrollments/siasn/mapping.html", {"found": mapping_page(request.user)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agency(request: SignedIn, agency_id: int) -> HttpResponse:
    about = _government(request, agency_id)
    form = AgencyForm(request.POST or None, known=AgencyMapping.objects.filter(agency=about).first())
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            map_agency(about, by=request.user, **form.cleaned_data)
            messages.success(request, _("Saved. What waited for it goes on."))
            return redirect("office-siasn-mapping")
    lead = _("By which id SIASN knows this government.")
    return _form(request, form, about.name, lead)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def training_type(request: SignedIn, agency_id: int, code: str) -> HttpResponse:
    about = _government(request, agency_id)
    kind = get_object_or_404(TrainingType, code=code)
    known = TypeMapping.objects.filter(instansi=about, training_type=kind).first()
    form = TypeForm(request.POST or None, kind=kind, known=known)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            map_type(about, kind, by=request.user, **form.cleaned_data)
            messages.success(request, _("Saved. What waited for it goes on."))
            return redirect("office-siasn-mapping")
    lead = _("How %(agency)s reports this kind of training (jenisDiklatId %(code)s).") % {
        "agency": about.name,
        "code": kind.code,
    }
    return _form(request, form, kind.name, lead)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def course(request: SignedIn, code: str) -> HttpResponse:
    about = get_object_or_404(Course.objects.managed_by(request.user).select_related("organiser", "current"), code=code)
    form = CourseForm(request.POST or None, course=about, known=CourseMapping.objects.filter(course=about).first())
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            map_course(about, by=request.user, **form.cleaned_data)
            messages.success(request, _("Saved. What waited for it goes on."))
            return redirect("office-siasn-mapping")
    lead = _(
        "What SIASN wants to know of this course. A published version cannot change; what is said here goes before it."
    )
    return _form(request, form, about.current.title if about.current else about.code, lead)


@login_required
@require_safe
def points(request: SignedIn) -> HttpResponse:
    """The table by which estimates of IP-ASN are made; open to everybody, as the law is."""
    context = {"rows": IndexPoint.objects.all(), "may_edit": may_edit_points(request.user)}
    return page(request, "enrollments/siasn/points.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def point(request: SignedIn, pk: int) -> HttpResponse:
    if not may_edit_points(request.user):
        raise Http404
    row = get_object_or_404(IndexPoint, pk=pk)
    form = PointForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            edit_points(row, by=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("index-points")
    title = f"{row.get_posts_display()}: {row.get_column_display()}".capitalize()
    lead = _(
        "Estimates follow these figures at once. With a later first day, this row ends the day before and a new one begins."
    )
    context: dict[str, Any] = {
        "form": form,
        "title": title,
        "lead": lead,
        "back": reverse("index-points"),
        "back_label": _("IP-ASN points"),
    }
    return page(request, "enrollments/siasn/form.html", context)


def _government(request: SignedIn, agency_id: int) -> Agency:
    """A government whose training officer the person is; 404 for everybody else."""
    found = get_object_or_404(Agency, pk=agency_id)
    if not may_map_agency(request.user, found):
        raise Http404
    return found


def _form(request: SignedIn, form: Any, title: str, lead: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "back": reverse("office-siasn-mapping"),
        "back_label": _("Data for SIASN"),
    }
    return page(request, "enrollments/siasn/form.html", context)
