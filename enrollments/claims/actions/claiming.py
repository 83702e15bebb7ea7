"""What a learner does: write a claim, mend it, send it, take it away. Lock order: claim → people's JP → the year of a book."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.claims.actions.evidence import add_evidence, let_go, locked_claim
from enrollments.claims.facts import Facts, facts_of
from enrollments.claims.lookalikes import lookalikes_of
from enrollments.claims.models import Claim, ClaimDay, ClaimEvent
from enrollments.claims.rules import may_claim_for, may_mend
from enrollments.credits.actions import foresee_outside

State = Claim.State


class ClaimedAlready(Refusal):
    """The very same is claimed already."""


@transaction.atomic
def draft_claim(learner: User, facts: Facts, *, by: User, files: Sequence[Any] = ()) -> Claim:
    """Begin a claim, with its evidence. It is nobody's business but the learner's, and the officer's who entered it, until it is sent."""
    if not may_claim_for(by, learner):
        raise NotYours(_("Only training officers of this person's unit claim for them."))
    with claimed_once():
        claim = Claim(learner=learner, made_by=by, **_values(facts))
        claim.save()
        write_days(claim, facts)
    if files:
        add_evidence(claim, files, by=by)
    return claim


@transaction.atomic
def mend_claim(claim: Claim, facts: Facts, *, by: User, files: Sequence[Any] = ()) -> Claim:
    """Say it differently, before it is sent or after it was given back; `files` are added."""
    claim = locked_claim(claim)
    if not may_mend(by, claim):
        raise NotYours(_("Only its learner changes a claim."))
    if not claim.may_be_mended:
        raise Refusal(_("This claim is being checked or decided, and stands as it is."))
    with claimed_once():
        for name, value in _values(facts).items():
            setattr(claim, name, value)
        claim.save()
        write_days(claim, facts)
    if files:
        add_evidence(claim, files, by=by)
    return claim


@transaction.atomic
def send_claim(claim: Claim, *, by: User, why_not_same: str = "") -> Claim:
    """Give it to the officers of the learner's unit. Sent twice is sent once.

    Refuses without evidence, what gives no JP by the rules of today, and what looks like something else while nobody said why not.
    """
    claim = locked_claim(claim)
    if not may_mend(by, claim):
        raise NotYours(_("Only its learner sends a claim."))
    if claim.is_waiting:
        return claim
    if not claim.may_be_mended:
        raise Refusal(_("This claim has been decided already."))
    if not claim.evidence.exists():
        raise Refusal(_("Add a photo or PDF of the certificate, or of what shows it."), field="evidence")
    facts = facts_of(claim)
    foresee_outside(
        claim.learner,
        title=facts.title,
        path=facts.path,
        scope=facts.scope,
        quantity=facts.quantity,
        dates=facts.dates,
    )
    claim.why_not_same = why_not_same.strip()[:300] or claim.why_not_same
    if not claim.why_not_same and lookalikes_of(claim, reader=claim.learner):
        raise Refusal(
            _("Something looks like this claim. Say in a sentence why it is not the same."), field="why_not_same"
        )
    claim.state, claim.submitted_at = State.SUBMITTED, timezone.now()
    claim.save()
    note(claim, ClaimEvent.Kind.SENT, by=by, facts=facts.plain())
    return claim


@transaction.atomic
def withdraw_claim(claim: Claim, *, by: User) -> Claim:
    """Take a sent claim away before it is decided. Its files go; that it was sent stays in the history."""
    claim = locked_claim(claim)
    if by.pk != claim.learner_id:
        raise NotYours(_("Only its learner withdraws a claim."))
    if claim.state == State.WITHDRAWN:
        return claim
    if not claim.may_be_withdrawn:
        raise Refusal(_("This claim has been decided already."))
    let_go(claim)
    claim.state = State.WITHDRAWN
    claim.save()
    note(claim, ClaimEvent.Kind.WITHDRAWN, by=by)
    return claim


@transaction.atomic
def discard_claim(claim: Claim, *, by: User) -> None:
    """Throw away a claim that was never sent, with its files. Thrown away twice is thrown away once."""
    try:
        found = locked_claim(claim)
    except Claim.DoesNotExist:
        return
    if not may_mend(by, found):
        raise NotYours(_("Only its learner throws a claim away."))
    if found.state != State.DRAFT:
        raise Refusal(_("What was sent is withdrawn, not thrown away."))
    let_go(found)
    found.delete()


def write_days(claim: Claim, facts: Facts) -> None:
    """The days of a claim anew, in one statement; the database keeps the claim's key in step."""
    claim.days.all().delete()
    ClaimDay.objects.bulk_create(
        ClaimDay(claim=claim, on=on, times=times) for on, times in Counter(facts.dates).items()
    )
    claim.refresh_from_db(fields=["days_key"])


def note(
    claim: Claim, kind: ClaimEvent.Kind, *, by: User, reason: str = "", facts: dict[str, Any] | None = None
) -> ClaimEvent:
    """Append to the claim's own history and to the audit."""
    event = ClaimEvent.objects.create(claim=claim, kind=kind, by=by, reason=reason, facts=facts or {})
    record(f"claim.{kind}", claim, by=by, agency=claim.agency, person=claim.learner, reason=reason)
    return event


@contextmanager
def claimed_once() -> Iterator[None]:
    """Tell the constraints that hold duplicates in sentences."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "same_certificate_is_claimed_once" in str(error):
            raise ClaimedAlready(
                _("A certificate with this number is claimed already. Look at the list of claims."),
                field="certificate_number",
            ) from error
        if "same_activity_is_claimed_once" in str(error):
            raise ClaimedAlready(
                _("The same activity on the same days is claimed already. Look at the list of claims."), field="title"
            ) from error
        raise


def _values(facts: Facts) -> dict[str, Any]:
    return {
        "title": facts.title,
        "organiser": facts.organiser,
        "path": facts.path,
        "scope": facts.scope,
        "quantity": facts.quantity,
        "certificate_number": facts.certificate_number,
        "certificate_on": facts.certificate_on,
    }
