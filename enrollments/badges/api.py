"""`GET /api/v1/certificates/{id}/credential`: the same file as on the page, for who may see the certificate."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router

from accounts.people import asking
from enrollments.badges.files import credential_response
from enrollments.badges.queries import signed_credential
from enrollments.certificates.models import Certificate

router = Router(tags=["certificates"])


@router.get("/certificates/{certificate_id}/credential", summary="The certificate as an Open Badges 3.0 credential")
def credential(request: HttpRequest, certificate_id: int) -> HttpResponse:
    row = get_object_or_404(Certificate.objects.visible_to(asking.person(request)), pk=certificate_id)
    found = signed_credential(row.public_id)
    if found is None:
        raise Http404
    return credential_response(request, found)
