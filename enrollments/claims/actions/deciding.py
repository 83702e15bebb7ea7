"""What an officer does: verify, give back, refuse, take back. Of two at once one decides, and the other is told who did.

Lock order: claims, by number → people's JP → the year of a book.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.notices.actions import tell
from accounts.people.models import User
from asn_lms.lib import words
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.claims.actions.claiming import claimed_once, note, write_days
from enrollments.claims.actions.evidence import locked_claim
from enrollments.claims.facts import Facts, facts_of
from enrollments.claims.lookalikes import odd_ones
from enrollments.claims.models import Claim, ClaimEvent
from enrollments.claims.rules import may_decide
from enrollments.credits.actions import credit_outside, reverse_credit
from enrollments.credits.ledger import hold_people

State, Kind = Claim.State, ClaimEvent.Kind


class DecidedAlready(Refusal):
    """Somebody else was first."""


@transaction.atomic
def verify_claim(claim: Claim, *, by: User, corrected: Facts | None = None, reason: str = "") -> Claim:
    """Let it count, as it was claimed or (`corrected`: kind, scope, days, quantity) as the evidence shows; a correction has its reason.

    Refuses what the ledger refuses: no rule for the kind, a day to come, a year that is closed.
    """
    claim = _to_decide(claim, by, State.VERIFIED)
    if claim.state == State.VERIFIED:
        return claim
    facts, changed = facts_of(claim), {}
    if corrected is not None:
        changed = _changes(facts, corrected)
        facts = corrected
    if changed and not reason.strip():
        raise Refusal(_("Say why you changed it: the learner reads it."), field="reason")
    with claimed_once():
        if changed:
            claim.path, claim.scope, claim.quantity = facts.path, facts.scope, facts.quantity
            claim.save(update_fields=["path", "scope", "quantity"])
            write_days(claim, facts)
        claim.credit = credit_outside(
            claim.learner,
            reference=f"claim {claim.pk}",
            title=claim.title,
            path=facts.path,
            scope=facts.scope,
            quantity=facts.quantity,
            dates=facts.dates,
        )
        _decide(claim, State.VERIFIED, by=by, reason=reason)
    event = note(claim, Kind.VERIFIED, by=by, reason=claim.reason, facts={"changed": changed} if changed else {})
    _tell(event)
    return claim


@transaction.atomic
def return_claim(claim: Claim, *, by: User, reason: str) -> Claim:
    """Give it back to be mended; the learner reads why beside the form."""
    claim = _to_decide(claim, by, State.RETURNED)
    if claim.state == State.RETURNED:
        return claim
    _decide(claim, State.RETURNED, by=by, reason=_given(reason))
    event = note(claim, Kind.RETURNED, by=by, reason=claim.reason)
    _tell(event)
    return claim


@transaction.atomic
def refuse_claim(claim: Claim, *, by: User, reason: str) -> Claim:
    """Say no, for good; the same may be claimed anew, and then shows that it was refused before."""
    claim = _to_decide(claim, by, State.REFUSED)
    if claim.state == State.REFUSED:
        return claim
    _decide(claim, State.REFUSED, by=by, reason=_given(reason))
    event = note(claim, Kind.REFUSED, by=by, reason=claim.reason)
    _tell(event)
    return claim


@transaction.atomic
def take_back_claim(claim: Claim, *, by: User, reason: str) -> Claim:
    """Undo a verification: the credit is reversed, its room under the caps is free again. In a closed year it is booked in the present one."""
    claim = locked_claim(claim)
    if not may_decide(by, claim):
        raise NotYours(_("Only training officers of the learner's unit decide, and nobody their own claim."))
    if claim.state == State.REVERSED:
        return claim
    if claim.state != State.VERIFIED or claim.credit is None:
        raise Refusal(_("Only what was verified can be taken back."))
    given = _given(reason)
    reverse_credit(claim.credit, by=by, reason=given)
    claim.state = State.REVERSED
    claim.save(update_fields=["state"])
    event = note(claim, Kind.REVERSED, by=by, reason=given)
    _tell(event)
    return claim


@dataclass(frozen=True)
class Batch:
    """What became of several: verified, and left because something about them wants to be looked at."""

    verified: int
    left: int


@transaction.atomic
def verify_several(claims: Iterable[Claim], *, by: User) -> Batch:
    """Verify those that look like nothing else and that the ledger takes; the others stay as they are, to be opened one by one."""
    wanted = [claim.pk for claim in claims]
    list(Claim.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values_list("pk"))
    held = list(Claim.objects.waiting().filter(pk__in=wanted).with_people().order_by("pk"))
    hold_people(claim.learner_id for claim in held)
    odd = odd_ones(held, reader=by)
    verified = 0
    for claim in held:
        if claim.pk in odd or not may_decide(by, claim):
            continue
        try:
            verify_claim(claim, by=by)
        except Refusal:
            continue
        verified += 1
    return Batch(verified, len(wanted) - verified)


def _to_decide(claim: Claim, by: User, wish: Claim.State) -> Claim:
    """The claim, held; with the wish fulfilled already when this officer's click comes twice."""
    claim = locked_claim(claim)
    if not may_decide(by, claim):
        raise NotYours(_("Only training officers of the learner's unit decide, and nobody their own claim."))
    if claim.is_waiting or (claim.state == wish and claim.decided_by_id == by.pk):
        return claim
    if claim.state == State.WITHDRAWN:
        raise DecidedAlready(_("The learner has withdrawn this claim meanwhile."))
    if claim.decided_by and claim.decided_at:
        raise DecidedAlready(
            _("%(name)s was first: “%(state)s” since %(day)s.")
            % {
                "name": claim.decided_by.full_name,
                "state": claim.get_state_display(),
                "day": date_format(timezone.localtime(claim.decided_at), "j F Y H.i"),
            }
        )
    raise Refusal(_("This claim has not been sent."))


