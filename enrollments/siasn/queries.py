"""Reading the outbox, and what still stands between our data and SIASN."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.people.models import User
from courses.structure.models import Course
from courses.taxonomy.models import TrainingType
from enrollments.siasn.client import connection
from enrollments.siasn.fields import Told, whole_hours
from enrollments.siasn.models import (
    DELIVERED,
    KIND,
    STRUCTURAL,
    AgencyMapping,
    CourseMapping,
    Posting,
    PostingQuerySet,
    TypeMapping,
)
from enrollments.siasn.resting import is_resting

PAGE = 30

State, Reason = Posting.State, Posting.Reason

# What an officer does about each reason.
ADVICE: dict[str, Promise] = {
    Reason.REJECTED: _("Correct what SIASN names (data of the course, the person or the mapping), then try again."),
    Reason.UNKNOWN: _("Compare the NIP with the person's decree and correct it here, or ask BKN; then try again."),
    Reason.NO_NUMBER: _("Record the person's NIP first, then try again."),
    Reason.AWAY: _("Nothing is wrong with the certificate. Try again when SIASN works."),
    Reason.ACCESS: _("Ask whoever looks after this system: the keys, or the network address that BKN lets in."),
    Reason.MISMATCH: _("Look the record up in SIASN and correct it there, then try again: it is checked anew."),
    Reason.GONE: _("Somebody took it out in SIASN. Try again to record it anew, or mark it as settled."),
    Reason.NO_PAPER: _("Try again; if it stays away, upload the PDF in SIASN by hand and mark it as settled."),
    Reason.REVOKED: _("Take the record out in SIASN, then mark it as settled."),
    Reason.BROKEN: _("Try again; if it breaks again, ask whoever looks after this system."),
}


@dataclass(frozen=True)
class Mapped:
    """What our mapping says about one row."""

    instansi_id: str
    type_code: str
    certificate_kind: str
    document_ref: str
    structural_id: str
    weight: int


def mapping_of(posting: Posting) -> Mapped:
    """The mapping of a row that has one (`PostingQuerySet.mapped`); one query each for government, kind of training and course."""
    place = posting.certificate.enrollment
    course = CourseMapping.objects.filter(course__cohorts=place.cohort_id).first()
    type_id = course.training_type_id if course and course.training_type_id else place.version.training_type_id
    kind = TypeMapping.objects.select_related("training_type").get(instansi=posting.instansi_id, training_type=type_id)
    return Mapped(
        instansi_id=AgencyMapping.objects.get(agency=posting.instansi_id).instansi_id,
        type_code=kind.training_type.code,
        certificate_kind=kind.certificate_kind,
        document_ref=kind.document_ref,
        structural_id=course.structural_id if course else "",
        weight=course.weight if course else 0,
    )


def told(posting: Posting, mapped: Mapped, orang_id: str) -> Told:
    """What SIASN is told: the printed words of the certificate, and the ids of the mapping."""
    paper = posting.certificate
    ends_on = paper.ends_on or paper.issued_on
    return Told(
        instansi_id=mapped.instansi_id,
        orang_id=orang_id,
        type_code=mapped.type_code,
        certificate_kind=mapped.certificate_kind,
        structural_id=mapped.structural_id,
        weight=mapped.weight,
        competency=paper.competency,
        title=paper.course_title,
        organiser=paper.organiser_name,
        number=paper.number,
        jp=paper.jp,
        starts_on=paper.starts_on or ends_on,
        ends_on=ends_on,
        issued_on=paper.issued_on,
    )


# ── The outbox ───────────────────────────────────────────────────────────────────────────────────────────────────────

SHOWN: dict[str, Promise] = {
    "hand": _("Need a hand"),
    "mapping": _("Waiting for data"),
    "waiting": _("To be sent"),
    "there": _("In SIASN"),
    "handed": _("Handed over otherwise"),
}


@dataclass(frozen=True)
class Line:
    """One certificate in the list: how far it is, why it stands, what to do."""

    posting: Posting
    reason: str
    advice: str

    @property
    def jp(self) -> Decimal:
        paper = self.posting.certificate
        return paper.jp if paper.frozen_at else paper.enrollment.version.jp

    @property
    def hours(self) -> int:
        """What SIASN takes: JP rounded down."""
        return whole_hours(self.jp) if self.posting.sent_jp is None else self.posting.sent_jp

    @property
    def is_cut(self) -> bool:
        """Whether SIASN holds fewer hours than we recorded."""
        return self.jp != self.hours

    @property
    def may_try_again(self) -> bool:
        return self.posting.state == State.HANDED or (
            self.posting.state == State.FAILED and self.posting.reason != Reason.REVOKED
        )


@dataclass(frozen=True)
class Outbox:
    lines: list[Line]
    show: str
    counts: dict[str, int]
    # How many stopped for which reason, most first.
    reasons: list[tuple[str, str, int]]
    next_before: int | None
    is_connected: bool
    is_away: bool


def outbox(officer: User, *, show: str = "", before: int | None = None, now: datetime | None = None) -> Outbox:
    """What the officer's units have to say to SIASN; what needs a hand first. A page at a time, newest first."""
    rows = Posting.objects.visible_to(officer)
    counts = _counts(rows)
    if show not in SHOWN:
        show = next((name for name in ("hand", "mapping", "waiting") if counts[name]), "there")
    listed = _shown(rows, show)
    if before is not None:
        listed = listed.filter(pk__lt=before)
    found = list(
        listed.select_related(
            "certificate__enrollment__learner", "certificate__enrollment__version", "certificate__series__organiser"
        ).order_by("-pk")[: PAGE + 1]
    )
    reasons = []
    if show == "hand":
        grouped = _shown(rows, "hand").order_by().values_list("reason").annotate(Count("pk"))
        reasons = [(code, str(Reason(code).label), count) for code, count in sorted(grouped, key=lambda one: -one[1])]
    return Outbox(
        lines=[_line(one, show) for one in found[:PAGE]],
        show=show,
        counts=counts,
        reasons=reasons,
        next_before=found[PAGE - 1].pk if len(found) > PAGE else None,
        is_connected=connection() is not None,
        is_away=is_resting(now or timezone.now()),
    )


