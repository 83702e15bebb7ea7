"""A spreadsheet of claims: a learner's own, or (`office`) an officer's with a column `nip`. What a row means.

A row with evidence is sent; one without, or that looks like something else, becomes a draft. The very same again is left out.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.jobs.actions import start_job
from accounts.jobs.imports import CREATED, REFUSED, UNCHANGED, Outcome, RowError, accept_upload
from accounts.jobs.models import Job
from accounts.people.models import User
from accounts.people.nip import bare
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of, has_role
from asn_lms.lib.refusals import NotYours, Refusal
from asn_lms.lib.sheets import Leaf, Row, Sheet, write_book
from asn_lms.lib.uploads import LARGEST, MEBIBYTE, check_upload
from asn_lms.lib.zips import Limits, check_count_and_twins, entries_of, folded, is_plain_name, open_zip, unpack
from courses.taxonomy.models import LearningPath
from enrollments.claims.actions import ClaimedAlready, draft_claim, looked_at, send_claim
from enrollments.claims.dates import between, read_day, read_days
from enrollments.claims.facts import Facts, stated
from enrollments.claims.models import EvidenceArchive
from enrollments.conversion.models import Scope
from enrollments.credits.actions import foresee_outside

CHECK, WRITE = "claims.check_import", "claims.write_import"
REQUIRED = ("judul", "penyelenggara", "jalur", "tanggal")
COLUMNS = (
    "judul",
    "penyelenggara",
    "jalur",
    "lingkup",
    "tanggal",
    "tanggal_selesai",
    "jumlah",
    "nomor_sertifikat",
    "tanggal_sertifikat",
    "bukti",
)
ZIP = "application/zip"
LARGEST_ZIP = 100 * MEBIBYTE
LIMITS = Limits(files=2000, size=1024**3)
# What computers put into a ZIP by themselves.
_CLUTTER = {".ds_store", "thumbs.db", "desktop.ini"}
_SCOPES = {
    "": Scope.NATIONAL,
    "nasional": Scope.NATIONAL,
    "national": Scope.NATIONAL,
    "internasional": Scope.INTERNATIONAL,
    "international": Scope.INTERNATIONAL,
}
# Where a refusal of the action belongs in the sheet.
_COLUMN_OF = {
    "path": "jalur",
    "dates": "tanggal",
    "from_on": "tanggal",
    "days": "tanggal",
    "until_on": "tanggal_selesai",
    "quantity": "jumlah",
    "title": "judul",
    "certificate_number": "nomor_sertifikat",
    "evidence": "bukti",
}


def begin_import(upload: Any, archive: Any, *, by: User, office: bool) -> Job:
    """Accept a sheet, and a ZIP of evidence if there is one, and let a worker look through them; nothing is claimed yet."""
    if office and not has_role(by, RoleGrant.Role.OFFICER):
        raise NotYours(_("Only training officers claim for others."))
    accept_upload(upload)
    if archive is not None:
        try:
            check_upload(archive, {ZIP}, largest=LARGEST_ZIP)
        except Refusal as refusal:
            refusal.field = "archive"
            raise
        archive.seek(0)
    with transaction.atomic():
        title = _("Checking %(file)s") % {"file": upload.name[:120]}
        job = start_job(CHECK, title, owner=by, payload={"office": office}, source=upload)
        if archive is not None:
            row = EvidenceArchive(job=job)
            row.file.save("bukti.zip", archive, save=False)
            row.save()
    return job


class Files:
    """The evidence that came along, by name; a name without its folder will do while it is one file's only."""

    def __init__(self, archive: zipfile.ZipFile | None) -> None:
        self.archive = archive
        self._found: dict[str, list[zipfile.ZipInfo]] = {}
        for info in entries_of(archive) if archive else []:
            whole = folded(info.filename)
            for name in {whole, whole.rsplit("/", 1)[-1]}:
                self._found.setdefault(name, []).append(info)

    def read(self, name: str) -> ContentFile[bytes]:
        """The file of that name, checked as evidence is."""
        found = self._found.get(folded(name.strip().replace("\\", "/")), [])
        if self.archive is None or not found:
            raise Refusal(
                _("There is no file “%(name)s” in the ZIP.") % {"name": name[:100]}
                if self.archive
                else _("The file “%(name)s” is named, but no ZIP was sent.") % {"name": name[:100]},
                field="evidence",
            )
        if len(found) > 1:
            raise Refusal(
                _("“%(name)s” is in several folders. Write the folder too.") % {"name": name[:100]}, field="evidence"
            )
        if found[0].file_size > LARGEST:
            raise Refusal(_("“%(name)s” is larger than 10 MB.") % {"name": name[:100]}, field="evidence")
        out = io.BytesIO()
        unpack(self.archive, found[0], out, LARGEST)
        file = ContentFile(out.getvalue(), name=found[0].filename.rsplit("/", 1)[-1])
        looked_at(file)
        return file


