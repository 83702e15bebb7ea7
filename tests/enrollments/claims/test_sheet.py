"""Many claims in one spreadsheet: looked at first, then written, each once; evidence comes in a ZIP or later."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from accounts.jobs.imports import confirm_import
from accounts.jobs.models import Job
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from asn_lms.lib.sheets import open_sheet
from enrollments.claims.models import Claim
from enrollments.claims.sheet import COLUMNS, WRITE, begin_import, write_blank
from enrollments.claims.tasks import check, write
from tests import make
from tests.cast import Cast, cast
from tests.enrollments.claims.fixture import pdf, photo

pytestmark = pytest.mark.django_db
D = date


@pytest.fixture
def people() -> Cast:
    return cast()


def csv(
    *rows: str, head: str = "judul;penyelenggara;jalur;tanggal;jumlah;nomor_sertifikat;bukti"
) -> SimpleUploadedFile:
    return SimpleUploadedFile("klaim.csv", "\n".join([head, *rows]).encode())


def zipped(files: dict[str, bytes]) -> SimpleUploadedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return SimpleUploadedFile("bukti.zip", out.getvalue())


def checked(by: User, sheet: Any, archive: Any = None, *, office: bool = False) -> Job:
    job = begin_import(sheet, archive, by=by, office=office)
    check(job.pk)
    job.refresh_from_db()
    return job


def written(by: User, sheet: Any, archive: Any = None, *, office: bool = False) -> Job:
    reviewed = checked(by, sheet, archive, office=office)
    job = confirm_import(reviewed, WRITE, "Klaim", by=by)
    write(job.pk)
    job.refresh_from_db()
    return job


def counts(job: Job) -> tuple[int, int, int]:
    assert job.state == Job.State.DONE, job.error
    return job.result["created"], job.result["unchanged"], job.result["refused"]


def errors(job: Job) -> list[tuple[str, str]]:
    return [(one["column"], one["message"]) for row in job.result["shown"] for one in row["errors"]]


def test_the_three_forms_of_a_date_real_dates_and_ranges_are_understood(people: Cast) -> None:
    out = io.BytesIO()
    book = Workbook(out)
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, ("judul", "penyelenggara", "jalur", "tanggal", "tanggal_selesai", "jumlah"))
    rows: list[tuple[Any, Any]] = [
        ("02-03-2026", ""),
        ("2026-03-03", ""),
        ("04/03/2026", ""),
        (datetime(2026, 3, 5), ""),
        (datetime(2026, 3, 6), datetime(2026, 3, 8)),
        ("09-03-2026 – 10-03-2026", ""),
        ("11/03/2026", "2026-03-12"),
    ]
    for line, (first, last) in enumerate(rows, 1):
        sheet.write_row(line, 0, (f"Seminar {line}", "BSSN", "KL06"))
        for column, value in ((3, first), (4, last)):
            if isinstance(value, datetime):
                sheet.write_datetime(line, column, value, day)
            else:
                sheet.write_string(line, column, value)
    book.close()
    job = written(people.learner, SimpleUploadedFile("klaim.xlsx", out.getvalue()))
    assert counts(job) == (7, 0, 0)
    found = {claim.title: (claim.dates[0], claim.dates[-1], int(claim.quantity)) for claim in Claim.objects.all()}
    assert [found[f"Seminar {line}"] for line in range(1, 8)] == [
        (D(2026, 3, 2), D(2026, 3, 2), 1),
        (D(2026, 3, 3), D(2026, 3, 3), 1),
        (D(2026, 3, 4), D(2026, 3, 4), 1),
        (D(2026, 3, 5), D(2026, 3, 5), 1),
        (D(2026, 3, 6), D(2026, 3, 8), 3),
        (D(2026, 3, 9), D(2026, 3, 10), 2),
        (D(2026, 3, 11), D(2026, 3, 12), 2),
    ]


def test_the_look_writes_nothing_and_each_wrong_cell_is_named(people: Cast) -> None:
    job = checked(
        people.learner,
        csv(
            "Seminar;BSSN;KL06;02-03-2026;;;",
            ";BSSN;KL06;02-03-2026;;;",
            "Kursus;BSSN;KL08;02-03-2026;;;",
            "Kursus;BSSN;KL99;03/25/2026;sepuluh;;",
            "Seminar 2;BSSN;KL06;02-03-2099;;;",
            "Seminar 3;BSSN;KL06;03-03-2026;;;hilang.pdf",
        ),
    )
    assert counts(job) == (1, 0, 5)
    assert Claim.objects.count() == 0
    assert [column for column, _message in errors(job)] == [
        "judul",
        "jumlah",
        "jalur",
        "tanggal",
        "jumlah",
        "tanggal",
        "bukti",
    ]
    assert str(job.file.name).endswith(".xlsx")


def test_the_refused_rows_come_back_as_a_file_that_can_be_mended_and_sent_again(people: Cast) -> None:
    job = checked(people.learner, csv("Seminar;BSSN;KL99;02-03-2026;;;"))
    back = open_sheet(io.BytesIO(job.file.read()))
    assert [row["judul"] for row in back.rows] == ["Seminar"]
    assert "KL99" in next(iter(back.rows)).get(back.headings[-1], "")


def test_the_same_file_a_second_time_claims_nothing_twice(people: Cast) -> None:
    rows = ("Seminar;BSSN;KL06;02-03-2026;;A-1;", "Seminar;BSSN;KL06;02-03-2026;;;", "Lain;BSSN;KL06;09-03-2026;;a 1;")
    assert counts(checked(people.learner, csv(*rows))) == (1, 2, 0)
    assert counts(written(people.learner, csv(*rows))) == (1, 2, 0)
    assert counts(written(people.learner, csv(*rows))) == (0, 3, 0)
    assert Claim.objects.count() == 1


def test_rows_with_evidence_are_sent_and_the_others_wait_for_it(people: Cast) -> None:
    files = {
        "bukti/satu.pdf": pdf().read(),
        "FOTO.JPG": photo(400, 300).read(),
        "__MACOSX/._satu.pdf": b"x",
        "bukti/.DS_Store": b"",
    }
    sheet = csv(
        "Seminar;BSSN;KL06;02-03-2026;;;satu.pdf; foto.jpg".replace("satu.pdf; foto.jpg", '"satu.pdf; foto.jpg"'),
        "Kursus;BSSN;KL08;04-03-2026;7,5;;",
        "Sama hari;BSSN;KL06;02-03-2026;;;FOTO.JPG",
    )
    job = written(people.learner, sheet, zipped(files))
    assert counts(job) == (3, 0, 0)
    found = {claim.title: (claim.state, claim.evidence.count(), str(claim.quantity)) for claim in Claim.objects.all()}
    assert found == {
        "Seminar": ("submitted", 2, "1.00"),
        "Kursus": ("draft", 0, "7.50"),
        # It looks like the first: its learner says why not, then sends it.
        "Sama hari": ("draft", 1, "1.00"),
    }


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.pdf", bytes(60 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    "files",
    [
        {"../keluar.pdf": b"x"},
        {"/etc/passwd": b"x"},
        {"a\\..\\b.pdf": b"x"},
        {"A.pdf": b"x", "a.PDF": b"y"},
        {".rahasia": b"x"},
    ],
)
def test_a_zip_with_names_that_lead_out_is_not_opened(people: Cast, files: dict[str, bytes]) -> None:
    job = checked(people.learner, csv("Seminar;BSSN;KL06;02-03-2026;;;a.pdf"), zipped(files))
    assert job.state == Job.State.FAILED
    assert job.error
    assert Claim.objects.count() == 0


def test_a_bomb_a_link_and_a_broken_zip_are_not_opened(people: Cast) -> None:
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        info = zipfile.ZipInfo("a.pdf")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    whole = zipped({"a.pdf": pdf().read() * 3}).read()
    for content in (bomb(), link.getvalue(), whole[:-40]):
        job = checked(people.learner, csv("Seminar;BSSN;KL06;02-03-2026;;;a.pdf"), SimpleUploadedFile("b.zip", content))
        assert job.state == Job.State.FAILED, job.result
    assert Claim.objects.count() == 0


@pytest.mark.parametrize("content", [b"", b"bukan zip", b"%PDF-1.4\n"])
def test_what_is_no_zip_is_refused_at_once_beside_its_field(people: Cast, content: bytes) -> None:
    with pytest.raises(Refusal) as refusal:
        begin_import(
            csv("Seminar;BSSN;KL06;02-03-2026;;;"),
            SimpleUploadedFile("b.zip", content),
            by=people.learner,
            office=False,
        )
    assert refusal.value.field == "archive"
    assert Job.objects.count() == 0


def test_evidence_in_a_zip_is_judged_by_its_content(people: Cast) -> None:
    sheet = csv("Seminar;BSSN;KL06;02-03-2026;;;a.pdf")
    job = checked(people.learner, sheet, zipped({"a.pdf": b"<html><script>alert(1)</script>"}))
    assert counts(job) == (0, 0, 1)
    assert errors(job)[0][0] == "bukti"


def test_an_officer_claims_for_people_of_their_units_and_nobody_elses(people: Cast) -> None:
    head = "nip;judul;penyelenggara;jalur;tanggal;bukti"
    stranger = make.person("Orang Jauh", agency=make.agency())
    rows = (
        f"{people.learner.nip};Seminar;BSSN;KL06;02-03-2026;",
        f"{stranger.nip};Seminar;BSSN;KL06;02-03-2026;",
        ";Seminar;BSSN;KL06;02-03-2026;",
    )
    job = written(people.officer, csv(*rows, head=head), office=True)
    assert counts(job) == (1, 0, 2)
    claim = Claim.objects.get()
    assert (claim.learner, claim.made_by, claim.state) == (people.learner, people.officer, "draft")
    assert stranger.name not in str(job.result)
    with pytest.raises(NotYours):
        begin_import(csv(*rows, head=head), None, by=people.learner, office=True)
    lacking = checked(people.officer, csv("Seminar;BSSN;KL06;02-03-2026;;;"), office=True)
    assert lacking.state == Job.State.FAILED
    assert "nip" in lacking.error


@pytest.mark.parametrize("office", [False, True])
def test_the_empty_sheet_has_the_columns_and_the_codes_and_is_itself_accepted(people: Cast, office: bool) -> None:
    out = io.BytesIO()
    write_blank(out, office=office)
    book = CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue()))
    assert book.get_sheet_by_index(0).to_python()[0] == [*(("nip", "nama") if office else ()), *COLUMNS]
    assert "KL06" in {row[0] for row in book.get_sheet_by_index(1).to_python()}
    job = checked(people.officer, ContentFile(out.getvalue(), name="klaim.xlsx"), office=office)
    assert counts(job) == (0, 0, 0)
