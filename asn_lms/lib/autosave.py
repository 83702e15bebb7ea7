"""What a form that saves itself (`data-autosave`, static/js/autosave.js) is answered: one line, and parts of the page that follow."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from asn_lms.lib.pages import page


def saved_line(
    request: HttpRequest, *forms: Any, is_saved: bool, template: str = "parts/saved_line.html", **context: Any
) -> HttpResponse:
    """When it was saved; or, with the first thing that is wrong in one of the forms, that it was not. `template` includes the line,
    and may add `<template data-into="id">…</template>` for other places of the page.
    """
    why = "" if is_saved else next(filter(None, map(_first_error, forms)), "")
    said: Mapping[str, Any] = {**context, "is_saved": is_saved, "at": timezone.now(), "why": why}
    return page(request, template, said)


def _first_error(form: Any) -> str:
    """The first thing that is wrong with a form, with the name of its field."""
    for name, errors in getattr(form, "errors", {}).items():
        label = f"{form.fields[name].label}: " if name in getattr(form, "fields", {}) else ""
        return f"{label}{errors[0]}"
    return ""
