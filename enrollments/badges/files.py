"""Credentials and lists as answers: the registered type for who asks for it, plain JSON for the many programs that do not."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

VC = "application/vc"


def vc_response(request: HttpRequest, document: dict[str, Any], name: str) -> HttpResponse:
    """A signed document as a download; `name` is what a browser calls the file."""
    wants_vc = VC in request.headers.get("Accept", "")
    content = json.dumps(document, ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type=VC if wants_vc else "application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Vary"] = "Accept"
    return response


def credential_response(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    """A credential as a download, named after its number."""
    number = document["credentialSubject"]["licenseNumber"]
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in f"Kredensial-{number}")
    response = vc_response(request, document, f"{name}.json")
    response["Cache-Control"] = "no-store"
    return response
