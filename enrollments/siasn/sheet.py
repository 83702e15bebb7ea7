"""The fallback: what SIASN is to be told as a workbook, in the order of its own fields, for typing or uploading there.

Sheets: courses (`/kursus/save`), structural training (`/diklat/save`), and what cannot be told yet. Behind SIASN's own columns stand those
by which a person finds the row: NIP, name, the JP that we recorded, and the address at which the paper is verified.
"""

import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.files import File
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.jobs.actions import advance, finish_job, start_job
from accounts.jobs.models import Job
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from asn_lms.lib.refusals import NotYours, Refusal
from asn_lms.lib.sheets import Leaf, write_book
from enrollments.siasn.fields import COURSE_FIELDS, STRUCTURAL_FIELDS, course_fields, structural_fields
from enrollments.siasn.models import (
    STRUCTURAL,
    AgencyMapping,
    CourseMapping,
    Posting,
    PostingQuerySet,
    SiasnPerson,
    TypeMapping,
)
from enrollments.siasn.queries import Mapped, told
from enrollments.siasn.rules import may_open

TASK = "siasn.export"
STEP = 200


def to_be_told(officer: User) -> PostingQuerySet:
    """What the file holds: not in SIASN yet by any way, and nothing that may be there already without our knowing."""
    waiting = Posting.objects.visible_to(officer).filter(record_id="", begun_at=None)
    reasons = [
        Posting.Reason.REJECTED,
        Posting.Reason.UNKNOWN,
        Posting.Reason.AWAY,
        Posting.Reason.ACCESS,
        Posting.Reason.NO_NUMBER,
    ]
    stopped = waiting.filter(state=Posting.State.FAILED, reason__in=reasons)
    return waiting.under_way().filter(state=Posting.State.PENDING) | stopped


def ask_for_file(*, by: User) -> Job:
    """Let a worker write the file. It waits with the job, for the person who asked only."""
    if not may_open(by):
        raise NotYours(gettext_lazy("Only training officers may do this."))
    count = to_be_told(by).count()
    if not count:
        raise Refusal(gettext_lazy("Nothing is waiting to be told to SIASN, so there is nothing to write."))
    unit = agencies_of(by, RoleGrant.Role.OFFICER).order_by("depth", "path").first() or by.agency
    assert isinstance(unit, Agency)
    job = start_job(
        TASK, _("Certificates for SIASN, %(unit)s") % {"unit": unit.label}, owner=by, payload={"language": by.language}
    )
    record("siasn.exported", unit, by=by, agency=unit, count=count)
    return job


def write_file(job: Job) -> None:
    """The worker's part: the rows in steps, each marked as standing in this file; done again after a death, the file is whole."""
    with translation.override(job.payload["language"]), tempfile.TemporaryFile() as file:
        rows = Rows(job.owner)
        advance(job, 0, rows.total)
        write_book(file, leaves(rows, job))
        file.seek(0)
        finish_job(
            job,
            result={"count": rows.written, "waiting": rows.waiting},
            file=File(file, name=f"siasn-{timezone.localdate()}.xlsx"),
        )


class Rows:
    """The rows of one file, read in steps of the key, with their mapping."""

    def __init__(self, officer: Any) -> None:
        self.officer = officer
        self.rows = to_be_told(officer)
        self.total = self.rows.count()
        self.written = self.waiting = self.done = 0
        self.agencies = dict(AgencyMapping.objects.values_list("agency", "instansi_id"))
        self.types = {
            (one.instansi_id, one.training_type_id): one for one in TypeMapping.objects.select_related("training_type")
        }
        self.courses = {one.course_id: one for one in CourseMapping.objects.all()}

    def read(self) -> Iterator[tuple[Posting, Mapped | None]]:
        last = 0
        while step := list(
            self.rows.filter(pk__gt=last)
            .select_related(
                "certificate__enrollment__learner__siasn",
                "certificate__enrollment__cohort",
                "certificate__enrollment__version",
            )
            .order_by("pk")[:STEP]
        ):
            last = step[-1].pk
            for posting in step:
                yield posting, self.mapped(posting)

    def mapped(self, posting: Posting) -> Mapped | None:
        """None while something is missing."""
        place = posting.certificate.enrollment
        course = self.courses.get(place.cohort.course_id)
        type_id = (course.training_type_id if course else None) or place.version.training_type_id
        kind = self.types.get((posting.instansi_id, type_id or 0))
        instansi_id = self.agencies.get(posting.instansi_id)
        structural_id = course.structural_id if course else ""
        if kind is None or instansi_id is None or (kind.training_type.code == STRUCTURAL and not structural_id):
            return None
        return Mapped(
            instansi_id,
            kind.training_type.code,
            kind.certificate_kind,
            kind.document_ref,
            structural_id,
            course.weight if course else 0,
        )


def leaves(rows: Rows, job: Job) -> Iterator[Leaf]:
    """Three sheets; the first two in SIASN's own words, which are not translated."""
    found = list(rows.read())
    ready = [(posting, mapped) for posting, mapped in found if mapped is not None]
    mark = [posting.pk for posting, _mapped in ready]
    Posting.objects.filter(pk__in=mark, state__in=[Posting.State.PENDING, Posting.State.FAILED]).update(file=job)
    rows.written, rows.waiting = len(ready), len(found) - len(ready)
    behind = ("nip", _("Name"), _("JP recorded here"), _("Verify at"))
    yield Leaf(
        "kursus",
        (*COURSE_FIELDS, *behind),
        _lines(rows, job, ready, STRUCTURAL, False),
        (6, 34, 34, 14, 12, 22, 44, 34, 9, 34, 10, 12, 16, 20, 8, 22, 34, 12, 60),
    )
    yield Leaf(
        "diklat",
        (*STRUCTURAL_FIELDS, *behind),
        _lines(rows, job, ready, STRUCTURAL, True),
        (8, 6, 34, 18, 10, 34, 34, 34, 8, 14, 14, 8, 22, 34, 12, 60),
    )
    yield Leaf(
        _("Data missing"),
        (_("Certificate"), "nip", _("Name"), _("Course"), _("Why")),
        [
            (
                one.certificate.number,
                _nip(one),
                one.certificate.name,
                one.certificate.course_title,
                _("SIASN asks for data that are not recorded here yet."),
            )
            for one, mapped in found
            if mapped is None
        ],
        (34, 22, 34, 44, 60),
    )


def _lines(
    rows: Rows, job: Job, ready: list[tuple[Posting, Mapped]], code: str, is_wanted: bool
) -> Iterator[Sequence[Any]]:
    for posting, mapped in ready:
        if (mapped.type_code == code) is not is_wanted:
            continue
        known: SiasnPerson | None = getattr(posting.certificate.enrollment.learner, "siasn", None)
        what = told(posting, mapped, known.orang_id if known else "")
        fields = structural_fields(what) if is_wanted else course_fields(what)
        paper = posting.certificate
        address = settings.SITE_URL + reverse("verify", args=[paper.public_id])
        yield (
            *("" if value in (None, []) else value for value in fields.values()),
            _nip(posting),
            paper.name,
            paper.jp,
            address,
        )
        rows.done += 1
        if rows.done % STEP == 0:
            advance(job, rows.done, rows.total)


def _nip(posting: Posting) -> str:
    return posting.certificate.enrollment.learner.nip or posting.certificate.nip
