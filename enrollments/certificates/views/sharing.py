"""Showing a certificate to others by a link that can be taken back."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.people.signed_in import SignedIn
from asn_lms.lib.pages import page
from asn_lms.lib.throttle import allowed, slow_down
from enrollments.certificates.actions.sharing import share, stop_sharing
from enrollments.certificates.downloading import WITH_SURVEY, AnswersFirst, refuse_unanswered
from enrollments.certificates.forms import CompareForm
from enrollments.certificates.keeping import paper_response
from enrollments.certificates.models import Certificate, ShareLink
from enrollments.certificates.queries import public_certificate
from enrollments.certificates.views.public import CHECKS_PER_MINUTE, unkept


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def share_page(request: SignedIn, pk: int) -> HttpResponse:
    """The learner's own page of the link: make it, hand it on, take it back."""
    rows = Certificate.objects.held_by(request.user).ready().select_related(*WITH_SURVEY)
    certificate = get_object_or_404(rows, pk=pk)
    try:
        refuse_unanswered(certificate, request.user)
    except AnswersFirst:
        return redirect("survey-before-download", certificate.enrollment_id)
    if request.method == "POST":
        if request.POST.get("do") == "stop":
            stop_sharing(certificate, by=request.user)
            messages.success(request, _("Taken back. The link leads nowhere now."))
        else:
            share(certificate, by=request.user)
        return redirect("certificate-share", pk)
    link = certificate.links.live().first()
    address = settings.SITE_URL + reverse("shared", args=[link.token]) if link else ""
    said = f"{certificate.course_title}: {address}" if link else ""
    context = {"certificate": certificate, "link": link, "address": address, "said": said}
    return page(request, "enrollments/certificates/share.html", context)


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Public, for who has the link: the certificate as its public page shows it, and its file."""
    if not allowed(request, "verify", per_minute=CHECKS_PER_MINUTE):
        return unkept(slow_down(request))
    link = _live(token)
    found = public_certificate(link.certificate.public_id) if link else None
    if link is None or found is None:
        return unkept(render(request, "enrollments/certificates/not_shared.html", status=404))
    context = {
        "certificate": found,
        "public_id": link.certificate.public_id,
        "checked_at": timezone.now(),
        "file_form": CompareForm(),
        "shared": link,
    }
    return unkept(render(request, "enrollments/certificates/verify.html", context))


@require_safe
def shared_paper(request: HttpRequest, token: str) -> HttpResponseBase:
    if not allowed(request, "verify", per_minute=CHECKS_PER_MINUTE):
        return unkept(slow_down(request))
    link = _live(token)
    if link is None or not link.certificate.file:
        return unkept(render(request, "enrollments/certificates/not_shared.html", status=404))
    response = paper_response(link.certificate)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response


def _live(token: str) -> ShareLink | None:
    return ShareLink.objects.live().select_related("certificate").filter(token=token).first()
