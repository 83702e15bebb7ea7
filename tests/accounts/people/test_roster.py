"""Promises of the import: a dry run writes nothing, a second run changes nothing, a wrong row says what is wrong."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.base import ContentFile
from django.core.management import call_command

from accounts.audit.models import AuditEntry
from accounts.jobs.actions import claim_job, start_job
from accounts.jobs.imports import check_import, confirm_import, write_import
from accounts.jobs.models import Job
from accounts.people.models import Placement, User
from accounts.people.roster import COLUMNS, Roster
from asn_lms.lib.days import local_day
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
TODAY = local_day("Asia/Jakarta")
SATU = {
    "nip": "19900302 201503 1 901",
    "nama": "Satu Rekaan",
    "gelar_belakang": "S.Kom.",
    "email": "satu@contoh.go.id",
    "jabatan": "Analis",
    "golongan": "III/a",
    "status": "PNS",
}
DUA = {"nip": "199503022021212902", "nama": "Dua Rekaan", "golongan": "IX", "status": "PPPK", "jabatan": "Guru"}


def sheet(rows: list[dict[str, str]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def run(command: str, path: Path, *options: str, code: int = 0) -> dict[str, object]:
    out = io.StringIO()
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command(command, str(path), "--json", *options, stdout=out)
        assert ended.value.code == code
    else:
        call_command(command, str(path), "--json", *options, stdout=out)
    answer: dict[str, object] = json.loads(out.getvalue())
    return answer


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def file(tmp_path: Path, who: Cast) -> Path:
    path = tmp_path / "orang.csv"
    path.write_bytes(sheet([{**SATU, "unit": who.a.code}, {**DUA, "unit": who.b.code}]))
    return path


def imported(content: bytes, by: User | None, name: str = "orang.csv") -> Job:
    """Checked, confirmed and written, as the screen does it."""
    check = start_job("people.check_import", "x", owner=by, source=ContentFile(content, name=name))
    claimed = claim_job(check.pk)
    assert claimed is not None
    check_import(claimed, Roster)
    check.refresh_from_db()
    job = confirm_import(check, "people.write_import", "y", by=by)
    claimed = claim_job(job.pk)
    assert claimed is not None
    write_import(claimed, Roster)
    job.refresh_from_db()
    return job


def test_a_dry_run_says_what_would_happen_and_writes_nothing(file: Path) -> None:
    before = User.objects.count()
    assert run("import_people", file, "--dry-run") == {"created": 2, "updated": 0, "unchanged": 0, "errors": []}
    assert User.objects.count() == before


def test_new_people_get_number_placement_and_no_usable_password(file: Path, who: Cast) -> None:
    assert run("import_people", file)["created"] == 2
    person = User.objects.get(nip="199003022015031901")
    assert person.full_name == "Satu Rekaan, S.Kom."
    assert person.agency == who.a
    assert str(person.rank) == "Penata Muda / III/a"
    assert not person.has_usable_password()
    assert person.numbers.get().number == person.nip
    assert person.placements.get().from_on == TODAY
    assert AuditEntry.objects.about(person).get().action == "person.added"


def test_the_same_file_again_changes_nothing(file: Path) -> None:
    run("import_people", file)
    entries, places = AuditEntry.objects.count(), Placement.objects.count()
    assert run("import_people", file) == {"created": 0, "updated": 0, "unchanged": 2, "errors": []}
    assert (AuditEntry.objects.count(), Placement.objects.count()) == (entries, places)


def test_another_unit_in_the_file_is_a_transfer_and_the_past_stays(file: Path, who: Cast, tmp_path: Path) -> None:
    run("import_people", file)
    person = User.objects.get(nip="199003022015031901")
    person.placements.update(from_on=TODAY - timedelta(days=400))
    file.write_bytes(sheet([{**SATU, "unit": who.b.code, "jabatan": "Kepala Seksi"}]))
    assert run("import_people", file)["updated"] == 1
    assert list(person.placements.values_list("agency", "post", "until_on")) == [
        (who.b.pk, "Kepala Seksi", None),
        (who.a.pk, "Analis", TODAY - timedelta(days=1)),
    ]


def test_a_person_missing_from_the_file_and_an_empty_cell_change_nothing(file: Path, who: Cast) -> None:
    run("import_people", file)
    file.write_bytes(sheet([{"nip": SATU["nip"], "nama": "Satu Rekaan", "unit": who.a.code, "status": "PNS"}]))
    assert run("import_people", file)["unchanged"] == 1
    assert User.objects.get(nip="199003022015031901").email == "satu@contoh.go.id"
    assert User.objects.get(nip=DUA["nip"]).is_active


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16")]
)
def test_whatever_the_office_saves_is_read(who: Cast, tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(
        sheet([{**SATU, "nama": "Andréa Ñoñez", "unit": who.a.code}], delimiter=delimiter, encoding=encoding)
    )
    assert run("import_people", path)["created"] == 1
    assert User.objects.get(nip="199003022015031901").name == "Andréa Ñoñez"


def test_an_xlsx_with_columns_in_another_order_is_read(who: Cast, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    for column, (name, value) in enumerate(
        [("Status", "PNS"), ("Unit", who.a.code), ("NIP", SATU["nip"]), ("Nama", "X Y")]
    ):
        page.write_string(0, column, name)
        page.write_string(1, column, value)
    book.close()
    assert run("import_people", path)["created"] == 1


def test_a_number_that_excel_shortened_is_refused_and_the_column_named(who: Cast, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    for column, name in enumerate(["nama", "nip", "unit", "status"]):
        page.write_string(0, column, name)
    page.write_row(1, 0, ["X Y", 199003022015031901, who.a.code, "PNS"])
    book.close()
    errors = run("import_people", path, code=1)["errors"]
    assert isinstance(errors, list)
    assert (errors[0]["row"], errors[0]["column"]) == (2, "nip")
    assert "E+17" in errors[0]["message"]
    assert " B " in errors[0]["message"]


def test_wrong_rows_are_named_and_the_others_are_written(who: Cast, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    unit = who.a.code
    path.write_bytes(
        sheet(
            [
                {**SATU, "unit": unit},
                {**SATU, "unit": unit, "email": ""},
                {**DUA, "unit": "TIDAK-ADA"},
                {**DUA, "unit": unit, "golongan": "III/a"},
                {**DUA, "unit": unit, "status": "honorer"},
                {**DUA, "unit": unit, "nip": "19901312201503290"},
                {**DUA, "unit": unit, "nip": "199503022021212903", "email": "satu@contoh.go.id"},
                {**DUA, "unit": unit, "nip": "199503022021212904", "email": "bukan email"},
                {**DUA, "unit": unit, "nip": "199503022021212905", "nama": ""},
            ]
        )
    )
    answer = run("import_people", path, code=1)
    errors = answer["errors"]
    assert isinstance(errors, list)
    assert answer["created"] == 1
    assert [(error["row"], error["column"]) for error in errors if error["row"] != 4 or error["column"] == "unit"][
        :8
    ] == [
        (3, "nip"),
        (4, "unit"),
        (5, "nip"),
        (5, "golongan"),
        (6, "status"),
        (7, "nip"),
        (8, "email"),
        (9, "email"),
    ]
    assert "2" in errors[0]["message"]


def test_an_officer_imports_only_into_their_own_units(who: Cast) -> None:
    local = make.person(agency=who.a, role="officer")
    other = who.other_learner
    content = sheet(
        [
            {**SATU, "unit": who.b.code},
            {**DUA, "unit": who.a.code},
            {"nip": str(other.nip), "nama": other.name, "unit": who.a.code, "status": "PNS"},
        ]
    )
    job = imported(content, local)
    assert (job.result["created"], job.result["refused"]) == (1, 2)
    assert User.objects.get(pk=other.pk).agency == who.b
    assert not User.objects.filter(nip="199003022015031901").exists()


def test_a_killed_import_goes_on_where_it_stood_and_counts_right(who: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Roster, "batch", 10)
    rows = [
        {"nip": f"19900302202021{1 + n % 2}{n + 100}", "nama": f"Orang {n}", "unit": who.a.code, "status": "PPPK"}
        for n in range(35)
    ]
    job = start_job("people.write_import", "x", owner=who.officer, source=ContentFile(sheet(rows), name="o.csv"))
    first = claim_job(job.pk)
    assert first is not None
    whole = Roster.write
    calls = []

    def dies_in_the_third_batch(self: Roster, rows: list) -> list:  # type: ignore[type-arg]
        calls.append(1)
        if len(calls) == 3:
            raise MemoryError("killed")
        return whole(self, rows)

    monkeypatch.setattr(Roster, "write", dies_in_the_third_batch)
    with pytest.raises(MemoryError):
        write_import(first, Roster)
    job.refresh_from_db()
    assert (job.done, job.state) == (20, Job.State.RUNNING)
    assert claim_job(job.pk) is None  # the lease still runs
    Job.objects.filter(pk=job.pk).update(lease_until=None)
    second = claim_job(job.pk)
    assert second is not None
    write_import(second, Roster)
    job.refresh_from_db()
    assert (job.state, job.result["created"], job.result["unchanged"]) == (Job.State.DONE, 35, 0)


def test_confirming_twice_writes_once(who: Cast) -> None:
    check = start_job(
        "people.check_import",
        "x",
        owner=who.officer,
        source=ContentFile(sheet([{**SATU, "unit": who.a.code}]), name="o.csv"),
    )
    claimed = claim_job(check.pk)
    assert claimed is not None
    check_import(claimed, Roster)
    check.refresh_from_db()
    first = confirm_import(check, "people.write_import", "y", by=who.officer)
    assert confirm_import(check, "people.write_import", "y", by=who.officer) == first


def test_the_refused_rows_come_back_as_a_file_without_formulas(who: Cast) -> None:
    content = sheet([{**SATU, "unit": "X", "nama": "=HYPERLINK(1)"}])
    check = start_job("people.check_import", "x", owner=who.officer, source=ContentFile(content, name="o.csv"))
    claimed = claim_job(check.pk)
    assert claimed is not None
    check_import(claimed, Roster)
    check.refresh_from_db()
    from zipfile import ZipFile

    with check.file.open("rb") as file, ZipFile(file) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert b"=HYPERLINK(1)" in archive.read("xl/worksheets/sheet1.xml")


def test_a_file_without_the_needed_columns_fails_with_a_sentence(who: Cast, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("nip,nama\n1,2\n")
    answer = run("import_people", path, code=1)
    assert "unit" in str(answer["error"])


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert "error" in run("import_people", tmp_path / "nothing.csv", code=2)
