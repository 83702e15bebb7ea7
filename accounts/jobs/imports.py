"""Taking a sheet in: dry run first, then written in batches that survive a kill. What a row means, an importer knows.

The same engine serves the screen, REST and the command line, so that all three say the same about the same file.
"""

import io
import itertools
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.jobs.actions import advance, fail_job, finish_job, start_job
from accounts.jobs.models import Job
from asn_lms.lib.ahead import one_ahead
from asn_lms.lib.commands import Refused
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.sheets import XLSX, Row, Sheet, Stream, open_sheet, stream_sheet, write_xlsx
from asn_lms.lib.uploads import SHEETS, check_upload

CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"
KINDS = (CREATED, UPDATED, UNCHANGED, REFUSED)
# How many rows the review keeps; the file of refused rows has all of them.
MOST_ERRORS_KEPT = 1000
MOST_OTHERS_KEPT = 100


@dataclass(frozen=True)
class RowError:
    """What is wrong in one cell, and what to do about it."""

    column: str
    message: str
    hint: str = ""


@dataclass
class Outcome:
    """What became, or would become, of one row. `label`, `number` and `unit` show the reader which row it is."""

    row: int
    kind: str
    label: str = ""
    number: str = ""
    unit: str = ""
    errors: list[RowError] = field(default_factory=list)


class Importer(Protocol):
    """Knows what a row means. `rows` is the order to work in, the same each time; `by` is who imports, none for the command."""

    required: Sequence[str]
    batch: int

    @property
    def rows(self) -> Iterable[Row]: ...

    def __init__(self, sheet: Sheet, by: Any) -> None: ...

    def check(self, rows: list[Row]) -> list[Outcome]:
        """What would become of the rows. Writes nothing."""

    def write(self, rows: list[Row]) -> list[Outcome]:
        """Write the rows that can be written, inside the caller's transaction."""


class LongImporter(Importer, Protocol):
    """One that needs no whole sheet."""

    def __init__(self, sheet: Stream, by: Any) -> None: ...


