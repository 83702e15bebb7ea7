"""The page that checks credentials: what it has to know, and the whole of it as one file that needs no network.

The script is bundled at set-up from `checker/` and npm packages (`asn_lms/vendor.py`); the sentences are a template, in both
languages; the look is the site's own style sheet. The file carries them all, and the keys of this installation as of today.
"""

import json
import re
from base64 import b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from enrollments.badges.queries import trusted_issuers

FRAME = Path(__file__).with_name("checker") / "file.html"
STATIC = Path(settings.BASE_DIR) / "static"
# How json_script keeps text within its element.
_UNSAFE = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
# What credentials of this house say beside the words of the standard, under `asn:`.
OWN_WORDS = {
    "agency": "Agency and unit of the learner on the day of completion.",
    "rank": "Rank and grade (pangkat, golongan ruang) when issued.",
    "post": "Post (jabatan) of the signatory when issued.",
    "maskedNip": "Employee number (NIP), only its last three digits shown.",
    "method": "How the training was held.",
    "place": "Where the training was held.",
    "issuedOn": "Day of issue, as printed.",
    "issuePlace": "Place of issue, as printed.",
    "signatory": "Who signed the paper for the organiser.",
    "isExample": "True for an example with invented names and numbers, which certifies nothing.",
}


def data() -> dict[str, Any]:
    """What the script has to know: whose signatures are to be believed."""
    return {"issuers": [asdict(issuer) for issuer in trusted_issuers()]}


def one_file() -> str:
    """The page as one HTML file: no address in it is ever opened by itself."""
    sprite = static("img/icons.svg")
    bodies = {language: _body(language).replace(f'"{sprite}#', '"#') for language, _name in settings.LANGUAGES}
    pieces = {
        "style": _style(),
        "script": (STATIC / "vendor" / "badges" / "check.js").read_text(),
        "icons": (STATIC / "img" / "icons.svg").read_text(),
        "data": json.dumps(data()).translate(_UNSAFE),
        "bodies": "".join(bodies.values()),
        "organisation": escape(settings.ORGANISATION),
    }
    return re.sub(r"<!--(\w+)-->", lambda found: pieces[found[1]], FRAME.read_text())


def _body(language: str) -> SafeString:
    with translation.override(language):
        context = {"language": language, "as_file": True, "made_at": timezone.now(), "hidden": language != "id"}
        return mark_safe(render_to_string("enrollments/badges/checker.html", context))


def _style() -> str:
    font = b64encode((STATIC / "vendor" / "inter.woff2").read_bytes()).decode()
    css = "".join((STATIC / "css" / name).read_text() for name in ("tokens.css", "ui.css"))
    return css.replace("../vendor/inter.woff2", f"data:font/woff2;base64,{font}")
