"""Reading claims: a learner's own, and what lies on the desk of an officer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.agencies.models import Agency, below
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from asn_lms.lib import words
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import Refusal
from courses.taxonomy.models import LearningPath
from enrollments.claims.dates import spans
from enrollments.claims.facts import Basis, Facts, facts_of
from enrollments.claims.lookalikes import Lookalike, lookalikes_of, odd_ones
from enrollments.claims.models import Claim, ClaimEvent, Evidence
from enrollments.claims.rules import may_decide, may_mend
from enrollments.conversion.queries import RuleBook, rule_book
from enrollments.credits.actions import foresee_outside
from enrollments.credits.explanation import how_counted
from enrollments.credits.models import Credit

PAGE = 20
State = Claim.State


def how_much(basis: str | None, quantity: Decimal) -> str:
    """ "6 lesson hours", "2 days": the quantity in units of the rule; empty where it says nothing."""
    said = {"count": words.number(quantity)}
    many = int(quantity) if quantity == quantity.to_integral_value() else 2
    match basis:
        case Basis.HOURS | None:
            return ngettext("%(count)s lesson hour", "%(count)s lesson hours", many) % said
        case Basis.DAY:
            return ngettext("%(count)s day", "%(count)s days", many) % said
        case Basis.SESSION:
            return ngettext("%(count)s session", "%(count)s sessions", many) % said
        case Basis.SEMESTER:
            return ngettext("%(count)s semester", "%(count)s semesters", many) % said
        case _:
            return ""


@dataclass(frozen=True)
class Forecast:
    """What a claim would give if it were verified now: its credit, unsaved, with why; or why it gives nothing."""

    credit: Credit | None = None
    told: tuple[str, ...] = ()
    refusal: str = ""
    field: str | None = None

    @property
    def is_cut(self) -> bool:
        return self.credit is not None and self.credit.capped_jp > 0


def forecast(learner: User, facts: Facts, *, rules: RuleBook | None = None) -> Forecast:
    """By the rules, caps and books of this moment; three queries, one less when the rules of the path are read already."""
    try:
        credit, days = foresee_outside(
            learner,
            title=facts.title,
            path=facts.path,
            scope=facts.scope,
            quantity=facts.quantity,
            dates=facts.dates,
            rules=rules,
        )
    except Refusal as refusal:
        return Forecast(refusal=str(refusal.sentence), field=refusal.field)
    return Forecast(credit, tuple(how_counted(credit, days)))


@dataclass(frozen=True)
class ClaimRow:
    """A claim in a list."""

    claim: Claim
    much: str
    is_odd: bool = False
    files: int = 0

    @property
    def spans(self) -> list[tuple[date, date]]:
        return spans(self.claim.dates)


def _rows(claims: Collection[Claim], odd: Collection[int] = ()) -> list[ClaimRow]:
    book = rule_book(claim.path_id for claim in claims)
    return [ClaimRow(claim, much_of(claim, book), claim.pk in odd, int(getattr(claim, "files", 0))) for claim in claims]


def much_of(claim: Claim, book: RuleBook) -> str:
    """How much was done, by the rule of the last day."""
    dates = claim.dates
    rule = book.rule(claim.path_id, claim.scope, dates[-1]) if dates else None
    return how_much(rule.basis if rule else None, claim.quantity)


@dataclass(frozen=True)
class OwnClaims:
    rows: list[ClaimRow]
    next_before: int | None
    # Entered, and without evidence: they wait for it.
    bare: int


def own_claims(person: User, *, before: int | None = None) -> OwnClaims:
    """The newest first, `PAGE` at a time; three queries."""
    rows = Claim.objects.held_by(person).select_related("path", "credit", "decided_by")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.annotate(files=Count("evidence")).order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    return OwnClaims(_rows(shown), shown[-1].pk if len(found) > PAGE else None, bare_claims(person).count())


def bare_claims(person: User, *, office: bool = False) -> Any:
    """Drafts that wait for evidence: one's own, or (`office`) those that this officer entered for others."""
    drafts = Claim.objects.filter(state=State.DRAFT, evidence__isnull=True).select_related("path", "learner__agency")
    if not office:
        return drafts.filter(learner=person).order_by("pk")
    mine = drafts.filter(made_by=person, learner__agency__in=agencies_of(person, RoleGrant.Role.OFFICER))
    return mine.exclude(learner=person).order_by("pk")


@dataclass(frozen=True)
class BareClaims:
    rows: list[ClaimRow]
    total: int


