"""The ZIP file: the papers as they are, and a sheet that lists them.

PDFs are compressed already, so they are stored; each is copied in small pieces, so that memory does not grow with their number.
A worker that dies is followed by another, which packs anew.
"""

import logging
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.jobs.actions import advance, fail_job, finish_job
from accounts.jobs.models import Job
from accounts.notices.actions import tell
from asn_lms.lib.sheets import write_xlsx
from enrollments.archives.queries import Wanted, wanted_papers
from enrollments.certificates.models import Certificate

logger = logging.getLogger(__name__)
STEP = 100
# Each renews the lease of 40 seconds, also where papers come from an object store.
SAID_EACH = 20
INDEX = "daftar.xlsx"
_DIGITS = re.compile(r"[^0-9]")


def write_archive(job: Job) -> None:
    """The worker's part. What the person may no longer see since they asked is left out."""
    with translation.override(job.payload["language"]), tempfile.TemporaryFile() as file:
        packer = Packer(job)
        if not packer.total:
            fail_job(job, _("No certificate is left that you may download. Ask again from the page."))
            return
        advance(job, 0, packer.total)
        packer.write(file)
        file.seek(0)
        name = f"{slugify(job.title)[:80] or 'sertifikat'}.zip"
        with transaction.atomic():
            finish_job(job, result={"count": packer.packed, "missing": packer.missing}, file=File(file, name=name))
            _tell_ready(job, packer.packed)


class Packer:
    """Papers into one archive, in the order of their ids."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.papers = wanted_papers(job.owner, Wanted(**job.payload["wanted"]))
        self.total = self.papers.count()
        self.packed = self.missing = 0
        self.taken = {INDEX}

    def write(self, file: IO[bytes]) -> None:
        headings = (
            _("File"), "NIP", _("Name"), _("Unit"), _("Training"), _("Cohort"), _("Kind"), _("Number"), _("Issued on"), "JP",
            _("State"), _("Verify at"),
        )  # fmt: skip
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive, tempfile.TemporaryFile() as sheet:
            # One pass: a paper is packed when its line is written.
            lines = self._lines(archive)
            write_xlsx(
                sheet, headings, lines, title=_("Certificates"), widths=(60, 22, 34, 34, 44, 26, 16, 34, 12, 8, 12, 60)
            )
            sheet.seek(0)
            _store(archive, INDEX, sheet, timezone.localdate())

    def _lines(self, archive: zipfile.ZipFile) -> Iterator[Sequence[Any]]:
        for done, paper in enumerate(self._read(), start=1):
            yield self._packed(archive, paper)
            if done % SAID_EACH == 0:
                advance(self.job, min(done, self.total))

    def _read(self) -> Iterator[Certificate]:
        last = 0
        rows = self.papers.select_related("enrollment__learner__agency").order_by("pk")
        while step := list(rows.filter(pk__gt=last)[:STEP]):
            last = step[-1].pk
            yield from step

    def _packed(self, archive: zipfile.ZipFile, paper: Certificate) -> Sequence[Any]:
        name = self._name(paper)
        try:
            with paper.file.open("rb") as source:
                _store(archive, name, source, paper.issued_on)
            self.packed += 1
        except FileNotFoundError:
            # The sheet says so; one lost paper must not keep all the others.
            logger.exception("The paper of certificate %s is not in the storage", paper.pk)
            self.missing += 1
            name = _("missing in the storage, tell the helpdesk")
        learner = paper.enrollment.learner
        return (
            name,
            paper.nip,
            paper.name,
            learner.agency.name if learner.agency else "",
            paper.course_title,
            paper.cohort_name,
            paper.get_kind_display(),
            paper.number,
            paper.issued_on,
            paper.jp,
            paper.get_state_display(),
            settings.SITE_URL + reverse("verify", args=[paper.public_id]),
        )

    def _name(self, paper: Certificate) -> str:
        """Folder of the unit, then NIP, name and number in letters that every system takes; never the same twice."""
        agency = paper.enrollment.learner.agency
        folder = slugify(agency.label)[:40] if agency else ""
        parts = (_DIGITS.sub("", paper.nip), slugify(paper.name)[:60], slugify(paper.number.replace("/", "-"))[:60])
        name = str(PurePosixPath(folder or "lain", "_".join(part for part in parts if part) or "sertifikat"))
        if f"{name}.pdf" in self.taken:
            name = f"{name}_{paper.pk}"
        self.taken.add(f"{name}.pdf")
        return f"{name}.pdf"


def _store(archive: zipfile.ZipFile, name: str, source: Any, on: date) -> None:
    info = zipfile.ZipInfo(name, date_time=(on.year, on.month, on.day, 12, 0, 0))
    info.external_attr = 0o640 << 16
    with archive.open(info, "w") as target:
        shutil.copyfileobj(source, target, 64 * 1024)


def _tell_ready(job: Job, count: int) -> None:
    assert job.owner is not None
    body = ngettext(
        "%(count)d certificate is packed. The file is kept for seven days, for you alone.",
        "%(count)d certificates are packed. The file is kept for seven days, for you alone.",
        count,
    )
    tell(
        job.owner,
        "archive.ready",
        f"job {job.pk}",
        gettext_lazy("Your file of certificates is ready"),
        body % {"count": count},
        job.get_absolute_url(),
    )
