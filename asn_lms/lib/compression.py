"""Pages go over the wire compressed: a learner's next page weighs about a third.

Only text that was made for this answer, in one piece: files are served in ranges, static files were compressed at set-up, pictures and
papers would gain nothing. Against BREACH, Django adds up to 100 random bytes, the token of forms changes its face in each answer, and
the session cookie does not come along from other sites (docs/decisions/pages-are-compressed.md).
"""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = ("text/html", "text/plain", "application/json", "application/problem+json")


class CompressionMiddleware(GZipMiddleware):
    """gzip for answers whose type is listed."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if not isinstance(response, HttpResponse) or kind not in COMPRESSED:
            return response
        return super().process_response(request, response)
