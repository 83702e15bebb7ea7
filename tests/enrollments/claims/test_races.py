"""Two hands on one claim at the same moment."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections

from enrollments.claims.actions import (
    ClaimedAlready,
    DecidedAlready,
    discard_claim,
    refuse_claim,
    send_claim,
    take_back_claim,
    verify_claim,
    verify_several,
    withdraw_claim,
)
from enrollments.claims.models import Claim, ClaimEvent, Evidence
from enrollments.credits.models import Credit, LedgerEntry
from enrollments.credits.queries import year_of_credit
from enrollments.credits.recount import faults
from tests import make
from tests.cast import Cast, cast
from tests.enrollments.claims.fixture import DAY, draft, facts, sent

pytestmark = pytest.mark.django_db(transaction=True)
State = Claim.State


def at_once(*acts: Callable[[], Any]) -> list[Exception | None]:
    """Run all acts in threads that start together; what each of them raised."""
    start = threading.Barrier(len(acts))
    ends: list[Exception | None] = [None] * len(acts)

    def run(index: int) -> None:
        try:
            start.wait(10)
            acts[index]()
        except Exception as error:
            ends[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    connection.close()
    return ends


@pytest.fixture
def people() -> Cast:
    return cast()


def test_of_two_officers_one_decides_and_the_other_is_told_who_did(people: Cast) -> None:
    for round_number in range(4):
        claim = sent(people.learner, facts=facts(DAY + timedelta(days=round_number)))
        ends = at_once(
            partial(verify_claim, claim, by=people.officer),
            partial(refuse_claim, claim, by=people.admin, reason="Bukan pelatihan."),
        )
        [late] = [end for end in ends if end is not None]
        assert isinstance(late, DecidedAlready)
        claim.refresh_from_db()
        assert claim.decided_by is not None
        assert claim.decided_by.full_name in str(late)
        assert claim.events.exclude(kind="sent").count() == 1
        assert Credit.objects.filter(reference=f"claim {claim.pk}").count() == (claim.state == State.VERIFIED)


def test_a_claim_sent_by_four_clicks_is_sent_once(people: Cast) -> None:
    claim = draft(people.learner)
    assert at_once(*[partial(send_claim, claim, by=people.learner)] * 4) == [None] * 4
    assert ClaimEvent.objects.filter(claim=claim).count() == 1


def test_the_same_claim_typed_in_four_tabs_is_one(people: Cast) -> None:
    same = facts(title="Seminar SPBE")
    ends = at_once(*[partial(draft, people.learner, facts=same)] * 4)
    assert [type(end) for end in ends if end] == [ClaimedAlready] * 3
    assert Claim.objects.get().evidence.count() == 1


def test_verified_and_withdrawn_at_once_is_one_of_the_two(people: Cast) -> None:
    for round_number in range(4):
        claim = sent(people.learner, facts=facts(DAY + timedelta(days=round_number)))
        ends = at_once(
            partial(verify_claim, claim, by=people.officer), partial(withdraw_claim, claim, by=people.learner)
        )
        assert sum(end is None for end in ends) == 1, ends
        claim.refresh_from_db()
        is_verified = claim.state == State.VERIFIED
        assert (claim.credit_id is not None) == is_verified
        assert Evidence.objects.filter(claim=claim).exists() == is_verified


def test_thrown_away_and_sent_at_once_is_one_of_the_two(people: Cast) -> None:
    claim = draft(people.learner)
    at_once(partial(send_claim, claim, by=people.learner), partial(discard_claim, claim, by=people.learner))
    left = Claim.objects.filter(pk=claim.pk).first()
    assert left is None or (left.state == State.SUBMITTED and left.evidence.exists())


def test_two_claims_that_share_a_cap_never_take_its_room_twice(people: Cast) -> None:
    claims = [
        sent(people.learner, facts=facts(DAY + timedelta(days=number), code="NKL01", quantity=1)) for number in range(4)
    ]
    assert at_once(*[partial(verify_claim, claim, by=people.officer) for claim in claims]) == [None] * 4
    assert year_of_credit(people.learner, 2026).earned == 4
    ends = at_once(*[partial(take_back_claim, claims[0], by=people.officer, reason="Keliru.")] * 3)
    assert ends == [None] * 3
    assert LedgerEntry.objects.filter(kind="reversal").count() <= 1
    assert faults() == []


def test_two_officers_who_tick_the_same_list_in_other_orders_neither_wait_for_ever_nor_verify_twice(
    people: Cast,
) -> None:
    others = [make.person(agency=people.a) for _number in range(6)]
    claims = [sent(person) for person in others]
    ends = at_once(
        partial(verify_several, claims, by=people.officer), partial(verify_several, claims[::-1], by=people.admin)
    )
    assert ends == [None, None]
    assert Claim.objects.filter(state=State.VERIFIED).count() == Credit.objects.count() == 6
