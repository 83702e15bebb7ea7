"""The paper as a PDF, drawn by typst (`certificate.typ`): tagged, PDF/A-3a and PDF/UA-1, fonts embedded.

The same printed data and design always give the same bytes: the document's date is the day of issue.
"""

import io
import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.dateformat import format as format_date

from asn_lms.lib.words import counted, jp, spaced_nip
from courses.taxonomy.models import CertificateKind
from enrollments.designs.engine import draw_pdf, draw_pictures
from enrollments.designs.models import DesignVersion
from enrollments.designs.paper import Paper

TEMPLATE = Path(__file__).with_name("certificate.typ")
TITLES = {
    CertificateKind.CERTIFICATE: "SERTIFIKAT",
    CertificateKind.GRADUATION: "SURAT TANDA TAMAT PELATIHAN",
    CertificateKind.STATEMENT: "SURAT KETERANGAN",
}
# What the paper says of its electronic signature, by the signer's name. A print has none: it sends to the public page.
SAYS_SIGNED = {
    "local": "Tanda tangan elektronik contoh dari sistem ini, tidak sah secara hukum.",
    "local_person": "Tanda tangan elektronik contoh dari sistem ini, tidak sah secara hukum.",
    "bsre_v1": "Ditandatangani secara elektronik dengan sertifikat elektronik yang diterbitkan BSrE, BSSN.",
    "bsre_v2": "Ditandatangani secara elektronik dengan sertifikat elektronik yang diterbitkan BSrE, BSSN.",
    "seal": "Disegel secara elektronik dengan segel elektronik yang diterbitkan BSrE, BSSN.",
}


@dataclass(frozen=True)
class Look:
    """What a design decides. The house's own look stands in where an organiser has none."""

    title: str
    legal_basis: str
    signer: str = "local"
    photo: str = DesignVersion.Photo.FRAME
    shows_scores: bool = False
    logo: bytes = b""
    # The learner's photograph, a JPEG of 3 × 4; empty: a frame stands there, where the design wants one.
    portrait: bytes = b""

    @classmethod
    def of(cls, design: DesignVersion | None, kind: str) -> "Look":
        if design is None:
            basis = DesignVersion._meta.get_field("legal_basis").get_default()
            return cls(title=TITLES[CertificateKind(kind)], legal_basis=basis)
        logo = b""
        if design.logo:
            with design.logo.open("rb") as file:
                logo = file.read()
        return cls(
            title=design.title,
            legal_basis=design.legal_basis,
            signer=design.signer,
            photo=design.photo,
            shows_scores=design.shows_scores,
            logo=logo,
        )


def draw(paper: Paper, look: Look, public_id: str) -> bytes:
    """The PDF. Raises typst.TypstError when it cannot be drawn."""
    dated = datetime.combine(paper.issued_on, time(12), tzinfo=UTC)
    return draw_pdf(TEMPLATE, _inputs(paper, look, public_id), dated=dated, about=f"Certificate {public_id}")


def picture(paper: Paper, look: Look, *, number: int, width: int = 1000) -> bytes:
    """One page of it as PNG, to look at: the front is 1, the back 2. A4 landscape is 297 mm wide."""
    pages = draw_pictures(TEMPLATE, _inputs(paper, look, "0" * 32), ppi=width / (297 / 25.4))
    return pages[min(number, len(pages)) - 1]


def _inputs(paper: Paper, look: Look, public_id: str) -> dict[str, str]:
    url = settings.SITE_URL + reverse("verify", args=[public_id])
    with translation.override("id"):
        data = _printed(paper, look, url)
    portrait = look.portrait if look.photo == DesignVersion.Photo.PORTRAIT else b""
    return {
        "data": json.dumps(data),
        "qr": _qr(url),
        "logo": _framed(look.logo, 100, 100),
        "portrait": _framed(portrait, 75, 100),
    }


def _framed(image: bytes, width: int, height: int) -> str:
    """A picture inside an SVG of that shape, since only text goes in; empty when there is none."""
    if not image:
        return ""
    kind = "png" if image.startswith(b"\x89PNG") else "jpeg"
    data = b64encode(image).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" preserveAspectRatio="xMidYMid meet" xlink:href="data:image/{kind};base64,{data}"/></svg>'
    )


