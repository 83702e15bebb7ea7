"""`GET /api/v1/certificates`, `GET /api/v1/certificates/{id}/pdf`: the person's own, and what their units issued."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Router, Schema

from accounts.people import asking
from asn_lms.lib.cursor import Cursor, Limit, newest_first
from enrollments.certificates.downloading import WITH_SURVEY, refuse_unanswered
from enrollments.certificates.keeping import paper_response
from enrollments.certificates.models import Certificate

router = Router(tags=["certificates"])


class CertificateOut(Schema):
    id: int
    state: str
    number: str
    course: str
    jp: Decimal
    issued_on: date
    enrollment: int
    verify_url: str
    size: int


class CertificatesOut(Schema):
    items: list[CertificateOut]
    next_cursor: int | None


@router.get("/certificates", response=CertificatesOut, summary="Own certificates, newest first")
def certificates(request: HttpRequest, limit: Limit = 50, cursor: Cursor = None) -> CertificatesOut:
    mine = Certificate.objects.held_by(asking.person(request)).select_related("enrollment__version")
    rows, following = newest_first(mine, cursor, limit)
    return CertificatesOut(items=[_shown(row) for row in rows], next_cursor=following)


def _shown(row: Certificate) -> CertificateOut:
    version = row.enrollment.version
    return CertificateOut(
        id=row.pk,
        state=row.state,
        number=row.number,
        course=row.course_title or version.title,
        jp=row.jp if row.frozen_at else version.jp,
        issued_on=row.issued_on,
        enrollment=row.enrollment_id,
        verify_url=settings.SITE_URL + reverse("verify", args=[row.public_id]),
        size=row.size,
    )


@router.get("/certificates/{certificate_id}/pdf", summary="The paper")
def paper(request: HttpRequest, certificate_id: int) -> FileResponse:
    """409 for the learner while a survey stands before the download."""
    person = asking.person(request)
    visible = Certificate.objects.visible_to(person).exclude(file="").select_related(*WITH_SURVEY)
    certificate = get_object_or_404(visible, pk=certificate_id)
    refuse_unanswered(certificate, person)
    return paper_response(certificate)
