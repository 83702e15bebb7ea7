"""Rich text: CommonMark and tables, written by people, shown by browsers.

Sanitised twice: raw HTML is taken out of the Markdown before it is stored, and what is drawn passes an allow list before it is
sent. Pictures come only from our own files: a name that the caller does not know shows as its description.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

LONGEST = 200_000  # characters; a lesson that is longer is a book
# How wide a picture of a text stands on the page: the screen's width on a phone, else the measure of a line.
SHOWN_WIDTH = "(min-width: 48rem) 42rem, 100vw"

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre",
    "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "div": {"tabindex", "role", "aria-label"},
    "img": {"src", "srcset", "sizes", "alt", "title", "width", "height", "loading"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align", "scope"},
}
_CLASSES = {"div": {"scroll"}, "table": {"table"}}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
_TAG = re.compile(r"<(?:!--.*?-->|[/!?]?[a-zA-Z][^>]*>?)", re.DOTALL)
_ACTIVE = re.compile(r"<(script|style|iframe|object|svg|math)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Picture:
    """A picture that a text may show by its name. `url` is an address of ours; `alt` is said when the text itself says nothing;
    width and height in pixels, 0 when unknown. `small_url`: a narrower version of `small_width` pixels, where there is one.
    """

    url: str
    alt: str
    width: int = 0
    height: int = 0
    small_url: str = ""
    small_width: int = 0

    @property
    def versions(self) -> str:
        """As HTML's `srcset` has them; empty when there is only one."""
        return f"{self.small_url} {self.small_width}w, {self.url} {self.width}w" if self.small_url else ""


def _parser(*, html: bool = False) -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": html}, renderer_cls=_Renderer).enable("table")


class _Renderer(RendererHTML):
    """Headings that fit below a page's h1, tables that scroll by themselves, and pictures by name."""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        written = token.content
        picture = env.get("pictures", {}).get(str(token.attrGet("src") or ""))
        if picture is None:
            return escape(written)
        size = f' width="{picture.width}" height="{picture.height}"' if picture.width and picture.height else ""
        chosen = f' srcset="{escape(picture.versions)}" sizes="{SHOWN_WIDTH}"' if picture.versions else ""
        said = escape(written or picture.alt)
        return f'<img src="{escape(picture.url)}" alt="{said}"{size}{chosen} loading="lazy">'

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return (
            f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(_("Table"))}"><table class="table">\n'
        )

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return '<th scope="col">'


def tidy(source: str) -> str:
    """The Markdown that is stored: one kind of line end, no control or direction characters, no raw HTML (its words stay).

    What stands in code stays as it is, because there it is shown and not run. Tidying twice changes nothing more.
    """
    text = unicodedata.normalize("NFC", source.replace("\r\n", "\n").replace("\r", "\n"))
    text = _CONTROL.sub("", text)[:LONGEST]
    for _round in range(8):  # taking a tag out may join what stood around it into another
        cleaned = _without_html(text)
        if cleaned == text:
            break
        text = cleaned
    return text.strip("\n")


def _without_html(text: str) -> str:
    lines = text.split("\n")
    for token in reversed(_parser(html=True).parse(text)):
        if token.map is None:
            continue
        start, end = token.map
        part = "\n".join(lines[start:end])
        if token.type == "html_block":
            part = _TAG.sub("", _ACTIVE.sub("", part))
        elif token.type == "inline" and token.children:
            part = _without_inline_html(part, token.children)
        else:
            continue
        lines[start:end] = part.split("\n")
    return "\n".join(lines)


def _without_inline_html(part: str, children: Sequence[Token]) -> str:
    kept, rest = "", part
    for child in children:
        if child.type not in {"html_inline", "code_inline"} or not child.content:
            continue
        before, found, after = rest.partition(child.content)
        if not found:
            continue
        kept += before + (found if child.type == "code_inline" else "")
        rest = after
    return kept + rest


def render(source: str, pictures: Mapping[str, Picture] | None = None) -> SafeString:
    """HTML that is safe to print. Headings begin at h2 and never skip a level."""
    parser = _parser()
    env: dict[str, Any] = {"pictures": pictures or {}}
    tokens = parser.parse(source[:LONGEST], env)
    _settle_headings(tokens)
    return mark_safe(_sanitise(str(parser.renderer.render(tokens, parser.options, env))))


def _settle_headings(tokens: Sequence[Token]) -> None:
    last = 1
    for opening, closing in zip(tokens, tokens[2:], strict=False):
        if opening.type == "heading_open":
            written = int(opening.tag[1])
            level = max(2, min(written, last + 1))
            opening.tag = closing.tag = f"h{level}"
            last = level


def _sanitise(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )


def words(source: str) -> int:
    """How many words a reader meets."""
    return len(re.findall(r"\w+(?:[-'’]\w+)*", nh3.clean(render(source), tags=set())))


def pictures_in(source: str) -> dict[str, str]:
    """The pictures that a text shows: name → description, in order, each once."""
    found: dict[str, str] = {}
    for token in _parser().parse(source[:LONGEST]):
        for child in token.children or []:
            name = str(child.attrGet("src") or "") if child.type == "image" else ""
            if name and not found.get(name):
                found[name] = child.content
    return found