def _qr(url: str) -> str:
    import segno  # with the first paper, as the drawing engine

    svg = io.BytesIO()
    # Any of the eight masks may be read; choosing the best of them took a tenth of a paper's whole time.
    segno.make(url, error="m", micro=False, mask=2).save(svg, kind="svg", border=0, dark="#041225", xmldecl=False)
    return svg.getvalue().decode()


def _printed(c: Paper, look: Look, url: str) -> dict[str, object]:
    total = jp(c.jp)
    scored = look.shows_scores and any("score" in one for one in c.subjects)
    return {
        "document_title": f"{look.title.title()} {c.number}",
        "title": look.title.upper(),
        "number": c.number,
        "demo": c.is_demo,
        "issuer": [name for name in (c.issuer_name, c.organiser_name) if name],
        "organiser": c.organiser_name,
        "law": [f"Berdasarkan {look.legal_basis},", f"{c.organiser_name} menyatakan bahwa:"],
        "name": c.name,
        "facts": _facts(c),
        "sentence": _sentence(c),
        "photo": look.photo,
        "verify_url": url,
        "verify_shown": url.split("://", 1)[1],
        "issued_at": ", ".join(part for part in (c.issue_place, written(c.issued_on)) if part),
        "signatory_post": c.signatory_post,
        "signatory_name": c.signatory_name,
        "signatory_facts": _official(c.signatory_rank, c.signatory_nip),
        "says_signed": SAYS_SIGNED.get(look.signer, ""),
        "registration": f"Kode registrasi LAN: {c.registration_code}" if c.registration_code else "",
        "course_line": ", ".join(part for part in (c.course_title, c.cohort_name) if part),
        "scored": scored,
        "subjects": [
            [str(n), one["title"], jp(Decimal(one["jp"])), *([_score(one)] if scored else [])]
            for n, one in enumerate(c.subjects, 1)
        ],
        "jp": total,
        "jp_line": _jp_line(c),
        "gain_line": _gain_line(c),
        "back_post": c.back_post,
        "back_name": c.back_name,
        "back_facts": _official("", c.back_nip),
    }


def _score(subject: dict[str, str]) -> str:
    return marks(Decimal(subject["score"])) if "score" in subject else "–"


def _official(rank: str, nip: str) -> list[str]:
    return [fact for fact in (rank, nip and f"NIP {spaced_nip(nip)}") if fact]


def _facts(c: Paper) -> list[tuple[str, str]]:
    born = ", ".join(part for part in (c.birth_place, written(c.birth_on) if c.birth_on else "") if part)
    rows = [
        ("NIP", spaced_nip(c.nip)),
        ("Tempat, tanggal lahir", born),
        ("Pangkat, golongan ruang", c.rank),
        ("Jabatan", c.post),
        ("Instansi, unit kerja", c.agency_name),
    ]
    return [(name, value) for name, value in rows if value]


def _sentence(c: Paper) -> list[tuple[str, bool]]:
    """What was achieved, as (words, printed bold)."""
    is_attended = c.kind == CertificateKind.STATEMENT
    says: list[tuple[str, bool]] = [("telah mengikuti" if is_attended else "LULUS", not is_attended)]
    if c.predicate:
        says += [(" dengan kualifikasi ", False), (c.predicate, True)]
    kind = f"pelatihan {c.competency}" if c.competency else "pelatihan"
    says += [(f" {kind} " if is_attended else f" pada {kind} ", False), (c.course_title, True)]
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


def _jp_line(c: Paper) -> str:
    line = f"Jumlah jam pelajaran: {counted(c.jp)}. Satu jam pelajaran sama dengan 45 menit."
    return f"{line} Nilai akhir: {marks(c.score)}." if c.score is not None else line


def _gain_line(c: Paper) -> str:
    """Nilai tes awal 45,00, tes akhir 85,00: naik 40,00 poin, gain ternormalisasi 0,73 (Hake 1998)."""
    found = c.gain
    if found is None:
        return ""
    line = f"Hasil belajar: nilai tes awal {marks(found.pre)}, nilai tes akhir {marks(found.post)}, selisih {marks(found.points)} poin"
    if found.normalised is not None:
        line += f", gain ternormalisasi {marks(found.normalised)} (Hake, 1998)"
    return f"{line}."


def marks(score: Decimal) -> str:
    """A score as it is printed, always with two decimal places: "87,50"."""
    return f"{score:.2f}".replace(".", ",").replace("-", "−")


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
