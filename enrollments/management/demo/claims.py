"""Learning outside in the demo city: one's own claims in every state, and a desk of claims that wait for an officer."""

import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from accounts.agencies.models import Agency
from accounts.people.models import User
from asn_lms.lib.days import local_day
from courses.taxonomy.models import LearningPath
from enrollments.claims.actions import draft_claim, return_claim, send_claim, verify_claim
from enrollments.claims.facts import Facts
from enrollments.claims.lookalikes import lookalikes_of
from enrollments.claims.models import Claim
from enrollments.management.demo.people import Crowd

# Title, organiser, code of the path, days, quantity, number.
OTHERS = (
    ("Seminar Nasional Transformasi Digital Pemerintah", "Kementerian PANRB", "KL06", 1, 1, "SN/114/2026"),
    ("Lokakarya Penyusunan Peta Proses Bisnis", "BPSDM Sumatera Utara", "KL07", 2, 2, "800.2/771"),
    ("Bimtek Pengelolaan Arsip Dinamis", "Dinas Perpustakaan dan Kearsipan", "KL10", 3, 18, ""),
    ("Kursus Bahasa Isyarat Dasar", "Gerkatin Sumut", "KL08", 4, 16, "GK-2026-55"),
    ("Sosialisasi Pencegahan Gratifikasi", "KPK", "KL11", 1, 1, ""),
    ("Coaching Kinerja Triwulan", "BKPSDM Kota Medan", "NKL01", 1, 1, ""),
    ("Webinar Keamanan Siber untuk ASN", "BSSN", "KL06", 1, 1, "BSSN/W/0912"),
)


def write_claims(crowd: Crowd, dice: Random, now: datetime) -> None:
    """By the product's own actions, with pictures of invented certificates."""
    today = local_day(Agency.Zone.WIB, now)
    paths = {path.code: path for path in LearningPath.objects.all()}
    learner, officer = crowd.accounts["learner"], crowd.accounts["officer"]
    _own(learner, officer, paths, today)
    others = [person for person in crowd.everybody() if person.pk not in {one.pk for one in crowd.accounts.values()}]
    picked = dice.sample([person for person in others if person.is_active and person.agency_id], len(OTHERS))
    for number, (person, (title, organiser, code, days, quantity, certificate)) in enumerate(
        zip(picked, OTHERS, strict=True)
    ):
        first = today - timedelta(days=9 + 3 * number)
        dates = [first + timedelta(days=day) for day in range(days)]
        facts = Facts(title, organiser, paths[code], dates, Decimal(quantity), certificate_number=certificate)
        _sent(person, facts, now - timedelta(days=6 - number, hours=number))
    # The same certificate from two people: the officer sees it at once.
    seminar = OTHERS[0]
    dates = [today - timedelta(days=9)]
    twin = Facts(seminar[0], seminar[1], paths["KL06"], dates, Decimal(1), certificate_number=seminar[5])
    _sent(
        next(one for one in others if one.is_active and one not in picked), twin, now - timedelta(hours=5), of=picked[0]
    )


def _own(learner: User, officer: User, paths: dict[str, LearningPath], today: date) -> None:
    def facts(title: str, organiser: str, code: str, ago: int, days: int = 1, quantity: int = 1) -> Facts:
        dates = [today - timedelta(days=ago - day) for day in range(days)]
        return Facts(title, organiser, paths[code], dates, Decimal(quantity))

    # In a year whose JP the demo does not explain elsewhere.
    ago = (today - date(today.year - 2, 10, 21)).days
    counted = facts("Lokakarya Desain Layanan Publik", "BPSDM Sumatera Utara", "KL07", ago)
    verify_claim(_sent(learner, counted), by=officer)
    blurred = facts("Seminar Satu Data Indonesia", "Bappenas", "KL06", 20)
    return_claim(
        _sent(learner, blurred), by=officer, reason="Foto sertifikat buram; nama belum terbaca. Mohon foto ulang."
    )
    draft_claim(
        learner, facts("Bimtek Penulisan Naskah Dinas", "Bagian Organisasi Setda", "KL10", 12, 2, 12), by=learner
    )


def _sent(person: User, facts: Facts, at: datetime | None = None, *, of: User | None = None) -> Claim:
    """With a picture; `of` lets two people send the same one."""
    claim = draft_claim(person, facts, by=person, files=[_picture((of or person).full_name, facts.title)])
    why = "Sore hari, setelah jam belajar di LMS." if lookalikes_of(claim, reader=person) else ""
    claim = send_claim(claim, by=person, why_not_same=why)
    if at is not None:
        Claim.objects.filter(pk=claim.pk).update(submitted_at=at)
    return claim


def _picture(name: str, title: str) -> ContentFile[bytes]:
    picture = Image.new("RGB", (1200, 850), "#fdfbf4")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((30, 30, 1170, 820), outline="#0a489f", width=6)
    lines: Sequence[tuple[int, int, str]] = (
        (140, 64, "SERTIFIKAT"),
        (330, 44, name),
        (450, 34, title),
        (700, 28, "DEMO"),
    )
    for top, size, text in lines:
        pen.text((600, top), text, fill="#1f1f1f", font_size=size, anchor="mm")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return ContentFile(out.getvalue(), name="sertifikat.jpg")
