"""One's own long work: how far it is, its file, stopping it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.jobs.actions import cancel_job, retry_job
from accounts.jobs.models import Job
from asn_lms.lib.pages import page, page_they_came_from

SHOWN = 30


@login_required
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    mine = Job.objects.owned_by(request.user)[:SHOWN]
    return page(request, "accounts/jobs/list.html", {"jobs": mine})


@login_required
@require_safe
def job(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = get_object_or_404(Job.objects.owned_by(request.user), uid=uid)
    return page(request, "accounts/jobs/job.html", {"job": found})


@login_required
@require_safe
def job_file(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The result, as a download, for its owner alone."""
    found = get_object_or_404(Job.objects.owned_by(request.user), uid=uid)
    if not found.file or not found.file.storage.exists(found.file.name or ""):
        raise Http404
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.file_name)


@login_required
@require_POST
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = get_object_or_404(Job.objects.owned_by(request.user), uid=uid)
    cancel_job(found, by=request.user)
    messages.success(request, _("The work was stopped. What was done before stays."))
    return redirect(page_they_came_from(request) or found.get_absolute_url())


@login_required
@require_POST
def retry(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = get_object_or_404(Job.objects.owned_by(request.user), uid=uid)
    retry_job(found, by=request.user)
    return redirect(page_they_came_from(request) or found.get_absolute_url())
