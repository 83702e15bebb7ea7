"""Serving files by signed links."""

from http import HTTPStatus
from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from asn_lms.lib.headers import policy_for_upload
from courses.files.links import read_token
from courses.files.models import MediaFile
from courses.files.ranges import Unsatisfiable, part_of, read_part

# Shown in place; everything else is only ever downloaded.
SHOWN = {"image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm", "text/vtt", "application/pdf"}


@require_safe
def media(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """The file, its light version (`?light`, where there is one), or a part of either. The link itself is the permission: pages hand it out only to whom they show the lesson."""
    found = read_token(token)
    row = MediaFile.objects.filter(uid=found[0]).first() if found else None
    if found is None or row is None or not row.is_ready:
        raise Http404
    is_light = "light" in request.GET and row.light_size > 0
    etag = f'"{row.sha256[:32]}{"-light" if is_light else ""}"'
    response = _answer(request, row.light if is_light else row.file, row.light_size if is_light else row.size, etag)
    content_type = "video/mp4" if is_light and row.content_type.startswith("video/") else row.content_type
    response["Content-Type"] = "text/vtt; charset=utf-8" if content_type == "text/vtt" else content_type
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = f"private, max-age={int(found[1].total_seconds())}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = policy_for_upload(row.content_type)
    download = row.content_type not in SHOWN or "download" in request.GET
    response["Content-Disposition"] = content_disposition_header(download, row.name) or "inline"
    return response


def _answer(request: HttpRequest, stored: FieldFile, size: int, etag: str) -> HttpResponseBase:
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified()
    if settings.MEDIA_ACCEL:
        response = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL.rstrip('/')}/{quote(str(stored.name))}"
        return response
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""
    try:
        part = part_of(asked, size)
    except Unsatisfiable:
        return HttpResponse(
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"}
        )
    first, last = part or (0, size - 1)
    try:
        file = stored.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    answer = StreamingHttpResponse(read_part(file, first, last))
    answer["Content-Length"] = str(last - first + 1)
    if part:
        answer.status_code = HTTPStatus.PARTIAL_CONTENT
        answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    return answer
