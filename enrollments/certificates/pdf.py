"""The paper as a PDF, drawn by typst (`certificate.typ`): tagged, PDF/A-2a and PDF/UA-1, fonts embedded.

The same frozen data always gives the same bytes: the document's date is the day of issue. The compiler is kept warm: the first
paper of a process takes about half a second, each further one some ten milliseconds.
"""

import io
import json
import logging
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import segno
import typst
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.dateformat import format as format_date

from asn_lms.lib.words import counted, jp, spaced_nip
from enrollments.certificates.models import Certificate
from enrollments.certificates.typeface import font_folder

logger = logging.getLogger(__name__)
TEMPLATE = Path(__file__).with_name("certificate.typ")
LAW = (
    "Berdasarkan Undang-Undang Nomor 20 Tahun 2023 tentang Aparatur Sipil Negara dan peraturan pelaksanaannya,",
    "{organiser} menyatakan bahwa:",
)


def draw(certificate: Certificate) -> bytes:
    """The PDF of a frozen certificate. Raises typst.TypstError when it cannot be drawn."""
    url = settings.SITE_URL + reverse("verify", args=[certificate.public_id])
    with translation.override("id"):
        data = _printed(certificate, url)
    inputs = {"data": json.dumps(data), "qr": _qr(url)}
    dated = datetime.combine(certificate.issued_on, time(12), tzinfo=UTC)
    try:
        drawn = _compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=["a-2a", "ua-1"], timestamp=dated)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        # A letter that no typeface here has: the standards forbid such a paper, but the person still gets theirs.
        logger.warning("Certificate %s drawn without PDF/A: %s", certificate.pk, error.message)
        drawn = _compiler().compile(format="pdf", sys_inputs=inputs, timestamp=dated)
    assert isinstance(drawn, bytes)
    return drawn


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    folder = font_folder()
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)] if folder else []
    )
    return typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=fonts)


def _qr(url: str) -> str:
    svg = io.BytesIO()
    segno.make(url, error="m", micro=False).save(svg, kind="svg", border=0, dark="#041225", xmldecl=False)
    return svg.getvalue().decode()


def _printed(certificate: Certificate, url: str) -> dict[str, object]:
    c = certificate
    total = jp(c.jp)
    return {
        "document_title": f"Sertifikat {c.number}",
        "number": c.number,
        "demo": c.is_demo,
        "issuer": [name for name in (c.issuer_name, c.organiser_name) if name],
        "organiser": c.organiser_name,
        "law": [line.format(organiser=c.organiser_name) for line in LAW],
        "name": c.name,
        "facts": _facts(c),
        "sentence": _sentence(c),
        "verify_url": url,
        "verify_shown": url.split("://", 1)[1],
        "issued_at": ", ".join(part for part in (c.issue_place, written(c.issued_on)) if part),
        "signatory_post": c.signatory_post,
        "signatory_name": c.signatory_name,
        "signatory_facts": [
            fact for fact in (c.signatory_rank, c.signatory_nip and f"NIP {spaced_nip(c.signatory_nip)}") if fact
        ],
        "course_line": ", ".join(part for part in (c.course_title, c.cohort_name) if part),
        "subjects": [[str(n), one["title"], jp(Decimal(one["jp"]))] for n, one in enumerate(c.subjects, 1)],
        "jp": total,
        "jp_line": _jp_line(c),
    }


def _facts(c: Certificate) -> list[tuple[str, str]]:
    born = ", ".join(part for part in (c.birth_place, written(c.birth_on) if c.birth_on else "") if part)
    rows = [
        ("NIP", spaced_nip(c.nip)),
        ("Tempat, tanggal lahir", born),
        ("Pangkat, golongan ruang", c.rank),
        ("Jabatan", c.post),
        ("Instansi, unit kerja", c.agency_name),
    ]
    return [(name, value) for name, value in rows if value]


def _sentence(c: Certificate) -> list[tuple[str, bool]]:
    """What was achieved, as (words, printed bold)."""
    says: list[tuple[str, bool]] = [("LULUS", True)]
    if c.predicate:
        says += [(" dengan kualifikasi ", False), (c.predicate, True)]
    kind = f"pelatihan {c.competency}" if c.competency else "pelatihan"
    says += [(f" pada {kind} ", False), (c.course_title, True)]
    rest = f" {c.cohort_name}" if c.cohort_name else ""
    rest += f", yang diselenggarakan {c.organiser_name}"
    if c.place:
        rest += f" di {c.place}"
    says += [
        (f"{rest} {period(c.starts_on, c.ends_on)} dengan metode {c.method}, selama ", False),
        (f"{counted(c.jp)} jam pelajaran", True),
        (".", False),
    ]
    return says


def _jp_line(c: Certificate) -> str:
    line = f"Jumlah jam pelajaran: {counted(c.jp)}. Satu jam pelajaran sama dengan 45 menit."
    return f"{line} Nilai akhir: {marks(c.score)}." if c.score is not None else line


def marks(score: Decimal) -> str:
    """A score as it is printed, always with two decimal places: "87,50"."""
    return f"{score:.2f}".replace(".", ",")


def period(start: date | None, end: date | None) -> str:
    """Days as a certificate writes them: "pada tanggal 2 sampai dengan 14 November 2026"."""
    first, last = start or end, end or start
    if first is None or last is None:
        return ""
    if first == last:
        return f"pada tanggal {written(last)}"
    begun = f"{first.day}"
    if first.year != last.year:
        begun = written(first)
    elif first.month != last.month:
        begun = format_date(first, "j F")
    return f"pada tanggal {begun} sampai dengan {written(last)}"


def written(day: date) -> str:
    """A day in Indonesian: "16 November 2026"."""
    with translation.override("id"):
        return format_date(day, "j F Y")
