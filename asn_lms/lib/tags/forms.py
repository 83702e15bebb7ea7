"""Forms: what stands first in each, a field with all that belongs to it, a form whole."""

from __future__ import annotations

import uuid
from typing import Any

from django import template
from django.forms import BoundField, ClearableFileInput, FileInput, Form, IntegerField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from asn_lms.lib.tags.library import register

_SHORT_WIDGETS = {"date", "time", "datetime", "number"}
_SHAPES = {
    "radioselect": "choices",
    "checkboxselectmultiple": "choices",
    "checkbox": "checkbox",
    "clearablefile": "file",
    "file": "file",
    "severalfiles": "file",
}


@register.simple_tag
def idempotency() -> SafeString:
    """The hidden key by which a second click on the same form is recognised."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid.uuid4())


@register.inclusion_tag("parts/form_head.html", takes_context=True)
def form_head(context: template.Context, form: Form | None = None) -> dict[str, Any]:
    """First thing inside every `<form method="post">`: CSRF, idempotency key, hidden fields, and what went wrong."""
    return {"csrf_token": context.get("csrf_token"), "form": form}


@register.inclusion_tag("parts/form.html", takes_context=True)
def whole_form(
    context: template.Context,
    form: Form,
    *,
    submit: str,
    action: str = "",
    cancel: str = "",
    keep: str = "",
    keep_from: str = "",
    tone: str = "main",
) -> dict[str, Any]:
    """A whole form: its fields in order, one main button, a way back. `keep` is a name under which typed text
    survives; with `keep_from="click"` only from the moment of sending, for forms that change what exists.
    """
    return {
        "csrf_token": context.get("csrf_token"),
        "form": form,
        "submit": submit,
        "action": action,
        "cancel": cancel,
        "keep": keep,
        "keep_from": keep_from,
        "tone": tone,
    }


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, *, size: str = "", hint: str = "", **attrs: str | bool) -> dict[str, Any]:
    """Label, hint, error, input, in this order, for any widget. `size` is short or wide; other names go to the input.

    `{% field form.nip inputmode="numeric" autocomplete="username" %}`; underscores become hyphens.
    """
    kind = bound.widget_type
    widget = bound.field.widget
    shape = _SHAPES.get(kind, "fieldset" if bound.use_fieldset else "input")
    given: dict[str, Any] = {name.replace("_", "-"): value for name, value in attrs.items()}
    if shape != "checkbox":
        given["class"] = f"input {widget.attrs.get('class', '')}".strip()
    is_number = shape == "input" and isinstance(bound.field, IntegerField)  # decimals and floats are its children
    if size == "short" or (
        not size and (kind in _SHORT_WIDGETS or shape == "fieldset" or (is_number and kind == "text"))
    ):
        given.setdefault("data-size", "short")
    if is_number and kind == "text":
        given.setdefault("inputmode", "numeric" if type(bound.field) is IntegerField else "decimal")
    if shape == "fieldset":
        given["aria-labelledby"] = f"{bound.auto_id}_legend"
    if kind == "date":
        given.setdefault("inputmode", "numeric")
        given.setdefault("autocomplete", "off")
    stored = bound.initial if isinstance(widget, ClearableFileInput) else None
    drawn: str
    if isinstance(widget, ClearableFileInput):
        # Its own template says "Currently: …" with line breaks; ours says it in a sentence above the input.
        drawn = FileInput(attrs=widget.attrs).render(
            bound.html_name, None, bound.build_widget_attrs({**given, "id": bound.auto_id}, widget)
        )
    else:
        drawn = bound.as_widget(attrs=given) if shape != "choices" else ""
    return {
        "field": bound,
        "shape": shape,
        "input": drawn,
        "hint": hint or bound.help_text,
        "several": kind == "checkboxselectmultiple",
        "wide": size == "wide",
        "stored": getattr(stored, "name", "").rpartition("/")[2] if stored else "",
    }


@register.filter
def field_anchor(bound: BoundField) -> str:
    """The id that a link in the error summary jumps to."""
    return bound.id_for_label or bound.auto_id
