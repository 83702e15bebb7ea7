"""A paper to look at a design with: the newest completion of its organiser, or invented data where there is none."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.portraits.models import Portrait
from enrollments.designs.models import DesignVersion
from enrollments.designs.numbers import number, series_template, written_unit
from enrollments.designs.paper import Paper, paper_of, signatory_of, subjects_of
from enrollments.designs.pdf import Look, picture
from enrollments.designs.queries import sample_place
from enrollments.enrolling.models import Enrollment


def sample_picture(version: DesignVersion, side: int, *, reader: User) -> bytes:
    """One side of it as PNG: the front is 1, the back 2. A photograph only where the reader may see it anyhow; else its frame."""
    place = sample_place(version.design.organiser)
    look = replace(Look.of(version, version.design.kind), portrait=_portrait(place, reader))
    return picture(_paper(version, place), look, number=side)


def _portrait(place: Enrollment | None, reader: User) -> bytes:
    seen = Portrait.objects.visible_to(reader).current()
    found = seen.filter(person=place.learner_id).first() if place else None
    return found.content() if found else b""


def _paper(version: DesignVersion, place: Enrollment | None) -> Paper:
    organiser, kind = version.design.organiser, version.design.kind
    template = series_template(version.number_format, written_unit(organiser.label), version.number_code)
    if place is None:
        return _invented(version, organiser, number(template, 1, date(2026, 11, 16)))
    on = (place.completed_at or place.enrolled_at).date()
    scores = {module.pk: place.score for module in place.version.modules.all() if place.score is not None}
    subjects = subjects_of(place.version, scores if version.shows_scores else None)
    return paper_of(
        place, organiser, version, number=number(template, 1, on), issued_on=on, kind=kind, subjects=subjects
    )[0]


def _invented(version: DesignVersion, organiser: Agency, written: str) -> Paper:
    signs = signatory_of(organiser, version, date(2026, 11, 16))
    back = version.back_signatory
    return Paper(
        kind=version.design.kind,
        number=written,
        issued_on=date(2026, 11, 16),
        name="Nama Peserta, S.E.",
        nip="199001012015031901",
        birth_place="Medan",
        birth_on=date(1990, 1, 1),
        rank="Penata, III/c",
        post="Analis Kebijakan Ahli Muda",
        agency_name=organiser.name,
        course_title="Judul Pelatihan",
        cohort_name="Angkatan I Tahun 2026",
        competency="teknis",
        issuer_name="",
        organiser_name=organiser.name,
        place="",
        method="e-learning",
        starts_on=date(2026, 11, 2),
        ends_on=date(2026, 11, 14),
        jp=Decimal(8),
        score=Decimal("87.50"),
        predicate="Memuaskan",
        issue_place=version.place,
        signatory_name=signs.name,
        signatory_post=signs.post,
        signatory_rank=signs.rank,
        signatory_nip=signs.nip,
        back_name=back.full_name if back else "",
        back_post=version.back_post if back else "",
        back_nip=(back.nip or "") if back else "",
        registration_code="",
        subjects=[
            {"title": "Mata pelatihan pertama", "jp": "3", "score": "90.00"},
            {"title": "Mata pelatihan kedua", "jp": "5", "score": "85.00"},
        ],
        is_demo=True,
    )