class Summary:
    """Counts, and the rows worth showing."""

    def __init__(self, kept: dict[str, Any] | None = None) -> None:
        kept = kept or {}
        self.counts: dict[str, int] = {kind: int(kept.get(kind, 0)) for kind in KINDS}
        self.shown: list[dict[str, Any]] = list(kept.get("shown", []))
        self.refused_rows: list[int] = list(kept.get("refused_rows", []))

    def add(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            self.counts[outcome.kind] += 1
            if outcome.kind == REFUSED:
                self.refused_rows.append(outcome.row)
            most = MOST_ERRORS_KEPT if outcome.kind == REFUSED else MOST_OTHERS_KEPT
            if self.counts[outcome.kind] <= most:
                self.shown.append(asdict(outcome))

    def as_result(self) -> dict[str, Any]:
        """For `Job.result`: plain values."""
        return {**self.counts, "shown": self.shown, "refused_rows": self.refused_rows}


def accept_upload(upload: Any) -> None:
    """Refuse, beside the field, what is no table or is empty or above 10 MB."""
    try:
        check_upload(upload, SHEETS)
    except Refusal as refusal:
        refusal.field = "file"
        raise


def check_import(job: Job, importer_class: type[Importer]) -> None:
    """The dry run: read the file and keep what would happen, told in the owner's language."""
    with _language_of(job):
        _check(job, importer_class)


def _check(job: Job, importer_class: type[Importer]) -> None:
    try:
        with job.source.open("rb") as file:
            sheet = open_sheet(file, required=importer_class.required)
    except Refusal as refusal:
        fail_job(job, str(refusal.sentence))
        return
    importer = importer_class(sheet, job.owner)
    total, summary = len(sheet.rows), Summary()
    advance(job, 0, total)
    for rows in _batches(importer):
        summary.add(importer.check(rows))
        advance(job, sum(summary.counts.values()), total)
    finish_job(job, result=summary.as_result(), file=_refused_rows_file(sheet, summary, job.source_name))


def write_import(job: Job, importer_class: type[Importer]) -> None:
    """Write the file batch by batch; counts and rows are committed together, so the next worker goes on from `job.done`."""
    with _language_of(job):
        _write(job, importer_class)


def _write(job: Job, importer_class: type[Importer]) -> None:
    try:
        with job.source.open("rb") as file:
            sheet = open_sheet(file, required=importer_class.required)
    except Refusal as refusal:
        fail_job(job, str(refusal.sentence))
        return
    importer = importer_class(sheet, job.owner)
    total, summary = len(sheet.rows), Summary(job.result)
    advance(job, job.done, total)
    for rows in _batches(importer, begin=job.done):
        with transaction.atomic():
            summary.add(importer.write(rows))
            advance(job, job.done + len(rows), total, result=summary.as_result())
    finish_job(job, result=summary.as_result(), file=_refused_rows_file(sheet, summary, job.source_name))


@transaction.atomic
def confirm_import(check: Job, task: str, title: str, *, by: Any) -> Job:
    """Start writing what was reviewed. Confirming twice gives the same work again."""
    check = Job.objects.select_for_update(no_key=True).get(pk=check.pk)
    known = Job.objects.filter(uid=check.payload["write"]).first() if "write" in check.payload else None
    if known:
        return known
    if check.state != Job.State.DONE:
        raise Refusal(_("The file has not been checked yet."))
    if not check.source:
        raise Refusal(_("The file of this work is no longer kept. Upload it again."))
    with check.source.open("rb") as file:
        job = start_job(
            task,
            title,
            owner=by,
            payload={"check": str(check.uid)},
            source=ContentFile(file.read(), name=check.source_name),
        )
    check.payload["write"] = str(job.uid)
    check.save(update_fields=["payload"])
    return job


def import_file(path: Path, importer_class: type[Importer], *, dry_run: bool) -> dict[str, Any]:
    """For commands: a file within the limits of an upload, with the answer of the contract. Raises `Refused` when a row was refused."""
    with path.open("rb") as file:
        accept_upload(File(file))
        sheet = open_sheet(file, required=importer_class.required)
    return _import(importer_class(sheet, None), dry_run=dry_run)


def import_long_file(path: Path, importer_class: type[LongImporter], *, dry_run: bool) -> dict[str, Any]:
    """The same for a file of any length: a CSV is read as it is written, and the next rows are made while PostgreSQL writes. A workbook is
    opened whole, so it keeps the limits.
    """
    with path.open("rb") as file:
        if check_upload(File(file), SHEETS, largest=sys.maxsize) == XLSX:
            check_upload(File(file), SHEETS)
        sheet = stream_sheet(file, required=importer_class.required)
        return _import(importer_class(sheet, None), dry_run=dry_run)


def _import(importer: Importer, *, dry_run: bool) -> dict[str, Any]:
    counts = dict.fromkeys(KINDS, 0)
    errors: list[dict[str, Any]] = []
    for rows in one_ahead(_batches(importer)):
        if dry_run:
            outcomes = importer.check(rows)
        else:
            with transaction.atomic():
                outcomes = importer.write(rows)
        for outcome in outcomes:
            counts[outcome.kind] += 1
            errors += [
                {"row": outcome.row, "column": error.column, "message": f"{error.message} {error.hint}".strip()}
                for error in outcome.errors
            ]
    errors.sort(key=lambda error: error["row"])
    answer = {**{kind: counts[kind] for kind in (CREATED, UPDATED, UNCHANGED)}, "errors": errors}
    if errors:
        raise Refused(answer)
    return answer


def in_words(answer: dict[str, Any]) -> str:
    """The contract's answer for people at a terminal."""
    if "created" not in answer:
        return str(answer.get("error", ""))
    lines = [
        _("Row %(row)s, %(column)s: %(message)s") % error if error["column"] else f"{error['row']}: {error['message']}"
        for error in answer["errors"]
    ]
    lines.append(
        _("%(created)s new, %(updated)s changed, %(unchanged)s unchanged, %(errors)s errors")
        % {**answer, "errors": len(answer["errors"])}
    )
    return "\n".join(lines)


def _language_of(job: Job) -> AbstractContextManager[None]:
    return translation.override(job.owner.language if job.owner else None)


def _batches(importer: Importer, *, begin: int = 0) -> Iterator[list[Row]]:
    rows = itertools.islice(importer.rows, begin, None)
    while batch := list(itertools.islice(rows, importer.batch)):
        yield batch


def _refused_rows_file(sheet: Sheet, summary: Summary, name: str) -> "File[Any] | None":
    """The refused rows as they came, with a last column that says why."""
    if not summary.refused_rows:
        return None
    wanted = set(summary.refused_rows)
    why = {
        one["row"]: " ".join(f"{error['message']} {error['hint']}".strip() for error in one["errors"])
        for one in summary.shown
        if one["kind"] == REFUSED
    }
    headings = [name for name in sheet.headings if name]
    rows = (
        [*(row[heading] for heading in headings), why.get(row.number, "")] for row in sheet.rows if row.number in wanted
    )
    out = io.BytesIO()
    write_xlsx(out, [*headings, _("what is wrong")], rows, title=_("To be fixed"), widths=[22] * len(headings) + [60])
    stem, ending = name.rsplit(".", 1)[0] or "import", _("to-be-fixed")
    return ContentFile(out.getvalue(), name=f"{stem}-{ending}.xlsx")
