"""Facts about PDF documents."""

from typing import IO, Any

from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal

LARGEST = 50 * 1024 * 1024


def count_pages(file: IO[bytes] | Any) -> int:
    """How many pages the PDF has, at least one. Raises Refusal when it is damaged, locked with a password, or empty."""
    # Loaded by the first PDF and not by every process that starts: it is a sixth of a start.
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    file.seek(0)
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refusal(_("This PDF is locked with a password. Save it without one and try again."))
        pages = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
        raise Refusal(_("This PDF cannot be read; the file may be damaged. Choose another one.")) from error
    finally:
        file.seek(0)
    if pages < 1:
        raise Refusal(_("This PDF has no pages. Choose another one."))
    return pages
