"""Course packages in and out, from screens."""

from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.jobs.models import Job
from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from courses.packages.errands import EXPORT, IMPORT, start_export, start_import
from courses.packages.forms import PackageForm
from courses.publishing.desk import desk_or_404


@login_required
@require_http_methods(["GET", "POST"])
def import_course(request: HttpRequest) -> HttpResponse:
    if not has_role(request.user, RoleGrant.Role.OFFICER):
        raise PermissionDenied
    form = PackageForm(request.user, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            job = start_import(form.cleaned_data["file"], form.cleaned_data["organiser"], by=cast(Any, request.user))
            return redirect("course-package", job.uid)
    return page(request, "courses/packages/import.html", {"form": form})


@login_required
@require_POST
def export_course(request: HttpRequest, code: str) -> HttpResponse:
    """The version at hand: a draft when there is one, else what is published."""
    desk = desk_or_404(request.user, code)
    number = request.POST.get("version", "")
    version = next((one for one in desk.versions if str(one.number) == number), desk.version)
    return redirect("course-package", start_export(version, by=cast(Any, request.user)).uid)


def _job(request: HttpRequest, uid: UUID) -> Job:
    return get_object_or_404(Job.objects.owned_by(request.user).filter(task__in=[IMPORT, EXPORT]), uid=uid)


@login_required
@require_GET
def job_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    job = _job(request, uid)
    return page(request, "courses/packages/job.html", {"job": job, "is_import": job.task == IMPORT})


@login_required
@require_GET
def download(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The package, to the person who asked for it, as long as it is kept (seven days)."""
    job = _job(request, uid)
    stored = job.file.name or ""
    if not stored or not job.file.storage.exists(stored):
        raise Http404
    name = stored.rsplit("/", 1)[-1]
    if settings.MEDIA_ACCEL:
        response = HttpResponse(content_type="application/zip")
        response["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL.rstrip('/')}/{quote(stored)}"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return response
    return FileResponse(job.file.open("rb"), as_attachment=True, filename=name, content_type="application/zip")