def _decide(claim: Claim, state: Claim.State, *, by: User, reason: str) -> None:
    claim.state, claim.decided_by, claim.decided_at, claim.reason = state, by, timezone.now(), reason.strip()[:300]
    claim.save()


def _given(reason: str) -> str:
    given = reason.strip()[:300]
    if not given:
        raise Refusal(_("Give the reason: the learner reads it."), field="reason")
    return given


def _changes(before: Facts, after: Facts) -> dict[str, list[Any]]:
    """What an officer changed, as plain values: before and after by name."""
    old, new = before.plain(), replace(after, title=before.title, organiser=before.organiser).plain()
    return {name: [old[name], new[name]] for name in ("path", "scope", "quantity", "days") if old[name] != new[name]}


def _tell(event: ClaimEvent) -> None:
    """Into the learner's inbox and mail, in their language: what happened, why, and what follows."""
    claim = event.claim
    with translation.override(claim.learner.language):
        title, then = _words(event)
    body = " ".join(part for part in (event.reason, then) if part)
    link = reverse("claim", args=[claim.pk])
    tell(claim.learner, f"claim.{event.kind}", f"claim {claim.pk} {event.pk}", title, body, link)


def _words(event: ClaimEvent) -> tuple[str, str]:
    named = {"title": event.claim.title}
    match event.kind:
        case Kind.VERIFIED:
            credit = event.claim.credit
            assert credit is not None
            counts = {"jp": words.jp(credit.jp), "year": credit.year}
            return _("Verified: %(title)s") % named, _("It counts %(jp)s JP in %(year)s.") % counts
        case Kind.RETURNED:
            return _("To be mended: %(title)s") % named, _("Mend it and send it again.")
        case Kind.REFUSED:
            return _("Refused: %(title)s") % named, _("It gives no JP.")
        case _:
            return _("Taken back: %(title)s") % named, _("Its JP do not count any more.")
