"""Template tags and filters, `{% load lms %}`. What each draws is listed in docs/screens.md."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.forms import BoundField, ClearableFileInput, FileInput, Form, IntegerField
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from asn_lms.lib import charts, richtext, words

register = template.Library()

# ── Numbers and names ────────────────────────────────────────────────────────────────────────────────────────────────

register.filter("jp", words.jp)
register.filter("percent", words.percent)
register.filter("score", words.score)
register.filter("roman", words.roman)
register.filter("counted", words.counted)
register.filter("nip", words.spaced_nip)
register.filter("mask_nip", words.mask_nip)
register.filter("initials", words.initials)
register.filter("size", words.file_size)
register.filter("stopwatch", words.stopwatch)
register.filter("richtext", richtext.render)


@register.filter
def thousands(value: words.Number) -> str:
    """`12.480`"""
    return words.number(value, places=0)


@register.filter
def share_of(part: words.Number, whole: words.Number) -> str:
    """`{{ 71|share_of:112 }}` → `63,4%`"""
    return words.share(part, whole)


@register.filter
def minutes(value: int) -> str:
    """`25 menit`, `1 jam 30 menit`"""
    hours, rest = divmod(int(value), 60)
    parts = []
    if hours:
        parts.append(_("%(count)s hr") % {"count": hours})
    if rest or not hours:
        parts.append(_("%(count)s min") % {"count": rest})
    return " ".join(parts)


# ── Days and hours ───────────────────────────────────────────────────────────────────────────────────────────────────


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def day(value: date | datetime | None) -> str:
    """`5 Maret 2026`, in the reader's zone."""
    return format_date(_local(value), "j F Y") if value else words.NONE


@register.filter
def day_short(value: date | datetime | None) -> str:
    """`5 Mar`"""
    return format_date(_local(value), "j M") if value else words.NONE


@register.filter
def day_long(value: date | datetime | None) -> str:
    """`Rabu, 11 November 2026`"""
    return format_date(_local(value), "l, j F Y") if value else words.NONE


@register.filter
def hour(value: datetime | None) -> str:
    """`10.42 WIB`, in the reader's zone."""
    if not value:
        return words.NONE
    local = _local(value)
    assert isinstance(local, datetime)
    return f"{local:%H.%M} {local.tzname() or ''}".rstrip()


@register.filter
def moment(value: datetime | None) -> str:
    """`11 November 2026, 10.42 WIB`"""
    return f"{day(value)}, {hour(value)}" if value else words.NONE


@register.simple_tag
def days(start: date | None, end: date | None) -> str:
    """From day to day without saying anything twice: `16–20 November 2026`, `28 Februari – 3 Maret 2026`."""
    if not start or not end or start == end:
        return day(start or end)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    if start.year == end.year:
        return f"{format_date(start, 'j F')} – {day(end)}"
    return f"{day(start)} – {day(end)}"


# ── Small shapes ─────────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def icon(name: str) -> SafeString:
    """One drawing from static/img/icons.svg. Always beside a word: it is hidden from screen readers."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.inclusion_tag("parts/cover.html")
def cover(motif: str = "shoot") -> dict[str, Any]:
    """A course's drawing: shoot, sun, grid, sound, path, weave, door, lock or letter."""
    return {"motif": motif}


@register.inclusion_tag("parts/pic.html")
def pic(name: str) -> dict[str, Any]:
    """A drawing for a page that has nothing else to show: shoots, road, mailbox, paper, door, signal."""
    return {"name": name}


@register.inclusion_tag("parts/ring.html")
def ring(
    done: words.Number, target: words.Number, waiting: words.Number = 0, *, ceiling: bool = False
) -> dict[str, Any]:
    """Lesson hours of a year around a circle, one segment per hour. A ceiling (PPPK) has no shortfall to speak of."""
    full = Decimal(str(target))
    got = Decimal(str(done))
    reached = min(got + Decimal(str(waiting)), full)
    return {
        "done": got,
        "target": full,
        "waiting": Decimal(str(waiting)),
        "ceiling": ceiling,
        "length": charts.coordinate(full),
        "around": charts.coordinate(full * 2),
        "done_arc": charts.coordinate(min(got, full)),
        "waiting_arc": charts.coordinate(reached),
    }


@register.inclusion_tag("parts/ring_key.html")
def ring_key(
    done: words.Number, target: words.Number, waiting: words.Number = 0, *, ceiling: bool = False
) -> dict[str, Any]:
    """The same numbers in words, to stand beside the ring."""
    got, wait = Decimal(str(done)), Decimal(str(waiting))
    short = max(Decimal(str(target)) - got - wait, Decimal(0))
    return {"done": got, "waiting": wait, "short": short, "ceiling": ceiling}


@register.inclusion_tag("parts/bar.html")
def bar(value: words.Number, whole: words.Number, label: str) -> dict[str, Any]:
    """A progress bar with its numbers inside for readers that cannot see it."""
    return {
        "value": charts.coordinate(Decimal(str(value))),
        "whole": charts.coordinate(max(Decimal(str(whole)), Decimal(1))),
        "said": _("%(value)s of %(whole)s") % {"value": words.number(value), "whole": words.number(whole)},
        "label": label,
    }