def _line(posting: Posting, show: str) -> Line:
    if posting.reason:
        return Line(posting, str(Reason(posting.reason).label), str(ADVICE[posting.reason]))
    if show == "mapping":
        return Line(posting, str(_("SIASN asks for data that are not recorded here yet.")), "")
    return Line(posting, "", "")


def _shown(rows: PostingQuerySet, show: str) -> PostingQuerySet:
    if show == "hand":
        return rows.filter(state=State.FAILED)
    if show == "there":
        return rows.filter(state=State.VERIFIED)
    if show == "handed":
        return rows.filter(state=State.HANDED)
    under_way = rows.under_way()
    mapped = Posting.objects.mapped().values("pk")
    return under_way.exclude(pk__in=mapped) if show == "mapping" else under_way.filter(pk__in=mapped)


def _counts(rows: PostingQuerySet) -> dict[str, int]:
    standing = Q(state__in=Posting.UNDER_WAY, certificate__state__in=DELIVERED)
    whole: dict[str, int] = rows.aggregate(
        hand=Count("pk", filter=Q(state=State.FAILED)),
        under_way=Count("pk", filter=standing),
        there=Count("pk", filter=Q(state=State.VERIFIED)),
        handed=Count("pk", filter=Q(state=State.HANDED)),
    )
    mapped = rows.under_way().mapped().count()
    return {
        "hand": whole["hand"],
        "mapping": whole["under_way"] - mapped,
        "waiting": mapped,
        "there": whole["there"],
        "handed": whole["handed"],
    }


# ── The mapping ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Missing:
    """One thing that SIASN asks for and that nobody has recorded; `count` certificates wait for it."""

    what: str  # agency, type, course
    agency: Agency
    count: int
    training_type: TrainingType | None = None
    course: Course | None = None


@dataclass(frozen=True)
class MappingPage:
    missing: list[Missing]
    agencies: list[AgencyMapping]
    types: list[TypeMapping]
    courses: list[CourseMapping]


def mapping_page(officer: User) -> MappingPage:
    """What is missing for certificates that wait, most first; then what is recorded. The officer's units only."""
    rows = Posting.objects.visible_to(officer).under_way().typed()
    return MappingPage(
        missing=sorted(
            [*_agencies_missing(rows), *_courses_missing(rows), *_types_missing(rows)], key=lambda one: -one.count
        ),
        agencies=list(
            AgencyMapping.objects.filter(agency__in=_tops(officer)).select_related("agency").order_by("agency__path")
        ),
        types=list(
            TypeMapping.objects.filter(instansi__in=_tops(officer))
            .select_related("instansi", "training_type")
            .order_by("instansi__path", "training_type__position")
        ),
        courses=list(
            CourseMapping.objects.filter(course__in=Course.objects.managed_by(officer))
            .select_related("course__organiser", "training_type")
            .order_by("course__code")[:200]
        ),
    )


def _tops(officer: User) -> Any:
    """The governments whose units the officer works for."""
    paths = {path[: Agency.steplen] for path in officer.reach("officer")}
    tops = Agency.objects.filter(depth=1)
    return tops if "" in paths else tops.filter(path__in=paths)


def _agencies_missing(rows: PostingQuerySet) -> list[Missing]:
    known = AgencyMapping.objects.values("agency")
    grouped = dict(rows.exclude(instansi__in=known).order_by().values_list("instansi").annotate(Count("pk")))
    return [Missing("agency", agency, grouped[agency.pk]) for agency in Agency.objects.filter(pk__in=grouped)]


def _types_missing(rows: PostingQuerySet) -> list[Missing]:
    counted = (
        rows.order_by().annotate(kind=KIND).exclude(kind=None).values_list("instansi", "kind").annotate(Count("pk"))
    )
    grouped = {(instansi, kind): count for instansi, kind, count in counted}
    for known in TypeMapping.objects.filter(instansi__in={instansi for instansi, _kind in grouped}).values_list(
        "instansi", "training_type"
    ):
        grouped.pop(known, None)
    agencies = Agency.objects.in_bulk({instansi for instansi, _kind in grouped})
    kinds = TrainingType.objects.in_bulk({kind for _instansi, kind in grouped})
    return [
        Missing("type", agencies[instansi], count, training_type=kinds[kind])
        for (instansi, kind), count in grouped.items()
    ]


def _courses_missing(rows: PostingQuerySet) -> list[Missing]:
    structural = TrainingType.objects.filter(code=STRUCTURAL).values("pk")
    without = Q(certificate__enrollment__cohort__course__siasn__isnull=True) | Q(
        certificate__enrollment__cohort__course__siasn__structural_id=""
    )
    grouped = dict(
        rows.filter(Q(type_id__isnull=True) | Q(type_id__in=structural) & without)
        .order_by()
        .values_list("certificate__enrollment__cohort__course")
        .annotate(Count("pk"))
    )
    found = Course.objects.filter(pk__in=grouped).select_related("organiser", "current")
    return [Missing("course", course.organiser, grouped[course.pk], course=course) for course in found]
