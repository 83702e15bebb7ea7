"""Who of a cohort would get a paper and who not, and how far an act has come."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber, TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User
from asn_lms.lib.days import local_day
from courses.taxonomy.models import Accreditation, CertificateKind
from enrollments.certificates.models import Certificate, CorrectionRequest
from enrollments.cohorts.models import Cohort
from enrollments.designs.models import DesignVersion
from enrollments.designs.queries import design_in_use
from enrollments.enrolling.models import Enrollment
from enrollments.issuance.models import GETS, Audience, Fate, Issuance, IssuanceLine

State, Status, LineState = Certificate.State, Enrollment.Status, IssuanceLine.State
# So many names a page shows; counts always count everybody.
SHOWN_NAMES = 200
SHOWN_OTHERS = 20
PAGE = 30


def with_fate(
    cohort: Cohort, audience: str, *, by: User, now: datetime, but: IssuanceLine | None = None
) -> "QuerySet[Any]":
    """Live places of a cohort, each with its `fate`: one rule for the page, the act and the worker, who serves the line `but`.

    Of an STTP the worker looks once more, by the learner's own zone; here the day of completion is that of the organiser's.
    """
    zone = cohort.organiser.zone
    places = Enrollment.objects.filter(cohort=cohort).live()
    queued = IssuanceLine.objects.waiting().filter(enrollment=OuterRef("pk")).exclude(pk=but.pk if but else 0)
    promised = (Q(Exists(queued)), Fate.QUEUED)
    if audience == Audience.ATTENDED:
        rows = places.annotate(last_day=Coalesce("due_on", "cohort__ends_on"))
        return rows.annotate(fate=_first_that_holds(promised, *_attended(by, local_day(zone, now))))
    papers = Certificate.objects.of_completion().filter(enrollment=OuterRef("pk"))
    standing = papers.live()
    rows = places.annotate(
        paper_state=Subquery(standing.values("state")[:1]),
        paper_is_stuck=Subquery(standing.values("is_stuck")[:1]),
        paper_lacks_code=Exists(standing.filter(Certificate.LACKS_CODE)),
        paper_signatory=Subquery(standing.values("signatory")[:1]),
        was_revoked=Exists(papers),
        completed_on=TruncDate("completed_at", tzinfo=ZoneInfo(zone)),
    )
    return rows.annotate(fate=_first_that_holds(promised, *_finished(), otherwise=Fate.HAS_ONE))


Condition = tuple[Q, Fate]


def _attended(by: User, today: date) -> list[Condition]:
    papers = Certificate.objects.filter(enrollment=OuterRef("pk"))
    return [
        (Q(learner=by), Fate.OWN),
        (Q(status=Status.COMPLETED), Fate.COMPLETED),
        (Q(Exists(papers.live())), Fate.HAS_ONE),
        (Q(Exists(papers)), Fate.REVOKED),
        (Q(started_at__isnull=True), Fate.UNSTARTED),
        (Q(last_day__isnull=True) | Q(last_day__gte=today), Fate.LEARNING),
    ]


def _finished() -> list[Condition]:
    covered = Accreditation.objects.filter(
        organiser=OuterRef("cohort__organiser"),
        family=OuterRef("version__family"),
        valid_from__lte=OuterRef("completed_on"),
        valid_until__gte=OuterRef("completed_on"),
    )
    asked = CorrectionRequest.objects.open().filter(certificate__enrollment=OuterRef("pk"))
    has_none = Q(paper_state__isnull=True)
    return [
        (~Q(status=Status.COMPLETED), Fate.UNFINISHED),
        (has_none & Q(was_revoked=True), Fate.REVOKED),
        (has_none & Q(version__certificate_kind=CertificateKind.GRADUATION) & ~Q(Exists(covered)), Fate.WITHHELD),
        (has_none, Fate.GIVE),
        (Q(paper_is_stuck=True, paper_state=State.AWAITING_SIGNATURE, paper_signatory__isnull=True), Fate.NOBODY),
        (Q(paper_is_stuck=True), Fate.AGAIN),
        (Q(paper_state=State.NUMBERED) & Q(Exists(asked)), Fate.CORRECTION),
        (Q(paper_state=State.NUMBERED), Fate.NAME),
        (Q(paper_state=State.CONFIRMED, paper_lacks_code=True), Fate.CODE),
        (Q(paper_state__in=[State.CONFIRMED, State.DRAWN]), Fate.MAKING),
        (Q(paper_state=State.AWAITING_SIGNATURE), Fate.SIGNING),
    ]


def _first_that_holds(*cases: Condition, otherwise: Fate = Fate.GIVE) -> Case:
    whens = [When(condition, then=Value(fate.value)) for condition, fate in cases]
    return Case(*whens, default=Value(otherwise.value), output_field=CharField())


def kind_for(cohort: Cohort, audience: str) -> CertificateKind:
    """What such an act gives."""
    if audience == Audience.ATTENDED:
        return CertificateKind.STATEMENT
    return CertificateKind(cohort.version.certificate_kind)


@dataclass(frozen=True)
class Others:
    """Those who get nothing for one reason. `names` holds the first of them."""

    fate: Fate
    count: int
    names: list[str]


@dataclass(frozen=True)
class Preview:
    """What an act would do: `getting` holds the first of `total`."""

    cohort: Cohort
    audience: str
    kind: CertificateKind
    design: DesignVersion | None
    getting: list[Enrollment]
    total: int
    others: list[Others]
    earlier: list[Issuance]

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.getting)


def preview(cohort: Cohort, audience: str, *, by: User, now: datetime) -> Preview:
    """Six queries, whatever the number of people."""
    rows = with_fate(cohort, audience, by=by, now=now)
    counts = dict(rows.values_list("fate").annotate(count=Count("pk")).order_by())
    in_turn = Window(RowNumber(), partition_by=F("fate"), order_by=[F("learner__name"), F("pk")])
    shown = Q(fate__in=GETS, turn__lte=SHOWN_NAMES) | Q(turn__lte=SHOWN_OTHERS)
    named = list(
        rows.annotate(turn=in_turn).filter(shown).select_related("learner__agency").order_by("learner__name", "pk")
    )
    kind = kind_for(cohort, audience)
    return Preview(
        cohort=cohort,
        audience=audience,
        kind=kind,
        design=design_in_use(cohort.organiser, kind),
        getting=[row for row in named if row.fate in GETS],
        total=sum(counts.get(one.value, 0) for one in GETS),
        others=[
            Others(fate, counts[fate.value], [row.learner.full_name for row in named if row.fate == fate])
            for fate in Fate
            if fate not in GETS and counts.get(fate.value)
        ],
        earlier=list(cohort.issuances.select_related("made_by").annotate(count=Count("lines"))[:5]),
    )


# Where the papers of an act stand, by name of the filter; "" is everybody.
PHASES: dict[str, Promise] = {
    "": _("All"),
    "hand": _("Needs a hand"),
    "waiting": _("Waiting for a number"),
    "asked": _("Name being confirmed"),
    "making": _("Being made"),
    "unsigned": _("Awaiting signature"),
    "ready": _("Issued"),
    "revoked": _("Revoked"),
}
_IN_STATES = {
    "asked": [State.NUMBERED],
    "making": [State.CONFIRMED, State.DRAWN],
    "unsigned": [State.AWAITING_SIGNATURE],
    "ready": list(Certificate.READY),
    "revoked": [State.REVOKED],
}


def _in_phase(name: str) -> Q:
    if name == "hand":
        return Q(state__in=[LineState.REFUSED, LineState.FAILED]) | Q(certificate__is_stuck=True)
    if name == "waiting":
        return Q(state=LineState.WAITING)
    if name in _IN_STATES:
        return Q(certificate__state__in=_IN_STATES[name], certificate__is_stuck=False)
    return Q()


@dataclass(frozen=True)
class Queue:
    """An act and how far its papers are."""

    issuance: Issuance
    show: str
    rows: list[IssuanceLine]
    counts: dict[str, int]
    next_after: int | None

    @property
    def total(self) -> int:
        return self.counts[""]

    @property
    def ready(self) -> int:
        return self.counts["ready"]

    @property
    def is_moving(self) -> bool:
        """Something changes by itself within the minute."""
        return bool(self.counts["waiting"] or self.counts["making"])


def queue_of(issuance: Issuance, *, show: str, after: int | None) -> Queue:
    """Its lines in the order in which they are served, `PAGE` at a time; three queries."""
    lines = issuance.lines.all()
    counts = lines.aggregate(**{f"n_{name}": Count("pk", filter=_in_phase(name)) for name in PHASES if name})
    total = lines.count()
    rows = lines.filter(_in_phase(show)).select_related("enrollment__learner__agency", "certificate")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk")[: PAGE + 1])
    return Queue(
        issuance=issuance,
        show=show,
        rows=found[:PAGE],
        counts={name: counts[f"n_{name}"] if name else total for name in PHASES},
        next_after=found[PAGE - 1].pk if len(found) > PAGE else None,
    )