@register.inclusion_tag("parts/meter.html")
def meter(
    value: words.Number, whole: words.Number, goal: words.Number | None = None, *, size: str = ""
) -> dict[str, Any]:
    """A flat bar for table rows, `goal` drawn as an upright line (same unit). The cell beside it says the numbers."""
    full = Decimal(str(whole))

    def width(part: words.Number) -> str:
        return charts.coordinate(min(Decimal(200), 200 * Decimal(str(part)) / full) if full else 0)

    return {"done": width(value), "goal": None if goal is None else width(goal), "size": size}


@register.inclusion_tag("parts/chart_line.html")
def chart_line(
    title: str,
    names: Sequence[str],
    values: Sequence[words.Number | None],
    past: Sequence[words.Number | None] = (),
    goal: words.Number | None = None,
) -> dict[str, Any]:
    """A year in months: percentages 0 to 100, last year dashed, the goal dotted. Put the table of the numbers beside it."""
    drawn = charts.line_chart(names, _numbers(values), _numbers(past), None if goal is None else Decimal(str(goal)))
    return {"chart": drawn, "title": title, "goal": goal}


@register.inclusion_tag("parts/chart_columns.html")
def chart_columns(title: str, pairs: Sequence[tuple[str, int]], stressed: int | None = None) -> dict[str, Any]:
    """How many at each step: `[("0–4", 1), …]`; `stressed` is the position of the step that matters."""
    return {"columns": charts.columns(pairs, stressed=stressed), "title": title}


@register.inclusion_tag("parts/spark.html")
def spark(title: str, values: Sequence[words.Number]) -> dict[str, Any]:
    """Twelve small bars; the title says the numbers."""
    return {"bars": charts.spark([Decimal(str(value)) for value in values]), "title": title}


def _numbers(values: Sequence[words.Number | None]) -> list[Decimal | None]:
    return [None if value is None else Decimal(str(value)) for value in values]


# ── Forms ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_SHORT_WIDGETS = {"date", "time", "datetime", "number"}
_SHAPES = {
    "radioselect": "choices",
    "checkboxselectmultiple": "choices",
    "checkbox": "checkbox",
    "clearablefile": "file",
    "file": "file",
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


# ── Links ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def url_if(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page, or nothing when this installation has no such page. `{% url_if "privacy" as privacy %}`"""
    try:
        return reverse(name, args=args or None, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("parts/crumbs.html")
def crumbs(*steps: str) -> dict[str, Any]:
    """Where one is: label, address, label, address, …, label of this page. An address may be the name of a URL."""
    pairs = []
    for label, address in zip(steps[::2], steps[1::2], strict=False):
        pairs.append((label, address if address.startswith(("/", "?", "#")) else reverse(address)))
    return {"steps": pairs, "here": steps[-1] if len(steps) % 2 else None}


@register.simple_tag
def whatsapp(text: str = "", number: str = "") -> str:
    """An address that opens WhatsApp: to a number (digits with country code), with a text, or both."""
    digits = "".join(filter(str.isdigit, number))
    return f"https://wa.me/{digits}" + (f"?text={quote(text)}" if text else "")


# ── Page ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag(takes_context=True)
def theme_attribute(context: template.Context) -> SafeString | str:
    """` data-theme="dark"` when this person chose by hand; nothing follows the device."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme") if request else None
    return format_html(' data-theme="{}"', chosen) if chosen in {"light", "dark"} else ""


@register.simple_tag(takes_context=True)
def module(context: template.Context, path: str) -> SafeString:
    """A script of ours as an ES module: `{% module "js/reorder.js" %}`. It may only shorten the way."""
    nonce = getattr(context.get("request"), "csp_nonce", "")
    return format_html('<script type="module" src="{}" nonce="{}"></script>', static(path), nonce)


@register.simple_tag
def helpdesk() -> Mapping[str, str]:
    """Whom to ask, from the settings: name, hours, whatsapp, email; those not set are missing."""
    known: Mapping[str, str] = getattr(settings, "HELPDESK", {})
    return {name: value for name, value in known.items() if value}


@register.simple_tag
def organisation() -> str:
    """Whose learning system this is, beside the brand."""
    return str(getattr(settings, "ORGANISATION", ""))


@register.simple_tag
def demo() -> bool:
    """Whether the people and numbers of this installation are invented, which every page then says."""
    return bool(getattr(settings, "DEMO", False))


@register.filter
def tone(level: str) -> str:
    """A message's level as a tone of ours."""
    return {"success": "good", "error": "bad", "warning": "warn"}.get(level.split()[-1] if level else "", "info")


@register.filter
def tone_icon(name: str) -> str:
    """The drawing that goes with a tone, so that colour is never alone."""
    return {"good": "done", "bad": "warning", "warn": "warning"}.get(name, "info")