def check_names(names: list[str]) -> None:
    """Any folders, plain names, no way out of them."""
    own = [name for name in names if not _is_clutter(name)]
    for name in own:
        parts = name.split("/")
        if len(parts) > 8 or len(name) > 250 or not all(is_plain_name(part) for part in parts):
            raise Refusal(
                _("“%(name)s” is no plain file name. Rename it and make the ZIP again.") % {"name": name[:120]}
            )
    check_count_and_twins(own, LIMITS)


def _is_clutter(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].casefold() in _CLUTTER


@contextmanager
def importer_of(job: Job) -> Iterator[type["ClaimRows"]]:
    """The importer for that check, with its archive open meanwhile. Raises Refusal for a ZIP that is not to be opened."""
    fields: dict[str, Any] = {"is_office": bool(job.payload.get("office"))}
    row = EvidenceArchive.objects.filter(job=job).first()
    if row is None:
        yield type("ClaimsOfSheet", (ClaimRows,), {**fields, "files": Files(None)})
        return
    with row.file.open("rb") as file, open_zip(file, LIMITS, check_names) as archive:
        yield type("ClaimsOfSheet", (ClaimRows,), {**fields, "files": Files(archive)})


@dataclass
class _Planned:
    """A row as it was understood, or what stands against it."""

    learner: User | None = None
    facts: Facts | None = None
    files: list[ContentFile[bytes]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


class ClaimRows:
    """The importer; `is_office` and `files` are set by `importer_of`."""

    required: Sequence[str] = REQUIRED
    batch = 100
    is_office = False
    files = Files(None)

    def __init__(self, sheet: Sheet, by: Any) -> None:
        if self.is_office and "nip" not in sheet.headings:
            raise Refusal(_("The column %(name)s is missing.") % {"name": "nip"})
        self.by = by
        self.rows = sheet.rows
        self.paths: dict[str, LearningPath] = {}
        for path in LearningPath.objects.all():
            self.paths[path.code.casefold()] = self.paths[path.name.casefold()] = path

    def check(self, rows: list[Row]) -> list[Outcome]:
        """By doing it and taking it back, so that what is checked is what will be written."""
        with transaction.atomic():
            outcomes = [self._done(row, people, keeps=False) for people in [self._people(rows)] for row in rows]
            transaction.set_rollback(True)
        return outcomes

    def write(self, rows: list[Row]) -> list[Outcome]:
        people = self._people(rows)
        return [self._done(row, people, keeps=True) for row in rows]

    def _people(self, rows: list[Row]) -> dict[str, User]:
        if not self.is_office:
            return {}
        numbers = {bare(row.get("nip", "")) for row in rows}
        mine = agencies_of(self.by, RoleGrant.Role.OFFICER)
        found = User.objects.filter(nip__in=numbers, agency__in=mine, is_active=True).select_related("agency")
        return {str(person.nip): person for person in found}

    def _done(self, row: Row, people: dict[str, User], *, keeps: bool) -> Outcome:
        plan = self._plan(row, people)
        person = plan.learner
        outcome = Outcome(
            row.number,
            CREATED,
            label=row.get("judul", "")[:200],
            number=bare(row.get("nip", "")) if self.is_office else "",
            unit=person.full_name if self.is_office and person else row.get("nama", "")[:150],
        )
        if not plan.errors and plan.facts and person:
            try:
                with transaction.atomic():
                    self._claim(person, plan.facts, plan.files, keeps=keeps)
            except ClaimedAlready:
                outcome.kind = UNCHANGED
            except Refusal as refusal:
                plan.errors.append(_error(refusal))
        if plan.errors:
            outcome.kind, outcome.errors = REFUSED, plan.errors
        return outcome

    def _claim(self, learner: User, facts: Facts, files: list[ContentFile[bytes]], *, keeps: bool) -> None:
        foresee_outside(
            learner,
            title=facts.title,
            path=facts.path,
            scope=facts.scope,
            quantity=facts.quantity,
            dates=facts.dates,
        )
        claim = draft_claim(learner, facts, by=self.by, files=files if keeps else ())
        if not files or not keeps:
            return
        try:
            with transaction.atomic():
                send_claim(claim, by=self.by)
        except Refusal:  # it looks like something else: its learner says why not, and sends it
            return

    def _plan(self, row: Row, people: dict[str, User]) -> _Planned:
        plan = _Planned(learner=people.get(bare(row.get("nip", ""))) if self.is_office else self.by)
        if plan.learner is None:
            plan.errors.append(
                RowError(
                    "nip",
                    _("This person is not among the people of your units."),
                    _("Look at the 18 digits, and whether the column is formatted as Text."),
                )
            )
        values: dict[str, Any] = {}
        for name, column, read in (
            ("title", "judul", _text),
            ("organiser", "penyelenggara", _text),
            ("path", "jalur", self._path),
            ("scope", "lingkup", _scope),
            ("dates", "tanggal", lambda text: _dates(text, row.get("tanggal_selesai", ""))),
            ("asked", "jumlah", _number),
            ("certificate_on", "tanggal_sertifikat", lambda text: read_day(text) if text else None),
        ):
            try:
                values[name] = read(row.get(column, ""))
            except Refusal as refusal:
                plan.errors.append(RowError(column, str(refusal.sentence)))
        for name in _names(row.get("bukti", "")):
            try:
                plan.files.append(self.files.read(name))
            except Refusal as refusal:
                plan.errors.append(RowError("bukti", str(refusal.sentence)))
        if not plan.errors:
            number = row.get("nomor_sertifikat", "")[:100]
            try:
                plan.facts = stated(**values, certificate_number=number)
            except Refusal as refusal:
                plan.errors.append(_error(refusal))
        return plan

    def _path(self, text: str) -> LearningPath:
        path = self.paths.get(text.casefold())
        if path is None:
            raise Refusal(
                _("“%(text)s” is no code of a kind. The codes stand in the empty sheet.") % {"text": text[:40]}
            )
        return path


def _error(refusal: Refusal) -> RowError:
    return RowError(_COLUMN_OF.get(refusal.field or "", ""), str(refusal.sentence))


def _text(text: str) -> str:
    if not text:
        raise Refusal(_("This cell is empty."))
    if len(text) > 200:
        raise Refusal(_("At most 200 letters."))
    return text


def _scope(text: str) -> str:
    scope = _SCOPES.get(text.casefold())
    if scope is None:
        raise Refusal(_("Write nasional or internasional."))
    return scope.value


def _dates(first: str, last: str) -> list[date]:
    days = read_days(first)
    if not days:
        raise Refusal(_("Say on which day it was."))
    if not last:
        return days
    if len(days) > 1:
        raise Refusal(_("A last day goes with one first day only."))
    return between(days[0], read_day(last))


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 < found < 100_000 or found != round(found, 2):
        raise Refusal(_("“%(text)s” is no number of hours or sessions, for example 12 or 7,5.") % {"text": text[:40]})
    return found


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("\n", ";").split(";") if name.strip()]


