"""What leaves the site otherwise than as a page: mails, files and import results bear no word of a unit that their reader must not see.

Every text of a side bears that side's canary word (tests/world.py); pages, lists, searches and REST are held by tests/test_access.py.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from pyarrow.parquet import ParquetFile
from pypdf import PdfReader

from accounts.agencies.sheet import AgencySheet
from accounts.jobs.actions import claim_job
from accounts.jobs.imports import check_import, write_import
from accounts.jobs.models import Job
from accounts.notices.letter import write_letter
from accounts.notices.models import Notice
from accounts.people.models import User
from accounts.people.roster import Roster
from asn_lms.lib.refusals import NotYours, Refusal
from courses.packages.errands import run_export, start_export
from enrollments.enrolling.models import Enrollment
from enrollments.reminders.actions import prepare
from enrollments.reports.actions import ask_for_export
from enrollments.reports.tasks import write_export
from enrollments.rosters.sheet import places_in
from tests.test_access import told
from tests.test_rules import VERBS
from tests.world import CANARIES, Side, World, world

pytestmark = pytest.mark.django_db
SIDES = ("own", "sister", "foreign")


@pytest.fixture
def made() -> World:
    return world()


def officer_of(made: World, side: str) -> User:
    found: User = made[side].draft.authors.get()
    return User.objects.select_related("agency").get(pk=found.pk)


def hidden_from(made: World, person: User) -> set[str]:
    """The canary words that this person must not read: of every other unit, or of the other government for who works for the city."""
    path = person.agency.path if person.agency else ""
    for name in SIDES:
        if path.startswith(made[name].agency.path):
            return {CANARIES[other] for other in SIDES if other != name}
    assert path.startswith(made.people.city.path), person
    return {CANARIES["foreign"]}


def words_in(words: set[str], text: str) -> list[str]:
    return [word for word in words if word.casefold() in text.casefold()]


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def letters(made: World) -> Iterator[tuple[Notice, str]]:
    """Every message that anybody has, as it would be mailed: subject, text and HTML."""
    for notice in Notice.objects.select_related("person__agency"):
        letter = write_letter(notice)
        html = "".join(str(body) for body, _kind in letter.alternatives)
        yield notice, f"{letter.subject}\n{letter.body}\n{html}\n{notice.title}\n{notice.body}\n{notice.data}"


def leaks(made: World) -> Iterator[str]:
    for notice, said in letters(made):
        for word in words_in(hidden_from(made, notice.person), said):
            yield f"{notice.kind} to {notice.person}: {word}"


@pytest.mark.parametrize("side", SIDES)
def test_no_mail_tells_of_another_unit_whatever_an_officer_does(made: World, side: str) -> None:
    """Each verb of the office is done on this side; then everybody's messages are read as they would be mailed."""
    officer = officer_of(made, side)
    there = replace(made, own=made[side])
    wrong, told_of, count = set(leaks(made)), 0, Notice.objects.count()
    for verb, do in VERBS.items():
        reviews = verb in {"return", "approve"}
        by = User.objects.get(pk=made[side].reviewing.reviewer_id) if reviews else officer
        with taken_back():
            try:
                do(there, by)
            except (Refusal, NotYours):
                continue
            wrong |= {f"{verb}: {one}" for one in leaks(made)}
            told_of += Notice.objects.count() - count
    assert not wrong, told(wrong)
    assert told_of >= 3


def test_reminders_tell_of_the_own_courses_only(made: World) -> None:
    Enrollment.objects.active().update(due_on=date(2026, 3, 10))
    before = set(Notice.objects.values_list("pk", flat=True))
    prepare(datetime(2026, 3, 9, 2, tzinfo=UTC))
    said = [text for notice, text in letters(made) if notice.pk not in before]
    assert len(said) >= 3
    assert all("terbuka" in text for text in said)  # the titles of the courses
    assert not (wrong := list(leaks(made))), told(wrong)


