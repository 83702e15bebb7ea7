"""One page, one template: whole for a browser, one named part for htmx."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist, loader
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

_PART = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def part_asked_for(request: HttpRequest) -> str | None:
    """The id of the element that htmx wants to replace, or None when the whole page is wanted.

    A boosted link and a page restored from history want the whole page. The header comes from outside, so only plain
    names pass.
    """
    headers = request.headers
    if headers.get("HX-Request") != "true" or "HX-Boosted" in headers or "HX-History-Restore-Request" in headers:
        return None
    target = headers.get("HX-Target", "")
    return target if _PART.fullmatch(target) else None


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render `template`, or its part `template#name` when htmx is about to replace the element with that id.

    In the template the part stands where it belongs, its name being the element's id::

        {% partialdef due inline %}<section id="due" hx-get="{% url 'home' %}" hx-target="#due">…</section>{% endpartialdef %}

    A target that is no part of this template gets the whole page, so a link works with and without htmx. Check
    permissions before calling: what is in the context may be shown.
    """
    part = part_asked_for(request)
    chosen = loader.get_template(template)
    if part:
        try:
            chosen = loader.get_template(f"{template}#{part}")
        except TemplateDoesNotExist:
            part = None
    response = HttpResponse(chosen.render(dict(context or {}), request), status=status)
    patch_vary_headers(response, ("HX-Request", "HX-Target", "HX-Boosted"))
    return response


def page_they_came_from(request: HttpRequest) -> str:
    """The address, on this site, of the page on which somebody pressed a button; empty when nobody can tell."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return ""
    return urlsplit(referer)._replace(scheme="", netloc="", fragment="").geturl() or "/"


def next_page(request: HttpRequest) -> str:
    """The address, on this site, that a form or link named as `next`; empty when it names none, or a foreign one."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else ""
