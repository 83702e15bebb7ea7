"""Links, and what the frame of every page says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from asn_lms.lib.tags.library import register


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