def _bytes_of(job: Job) -> str:
    """The file of the job, opened where it is an archive."""
    file = io.BytesIO()
    held = claim_job(job.pk)
    assert held is not None
    write_export(held, file)
    raw = file.getvalue()
    if job.payload["form"] == "pdf":
        return " ".join(page.extract_text() for page in PdfReader(file).pages)
    if job.payload["form"] == "xlsx":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            raw = b"".join(archive.read(name) for name in archive.namelist())
    if job.payload["form"] == "parquet":
        return str(ParquetFile(file).read().to_pylist())
    return raw.decode("utf-8", "replace")


@pytest.mark.parametrize("form", ["xlsx", "csv", "figures", "pdf", "parquet"])
@pytest.mark.parametrize("side", SIDES)
def test_a_heads_file_bears_the_words_of_their_unit_and_no_others(made: World, side: str, form: str) -> None:
    head = User.objects.select_related("agency").get(pk=made[side].head.pk)
    said = _bytes_of(ask_for_export(made[side].agency, 2026, by=head, form=form))
    assert CANARIES[side] in said
    assert not words_in(hidden_from(made, head), said)


@pytest.mark.parametrize("side", SIDES)
def test_a_course_package_bears_no_words_of_others(made: World, side: str) -> None:
    job = start_export(made[side].draft, by=officer_of(made, side))
    held = claim_job(job.pk)
    assert held is not None
    run_export(held)
    held.refresh_from_db()
    with zipfile.ZipFile(held.file) as archive:
        said = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    assert CANARIES[side] in said
    assert not words_in({CANARIES[name] for name in SIDES if name != side}, said)


def _sheet_about(sides: list[Side]) -> bytes:
    """A list of people that names those of every side by number, address and unit."""
    lines = ["nip;nama;email;unit;jabatan;golongan;status"]
    for side in sides:
        for person in (side.learner, side.head, side.leaver):
            lines.append(f"{person.nip};Nama Lain;{person.email};{side.agency.code};Staf;III/a;PNS")
        lines.append(
            f"198802022012021{len(lines):03d};Orang Baru;{side.learner.email};{side.agency.code};Staf;III/a;PNS"
        )
    return "\n".join(lines).encode()


def _units_about(sides: list[Side]) -> bytes:
    lines = ["code;name;parent;kind;zone"]
    for side in sides:
        lines += [
            f"{side.spare.code};Nama Lain;{side.agency.code};unit;WIB",
            f"X{len(lines)};Baru;{side.shut.code};unit;WIB",
        ]
    return "\n".join(lines).encode()


def _import(made: World, by: User, task: str, content: bytes, importer: Any, **payload: Any) -> str:
    """What is answered: the result with its rows, and the file of those that were refused; first the look, then the writing."""
    job = Job(task=task, title="Impor", owner=by, payload=payload)
    job.source.save("orang.csv", ContentFile(content), save=False)
    job.save()
    said = ""
    for step in (check_import, write_import):
        Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING, lease_until=None, file="")
        held = claim_job(job.pk)
        assert held is not None
        step(held, importer)
        held.refresh_from_db()
        said += f"{held.result} {held.error}"
        if held.file:
            with zipfile.ZipFile(held.file) as archive:
                said += "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return said


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("what", ["people", "units", "places"])
def test_an_import_that_names_others_says_nothing_about_them(made: World, side: str, what: str) -> None:
    """Whose numbers, addresses and codes are typed into a sheet, nothing but the typed words comes back about them."""
    officer, everybody = officer_of(made, side), [made[name] for name in SIDES]
    hidden = {CANARIES["foreign"]} if side != "foreign" else {CANARIES["own"], CANARIES["sister"]}
    if what == "people":
        said = _import(made, officer, "people.check_import", _sheet_about(everybody), Roster)
    elif what == "units":
        said = _import(made, officer, "agencies.check_import", _units_about(everybody), AgencySheet)
    else:
        cohort = made[side].cohort
        lines = [
            "nip;nama",
            *(f"{one.learner.nip};Nama" for one in everybody),
            *(f"{one.head.nip};Nama" for one in everybody),
        ]
        said = _import(
            made, officer, "rosters.check_import", "\n".join(lines).encode(), places_in(cohort.pk), cohort=cohort.pk
        )
    # The addresses were typed by the officer, and bear the words in small letters.
    for one in everybody:
        said = said.replace(one.learner.email, "").replace(one.head.email, "")
    assert not words_in(hidden, said), said[:2000]
