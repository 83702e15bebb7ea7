"""Claims for tests, by the product's own actions."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter

from accounts.people.models import User
from courses.taxonomy.models import LearningPath
from enrollments.claims.actions import draft_claim, send_claim
from enrollments.claims.facts import Facts
from enrollments.claims.models import Claim

_numbers = count(1)
DAY = date(2026, 3, 2)


def path(code: str) -> LearningPath:
    return LearningPath.objects.get(code=code)


def facts(*dates: date, code: str = "KL06", quantity: int | str | None = None, **fields: Any) -> Facts:
    """A seminar of one day, unless said otherwise."""
    days = list(dates) or [DAY]
    values: dict[str, Any] = {"title": f"Seminar {next(_numbers)}", "organiser": "BPSDM Sumatera Utara", **fields}
    return Facts(path=path(code), dates=days, quantity=Decimal(quantity or len(set(days))), **values)


def pdf(text: str = "") -> SimpleUploadedFile:
    """A PDF of one page, another one for each text."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": text or f"Sertifikat {next(_numbers)}"})
    writer.write(out)
    return SimpleUploadedFile("sertifikat.pdf", out.getvalue(), content_type="application/pdf")


def photo(width: int = 2400, height: int = 1800, *, exif: bool = True) -> SimpleUploadedFile:
    """As a phone makes it: large, lying on its side, with the place in it."""
    picture, out = Image.new("RGB", (width, height), (next(_numbers) % 255, 90, 120)), io.BytesIO()
    notes = Image.Exif()
    if exif:
        notes[0x0112] = 6  # to be turned
        notes[0x010F] = "HP Murah"
    picture.save(out, "JPEG", exif=notes)
    return SimpleUploadedFile("IMG_20260302_101500.jpg", out.getvalue(), content_type="image/jpeg")


def draft(learner: User, *, files: Sequence[Any] | None = None, by: User | None = None, **fields: Any) -> Claim:
    """With one PDF, unless said otherwise."""
    of = fields.pop("facts", None) or facts(**fields)
    return draft_claim(learner, of, by=by or learner, files=[pdf()] if files is None else files)


def sent(learner: User, *, why: str = "", **fields: Any) -> Claim:
    return send_claim(draft(learner, **fields), by=learner, why_not_same=why)
