"""A double click or a retry gets the first answer again.

The key's row, the effect and the kept answer are committed together: a second request with the same key waits on the unique index
until the first is through, then reads its answer. A kill in between leaves neither effect nor key. Source: the Idempotency-Key
header draft of the IETF HTTP API group.
"""

from collections.abc import Callable
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.jobs.models import IdempotencyKey
from asn_lms.lib.refusals import problem

FIELD = "idempotency_key"
IGNORED = {FIELD, "csrfmiddlewaretoken"}
# Sign-in, sign-out and reset have no person to keep the key for, or end the session that sent it. Signing carries a secret,
# whose fingerprint must not be kept, and waits for another server, which no transaction may; each paper is signed once anyway.
EXEMPT = (
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/password/reset/",
    "/accounts/reauthenticate/",
    "/signing/",
)
# Confidential answers: a fingerprint of the body, or a page that shows it again, would join a person to what they said. Their key is
# kept alone; only "go on to the next page" is answered from memory.
UNREAD = ("/surveys/",)
KEPT_HEADERS = ("Content-Type", "Location", "HX-Redirect", "HX-Location", "HX-Trigger", "HX-Refresh")
LARGEST_KEPT = 512 * 1024
# Refused at the door, with nothing done: whoever comes again with what was missing must not be refused from memory.
PASSING = {401, 403, 429}
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class IdempotencyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE or request.path.startswith(EXEMPT) or not request.user.is_authenticated:
            return self.get_response(request)
        key = request.headers.get("Idempotency-Key") or request.POST.get(FIELD, "")
        if not key:
            return self.get_response(request)
        return self._answer_once(request, key[:100])

    def _answer_once(self, request: HttpRequest, key: str) -> HttpResponse:
        place = {"person_id": request.user.pk, "path": request.get_full_path()[:300], "key": key}
        is_unread = request.path.startswith(UNREAD)
        fingerprint = "" if is_unread else _fingerprint(request)
        try:
            with transaction.atomic():
                with transaction.atomic():  # the unique index makes a twin wait here
                    row = IdempotencyKey.objects.create(**place, body_hash=fingerprint)
                response = self.get_response(request)
                is_shown_again = is_unread and response.status_code != 302
                if (
                    response.status_code >= 500
                    or response.status_code in PASSING
                    or is_shown_again
                    or not _can_be_kept(response)
                ):
                    if response.status_code >= 500:
                        transaction.set_rollback(True)
                    else:
                        row.delete()
                    return response
                row.status = response.status_code
                row.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
                row.body = response.content
                row.save(update_fields=["status", "headers", "body"])
                return response
        except IntegrityError:
            kept = IdempotencyKey.objects.filter(**place).first()
            if kept is None:
                raise
        if kept.body_hash != fingerprint:
            return _other_body(request)
        return HttpResponse(
            bytes(kept.body), status=kept.status, headers={**kept.headers, "Idempotency-Replayed": "true"}
        )


def _can_be_kept(response: HttpResponse) -> bool:
    return not response.streaming and len(response.content) <= LARGEST_KEPT


def _fingerprint(request: HttpRequest) -> str:
    """SHA-256 over the body, that field and the CSRF token aside; files count by name and content."""
    digest = sha256()
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        for name in sorted(set(request.POST) - IGNORED):
            digest.update(f"{name}={request.POST.getlist(name)!r};".encode())
        for name in sorted(request.FILES):
            for upload in request.FILES.getlist(name):
                digest.update(f"{name}:{getattr(upload, 'name', '')};".encode())
                for chunk in upload.chunks():
                    digest.update(chunk)
                upload.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()


def _other_body(request: HttpRequest) -> HttpResponse:
    sentence = _("This was already sent with other content. Reload the page and send it again.")
    if request.path.startswith("/api/"):
        return problem(409, sentence)
    return HttpResponse(sentence, status=409, content_type="text/plain; charset=utf-8")