def write_blank(file: IO[bytes], *, office: bool) -> None:
    """An empty sheet with the columns, and beside it the codes of the kinds and how each is counted."""
    columns = ("nip", "nama", *COLUMNS) if office else COLUMNS
    widths = (22, 26) if office else ()
    paths = [(path.code, path.name, path.get_form_display()) for path in LearningPath.objects.all()]
    said = [
        ("jalur", "KL06", _("code of the kind, see the next sheet")),
        ("lingkup", "nasional", _("nasional or internasional; empty is nasional")),
        ("tanggal", "02-03-2026", _("also 02/03/2026, 2026-03-02, or a range: 02-03-2026 – 04-03-2026")),
        ("tanggal_selesai", "04-03-2026", _("last day; empty if it was one day")),
        ("jumlah", "12", _("lesson hours, sessions or semesters; empty for kinds counted by the day")),
        ("bukti", "sertifikat.pdf; foto.jpg", _("names of files in the ZIP; empty: the row becomes a draft")),
    ]
    leaves = [
        Leaf(_("Claims"), columns, (), (*widths, 40, 30, 10, 14, 24, 16, 10, 24, 18, 30), is_to_be_filled=True),
        Leaf(_("Codes of kinds"), ("jalur", _("name"), _("form")), paths, (10, 50, 16)),
        Leaf(_("How to fill it in"), (_("Column"), _("Example"), _("Meaning")), said, (18, 26, 70)),
    ]
    write_book(file, leaves)