def bare_page(person: User, *, office: bool) -> BareClaims:
    """The first fifty; those that are completed make room for the others."""
    waiting = bare_claims(person, office=office)
    rows = list(waiting[:50])
    return BareClaims(_rows(rows), len(rows) if len(rows) < 50 else waiting.count())


@dataclass(frozen=True)
class ClaimPage:
    """One claim with everything that its reader decides by."""

    claim: Claim
    much: str
    evidence: list[Evidence]
    events: list[ClaimEvent]
    lookalikes: list[Lookalike]
    forecast: Forecast | None
    may_mend: bool
    may_decide: bool

    @property
    def spans(self) -> list[tuple[date, date]]:
        return spans(self.claim.dates)

    @property
    def decision(self) -> ClaimEvent | None:
        """The last thing that an officer said."""
        return next((event for event in reversed(self.events) if event.kind in Claim.DECIDED), None)

    @property
    def counted(self) -> list[str]:
        """Why it counted as it did, when it was verified."""
        credit = self.claim.credit
        return how_counted(credit, list(credit.days.all()) if credit.capped_jp else []) if credit else []


def claim_page(claim: Claim, *, reader: User) -> ClaimPage:
    """Six queries at most."""
    is_open = claim.state in (*Claim.MENDABLE, State.SUBMITTED)
    rules = rule_book([claim.path_id])
    return ClaimPage(
        claim=claim,
        much=much_of(claim, rules),
        evidence=list(claim.evidence.all()),
        events=[] if claim.state == State.DRAFT else list(claim.events.select_related("by")),
        lookalikes=lookalikes_of(claim, reader=reader) if is_open else [],
        forecast=forecast(claim.learner, facts_of(claim), rules=rules) if is_open else None,
        may_mend=may_mend(reader, claim),
        may_decide=may_decide(reader, claim),
    )


# What an officer may look at; the first is where the work lies.
SHOWN: dict[str, Promise] = {
    "submitted": _("Waiting"),
    "returned": _("With their learners"),
    "verified": _("Verified"),
    "refused": _("Refused"),
    "reversed": _("Taken back"),
    "withdrawn": _("Withdrawn"),
}


@dataclass(frozen=True)
class Desk:
    rows: list[ClaimRow]
    show: str
    counts: dict[str, int]
    units: list[Agency]
    paths: list[LearningPath]
    next_after: int | None
    bare: int


def office_desk(
    officer: User, *, show: str = "", unit: int | None = None, path: str = "", after: int | None = None
) -> Desk:
    """Claims of the officer's units: what waits the longest first; of the other states the newest first. Eight queries."""
    show = show if show in SHOWN else "submitted"
    mine = Claim.objects.managed_by(officer)
    counts = mine.aggregate(**{name: Count("pk", filter=Q(state=name)) for name in SHOWN})
    here = mine.filter(state=show)
    units = list(Agency.objects.filter(pk__in=here.values("learner__agency")).order_by("path")[:200])
    paths = list(LearningPath.objects.filter(pk__in=here.values("path")))
    chosen = next((one for one in units if one.pk == unit), None)
    if chosen is not None:
        here = here.filter(below([chosen.path], "learner__agency__"))
    if any(one.code == path for one in paths):
        here = here.filter(path__code=path)
    found = list(_after(here, show, after).with_people()[: PAGE + 1])
    shown = found[:PAGE]
    odd = odd_ones(shown, reader=officer) if show == State.SUBMITTED else set()
    return Desk(
        rows=_rows(shown, odd),
        show=show,
        counts=counts,
        units=units,
        paths=paths,
        next_after=shown[-1].pk if len(found) > PAGE else None,
        bare=bare_claims(officer, office=True).count(),
    )


def _after(rows: Any, show: str, after: int | None) -> Any:
    if show != State.SUBMITTED:
        return (rows.filter(pk__lt=after) if after is not None else rows).order_by("-pk")
    if after is not None:
        last = Claim.objects.filter(pk=after).values_list("submitted_at", flat=True).first()
        rows = rows.filter(Q(submitted_at__gt=last) | Q(submitted_at=last, pk__gt=after)) if last else rows.none()
    return rows.order_by("submitted_at", "pk")


def waiting_for(officer: User) -> int:
    """How many claims wait for this officer."""
    return Claim.objects.managed_by(officer).waiting().exclude(learner=officer).count()


def today_of(person: User) -> date:
    return local_day(person.zone)
