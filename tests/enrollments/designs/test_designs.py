"""A design is drafted, looked at with real data, put into use; what was confirmed before keeps its own."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from accounts.portraits.actions import give_portrait
from accounts.roles.models import RoleGrant
from courses.taxonomy.models import CertificateKind
from enrollments.certificates.actions import issue_certificate, reserve_certificate
from enrollments.certificates.models import Certificate
from enrollments.certificates.printing import drawn
from enrollments.designs.actions import draft_design, edit_design, publish_design
from enrollments.designs.models import DesignVersion
from enrollments.designs.queries import design_in_use
from enrollments.designs.sample import sample_picture
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)
SERTIFIKAT = CertificateKind.CERTIFICATE


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people() -> Cast:
    return cast()


def used(people: Cast, *, kind: str = SERTIFIKAT, logo: bytes | None = None, **values: Any) -> DesignVersion:
    draft = draft_design(people.bkpsdm, kind, by=people.officer)
    return publish_design(edit_design(draft, values, by=people.officer, logo=logo), by=people.officer)


def completed(people: Cast, **version: Any) -> Enrollment:
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm, **version))
    return make.enrollment(learner=people.learner, cohort=cohort, status=Enrollment.Status.COMPLETED, score=Decimal(87))


def paper_text(certificate: Certificate) -> list[str]:
    row = Certificate.objects.get(pk=certificate.pk)
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(drawn(row))).pages]


def heading(certificate: Certificate) -> str:
    """The front without spaces: the title is set wide."""
    return paper_text(certificate)[0].replace(" ", "")


def picture(colour: str = "red") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (900, 500), colour).save(written, "JPEG")
    return written.getvalue()


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_everything_that_a_design_says_is_printed(people: Cast) -> None:
    back = make.person("Anton Sinaga", title_before="Drs.", agency=people.bkpsdm)
    used(
        people,
        title="SURAT TANDA KEAHLIAN",
        legal_basis="Peraturan Wali Kota Nomor 12 Tahun 2025",
        place="Belawan",
        signatory=people.head,
        signatory_post="Sekretaris Daerah",
        back_signatory=back,
        back_post="Kepala Bidang",
        number_format="{urut}/{kode}/{tahun}",
        number_code="890",
        logo=picture(),
    )
    certificate = make.certificate(completed(people))
    front, behind = paper_text(certificate)
    assert "SURATTANDAKEAHLIAN" in heading(certificate)
    assert "Berdasarkan Peraturan Wali Kota Nomor 12 Tahun 2025" in front
    assert "Nomor 0001/890/2026" in front
    assert "Belawan, 16 November 2026 Sekretaris Daerah" in front
    assert people.head.full_name in front
    assert "Kepala Bidang, Drs. Anton Sinaga" in behind


def test_what_was_confirmed_keeps_its_design_whatever_comes_into_use(people: Cast) -> None:
    used(people, title="YANG LAMA")
    before = make.certificate(completed(people))
    used(people, title="YANG BARU")
    after = make.certificate(completed(people))
    assert "YANGLAMA" in heading(before)
    assert "YANGBARU" in heading(after)


def test_the_unit_above_lends_its_design_to_who_has_none(people: Cast) -> None:
    design = used(people, title="DARI ATAS")
    below = make.agency("UPT", parent=people.bkpsdm)
    assert design_in_use(below, SERTIFIKAT) == design
    assert design_in_use(below, CertificateKind.STATEMENT) is None
    assert design_in_use(people.city, SERTIFIKAT) is None


def test_scores_stand_on_the_back_only_when_the_design_says_so(people: Cast) -> None:
    place = completed(people)
    module = place.version.modules.get()
    plain = make.certificate(place, scores={module.pk: Decimal("91.5")})
    assert "91,50" not in paper_text(plain)[1]
    used(people, shows_scores=True)
    place = completed(people)
    scored = make.certificate(place, scores={place.version.modules.get().pk: Decimal("91.5")})
    assert "91,50" in paper_text(scored)[1]


def test_a_statement_says_attended_and_not_passed(people: Cast) -> None:
    certificate = make.certificate(completed(people, certificate_kind=CertificateKind.STATEMENT))
    front = paper_text(certificate)[0]
    assert "SURATKETERANGAN" in heading(certificate)
    assert "telah mengikuti" in front
    assert "LULUS" not in front


def test_kinds_are_numbered_each_for_itself_and_never_alike(people: Cast) -> None:
    kinds = [CertificateKind.CERTIFICATE, CertificateKind.STATEMENT, CertificateKind.CERTIFICATE]
    numbers = [
        reserve_certificate(completed(people, certificate_kind=kind), on=date(2026, 11, 16)).number for kind in kinds
    ]
    assert len(set(numbers)) == 3
    assert [number[:6] for number in numbers] == ["B.0001", "B.0001", "B.0002"]


def test_the_database_refuses_to_change_a_design_in_use(people: Cast) -> None:
    version = used(people)
    with pytest.raises(IntegrityError), transaction.atomic():
        DesignVersion.objects.filter(pk=version.pk).update(title="LAIN")
    with pytest.raises(IntegrityError), transaction.atomic():
        version.delete()


def test_a_paper_of_every_look_is_tagged_archivable_and_small(people: Cast) -> None:
    used(people, logo=picture(), shows_scores=True)
    certificate = make.certificate(completed(people))
    assert issue_certificate(certificate.pk, NOW)
    certificate.refresh_from_db()
    reader = PdfReader(io.BytesIO(certificate.file.read()))
    info = reader.xmp_metadata
    raw = info.stream.get_data().decode() if info else ""
    assert 'pdfaid:part="3"' in raw
    assert 'pdfaid:conformance="A"' in raw
    assert 'pdfuaid:part="1"' in raw
    assert certificate.size <= 150_000


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a"])
def test_what_is_no_picture_is_refused_beside_the_field(people: Cast, content: bytes) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    draft = draft_design(people.bkpsdm, SERTIFIKAT, by=people.officer)
    body = form_of(draft) | {"logo": SimpleUploadedFile("logo.png", content), "title": "JUDUL YANG DIKETIK"}
    page = signed_in(people.officer).post(reverse("office-design", args=[draft.pk]), body).content.decode()
    assert 'id="id_logo_error"' in page or "data-errors" in page
    assert "JUDUL YANG DIKETIK" in page


def test_an_officer_designs_looks_and_puts_into_use(people: Cast) -> None:
    completed(people)
    client = signed_in(people.officer)
    begun = client.post(reverse("office-design-begin", args=[people.bkpsdm.pk, SERTIFIKAT]))
    draft = DesignVersion.objects.get()
    assert begun["Location"] == reverse("office-design", args=[draft.pk])
    body = form_of(draft) | {"title": "PIAGAM", "do": "publish"}
    assert client.post(reverse("office-design", args=[draft.pk]), body).status_code == 302
    assert design_in_use(people.bkpsdm, SERTIFIKAT) == DesignVersion.objects.get(title="PIAGAM")
    seen = client.get(reverse("office-design-preview", args=[draft.pk, 1]))
    assert Image.open(io.BytesIO(seen.content)).size[0] == 1000


def test_a_number_format_that_would_double_numbers_is_explained(people: Cast) -> None:
    draft = draft_design(people.bkpsdm, SERTIFIKAT, by=people.officer)
    page = signed_in(people.officer).post(
        reverse("office-design", args=[draft.pk]), form_of(draft) | {"number_format": "B/{unit}"}
    )
    assert "{urut} dan {tahun} wajib ada" in page.content.decode()


def form_of(draft: DesignVersion) -> dict[str, Any]:
    return {
        "title": draft.title,
        "legal_basis": draft.legal_basis,
        "signer": draft.signer,
        "photo": draft.photo,
        "number_format": draft.number_format,
        "number_code": draft.number_code,
    }


def test_a_draft_saves_itself_while_one_types_and_the_paper_follows(people: Cast, client: Client) -> None:
    draft = draft_design(people.bkpsdm, SERTIFIKAT, by=people.officer)
    client.force_login(people.officer)
    address = reverse("office-design", args=[draft.pk])
    values = {
        "title": "PIAGAM",
        "legal_basis": draft.legal_basis,
        "signer": draft.signer,
        "photo": draft.photo,
        "number_format": draft.number_format,
        "number_code": draft.number_code,
        "autosave": "1",
    }
    before = client.get(address).context["seen"]
    said = client.post(address, values).content.decode()
    draft.refresh_from_db()
    assert draft.title == "PIAGAM"
    assert '<template data-into="sheets">' in said
    assert before not in said
    refused = client.post(address, values | {"title": ""}).content.decode()
    draft.refresh_from_db()
    assert draft.title == "PIAGAM"
    assert "Judul" in refused
    assert "sheets" not in refused


def test_the_preview_shows_a_photograph_to_nobody_who_may_not_see_it(people: Cast) -> None:
    """The organiser's officer need not be an officer of the learner's unit."""
    place = completed(people)
    stranger = make.person(role=RoleGrant.Role.OFFICER, over=people.bkpsdm)
    own = make.person(role=RoleGrant.Role.OFFICER, over=place.learner.agency)
    draft = draft_design(people.bkpsdm, SERTIFIKAT, by=stranger)
    draft = edit_design(draft, {"photo": DesignVersion.Photo.PORTRAIT}, by=stranger)
    frame = sample_picture(draft, 1, reader=own)
    give_portrait(place.learner, make.picture(colour="red"))
    assert sample_picture(draft, 1, reader=stranger) == frame
    assert sample_picture(draft, 1, reader=own) != frame
