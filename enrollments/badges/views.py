"""The credential as a file, and what others need to check one: keys, lists, words, and the page that works without network."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from asn_lms.lib.throttle import allowed, slow_down
from enrollments.badges import checker, queries
from enrollments.badges.files import credential_response, vc_response
from enrollments.certificates.queries import public_certificate

# As many as for the page beside it; each is a signature.
PER_MINUTE = 60
# Keys and lists are asked for by other people's servers, many people behind one address.
LOOK_UPS_PER_MINUTE = 300


@require_safe
def credential(request: HttpRequest, public_id: str) -> HttpResponse:
    """Public, as the page of the certificate is: who has the code has the paper."""
    if not allowed(request, "verify", per_minute=PER_MINUTE):
        response = slow_down(request)
    elif found := queries.signed_credential(public_id):
        response = _open_to_other_sites(credential_response(request, found), keep=0)
    elif public_certificate(public_id):
        # Revoked, or its badge is only just being given: the page says how it stands.
        response = redirect("verify", public_id)
    else:
        response = render(request, "enrollments/certificates/unknown.html", status=404)
    response.headers.setdefault("Cache-Control", "no-store")
    return _unlisted(response)


@require_safe
def status(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A status list as of now. Whoever keeps a copy keeps it for a minute at most."""
    answer = _looked_up(request, lambda: queries.signed_status(slug, number, timezone.now()))
    if not isinstance(answer, dict):
        return answer
    response = vc_response(request, answer, f"status-{slug}-{number}.json")
    return _unlisted(_open_to_other_sites(response, keep=60))


@require_safe
def keys(request: HttpRequest, slug: str) -> HttpResponse:
    """The issuer's DID document, at the address that its did:web names."""
    answer = _looked_up(request, lambda: queries.published_keys(slug))
    if not isinstance(answer, dict):
        return answer
    return _open_to_other_sites(JsonResponse(answer, content_type="application/did+json"), keep=300)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The words that credentials use beside the standard's own, for people and machines."""
    graph = [{"@id": f"#{word}", "rdfs:comment": meaning} for word, meaning in checker.OWN_WORDS.items()]
    document = {
        "@context": {"@base": queries.address("badge-terms"), "rdfs": "http://www.w3.org/2000/01/rdf-schema#"},
        "@graph": graph,
    }
    return _open_to_other_sites(JsonResponse(document, content_type="application/ld+json"), keep=3600)


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """The page that checks a credential within the browser."""
    return _unlisted(render(request, "enrollments/badges/check.html", {"data": checker.data()}))


@require_safe
def check_file(request: HttpRequest) -> HttpResponse:
    """The same page as one file that needs no network, with the keys of this installation in it."""
    if not allowed(request, "badges", per_minute=PER_MINUTE):
        return slow_down(request)
    response = HttpResponse(checker.one_file())
    response["Content-Disposition"] = 'attachment; filename="periksa-kredensial.html"'
    return _unlisted(response)


def _looked_up(request: HttpRequest, look: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | HttpResponse:
    if not allowed(request, "badges", per_minute=LOOK_UPS_PER_MINUTE):
        return slow_down(request)
    found = look()
    if found is None:
        raise Http404
    return found


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _open_to_other_sites(response: HttpResponse, *, keep: int) -> HttpResponse:
    """For scripts of any site, without cookies; others may keep it for so many seconds."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={keep}" if keep else "no-store"
    return response
