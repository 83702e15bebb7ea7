"""Template tags and filters, `{% load lms %}`. What each draws is listed in docs/screens.md."""

from asn_lms.lib.tags import drawings, formats, forms, page
from asn_lms.lib.tags.library import register

__all__ = ["drawings", "formats", "forms", "page", "register"]
