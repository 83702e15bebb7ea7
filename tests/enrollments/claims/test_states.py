"""A claim goes its way in order, whoever writes: what was sent stands still, and what was decided never changes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.notices.models import Notice
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.claims.actions import (
    DecidedAlready,
    add_evidence,
    clear,
    discard_claim,
    mend_claim,
    refuse_claim,
    remove_evidence,
    return_claim,
    send_claim,
    take_back_claim,
    verify_claim,
    verify_several,
    withdraw_claim,
)
from enrollments.claims.facts import facts_of
from enrollments.claims.models import Claim, ClaimDay, Evidence
from enrollments.credits.actions import close_year
from enrollments.credits.models import Credit, LedgerEntry
from enrollments.credits.queries import year_of_credit
from tests import make
from tests.cast import Cast, cast
from tests.enrollments.claims.fixture import DAY, draft, facts, path, pdf, photo, sent

pytestmark = pytest.mark.django_db
State = Claim.State


@pytest.fixture
def people() -> Cast:
    return cast()


def jp(person: User, year: int = 2026) -> Any:
    return year_of_credit(person, year).earned


def refused_by_database(what: str, act: Callable[..., Any]) -> None:
    with pytest.raises(DatabaseError, match=what), transaction.atomic():
        act()


def test_a_seminar_that_was_verified_gives_four_jp_a_day(people: Cast) -> None:
    claim = sent(people.learner, facts=facts(DAY, DAY + timedelta(days=1)))
    assert jp(people.learner) == 0
    claim = verify_claim(claim, by=people.officer)
    assert (claim.state, jp(people.learner)) == (State.VERIFIED, 8)
    assert claim.credit is not None
    assert (claim.credit.reference, claim.credit.title) == (f"claim {claim.pk}", claim.title)
    assert [event.kind for event in claim.events.all()] == ["sent", "verified"]
    assert AuditEntry.objects.filter(action="claim.verified", actor=people.officer, agency=people.a).count() == 1
    told = Notice.objects.get(person=people.learner, kind="claim.verified")
    assert "8" in told.body
    assert told.link == f"/me/claims/{claim.pk}/"


def test_without_evidence_or_days_nothing_is_sent_by_any_door(people: Cast) -> None:
    claim = draft(people.learner, files=[])
    with pytest.raises(Refusal) as refusal:
        send_claim(claim, by=people.learner)
    assert refusal.value.field == "evidence"
    raw = Claim.objects.filter(pk=claim.pk)
    refused_by_database(
        "with its days and its evidence", lambda: raw.update(state="submitted", submitted_at=timezone.now())
    )
    add_evidence(claim, [pdf()], by=people.learner)
    claim.days.all().delete()
    refused_by_database(
        "with its days and its evidence", lambda: raw.update(state="submitted", submitted_at=timezone.now())
    )


def test_what_is_given_back_is_mended_and_sent_again_with_the_reason_beside_it(people: Cast) -> None:
    claim = sent(people.learner)
    claim = return_claim(claim, by=people.officer, reason="Foto buram.")
    assert (claim.state, claim.reason) == (State.RETURNED, "Foto buram.")
    mend_claim(claim, facts(title="Seminar SPBE Nasional"), by=people.learner, files=[photo()])
    claim = send_claim(claim, by=people.learner)
    assert (claim.state, claim.title, claim.evidence.count()) == (State.SUBMITTED, "Seminar SPBE Nasional", 2)
    verify_claim(claim, by=people.officer)
    kinds = [event.kind for event in claim.events.all()]
    assert kinds == ["sent", "returned", "sent", "verified"]
    assert claim.events.all()[2].facts["title"] == "Seminar SPBE Nasional"


def test_returning_and_refusing_need_a_reason(people: Cast) -> None:
    claim = sent(people.learner)
    for act in (return_claim, refuse_claim):
        with pytest.raises(Refusal) as refusal:
            act(claim, by=people.officer, reason="  ")
        assert refusal.value.field == "reason"
    assert refuse_claim(claim, by=people.officer, reason="Bukan pelatihan.").state == State.REFUSED
    assert jp(people.learner) == 0


def test_what_was_sent_stands_still_until_it_is_decided(people: Cast) -> None:
    claim = sent(people.learner)
    with pytest.raises(Refusal):
        mend_claim(claim, facts(), by=people.learner)
    with pytest.raises(Refusal):
        add_evidence(claim, [pdf()], by=people.learner)
    with pytest.raises(Refusal):
        remove_evidence(claim.evidence.get(), by=people.learner)
    refused_by_database("stands still", lambda: Claim.objects.filter(pk=claim.pk).update(title="Lain"))


@pytest.mark.parametrize("end", [State.VERIFIED, State.REFUSED, State.WITHDRAWN, State.REVERSED])
def test_what_was_decided_never_changes_whoever_writes(people: Cast, end: str) -> None:
    claim = sent(people.learner)
    match end:
        case State.VERIFIED:
            verify_claim(claim, by=people.officer)
        case State.REFUSED:
            refuse_claim(claim, by=people.officer, reason="Bukan.")
        case State.WITHDRAWN:
            withdraw_claim(claim, by=people.learner)
        case _:
            take_back_claim(verify_claim(claim, by=people.officer), by=people.officer, reason="Keliru.")
    row = Claim.objects.filter(pk=claim.pk)
    for values in ({"title": "Lain"}, {"quantity": 9}, {"reason": "Lain"}, {"path": path("KL07")}):
        refused_by_database("never changes", lambda values=values: row.update(**values))
    for state in State.values:
        if state != end and (end, state) != (State.VERIFIED, State.REVERSED):
            refused_by_database("does not go from", lambda state=state: row.update(state=state))
    refused_by_database("never changes", lambda: ClaimDay.objects.create(claim=claim, on=date(2026, 5, 5)))
    refused_by_database("never changes", lambda: ClaimDay.objects.filter(claim=claim).delete())
    if end != State.WITHDRAWN:
        refused_by_database("never changes", lambda: Evidence.objects.filter(claim=claim).update(claim=None))
    refused_by_database(
        "is kept", lambda: connection.cursor().execute(f"DELETE FROM enrollments_claim WHERE id = {claim.pk}")
    )
    refused_by_database("Cannot update or delete", lambda: claim.events.update(reason="Lain"))
    with pytest.raises(Refusal):
        mend_claim(claim, facts(), by=people.learner)


def test_a_claim_begins_as_a_draft_and_skips_no_state(people: Cast) -> None:
    claim = draft(people.learner)
    for state in ("returned", "verified", "refused", "withdrawn", "reversed"):
        refused_by_database(
            "does not go from", lambda state=state: Claim.objects.filter(pk=claim.pk).update(state=state)
        )
    values: dict[str, Any] = {"learner": people.learner, "made_by": people.learner, "path": path("KL06"), "quantity": 1}
    refused_by_database("begins as a draft", lambda: Claim.objects.create(**values, state="submitted"))


def test_an_officer_corrects_days_and_kind_with_a_reason_and_both_stand_in_the_history(people: Cast) -> None:
    claim = sent(people.learner, facts=facts(DAY, DAY + timedelta(days=1)))
    shown = facts(DAY, code="KL07", title=claim.title)
    with pytest.raises(Refusal) as refusal:
        verify_claim(claim, by=people.officer, corrected=shown)
    assert refusal.value.field == "reason"
    claim = verify_claim(claim, by=people.officer, corrected=shown, reason="Sertifikat: lokakarya satu hari.")
    assert (claim.path.code, int(claim.quantity), claim.dates, jp(people.learner)) == ("KL07", 1, [DAY], 5)
    changed = claim.events.get(kind="verified").facts["changed"]
    assert changed == {
        "path": ["KL06", "KL07"],
        "quantity": ["2", "1"],
        "days": ["02-03-2026, 03-03-2026", "02-03-2026"],
    }


def test_a_mistaken_verification_is_taken_back_through_the_claim_and_its_room_is_free_again(people: Cast) -> None:
    coached: dict[str, Any] = {"code": "NKL01", "quantity": 2}
    first = verify_claim(sent(people.learner, facts=facts(DAY, DAY + timedelta(days=7), **coached)), by=people.officer)
    assert jp(people.learner) == 4
    take_back_claim(first, by=people.officer, reason="Bukan coaching.")
    take_back_claim(first, by=people.officer, reason="Sekali lagi.")
    assert (jp(people.learner), Claim.objects.get(pk=first.pk).state) == (0, State.REVERSED)
    assert LedgerEntry.objects.filter(kind="reversal", about=first.credit).count() == 1
    again = sent(
        people.learner, facts=facts(DAY, DAY + timedelta(days=7), **coached), why="Diperbaiki seperti diminta."
    )
    verify_claim(again, by=people.officer)
    assert jp(people.learner) == 4


def test_a_claim_for_a_closed_year_is_refused_in_a_sentence_to_learner_and_officer(people: Cast) -> None:
    last = date(2025, 12, 1)
    early = sent(people.learner, facts=facts(last))
    close_year(people.city, 2025, by=people.admin)
    with pytest.raises(Refusal, match="2025"):
        verify_claim(early, by=people.officer)
    assert Claim.objects.get(pk=early.pk).state == State.SUBMITTED
    with pytest.raises(Refusal, match="2025"):
        sent(people.learner, facts=facts(last - timedelta(days=1)))


def test_a_day_to_come_and_a_kind_without_a_rule_are_refused_before_sending(people: Cast) -> None:
    for claim, field in (
        (draft(people.learner, facts=facts(date.today() + timedelta(days=2))), "dates"),
        (draft(people.learner, facts=facts(code="KL12")), "path"),
    ):
        with pytest.raises(Refusal) as refusal:
            send_claim(claim, by=people.learner)
        assert refusal.value.field == field


def test_nobody_decides_their_own_claim_and_no_officer_of_another_government_any(people: Cast) -> None:
    own = sent(people.officer)
    stranger = make.person(role="officer", agency=make.agency())
    for claim, by in (
        (own, people.officer),
        (sent(people.learner), stranger),
        (sent(people.learner, facts=facts(DAY + timedelta(1))), people.head),
    ):
        acts: list[Callable[[Claim, User], object]] = [
            lambda c, b: verify_claim(c, by=b),
            lambda c, b: return_claim(c, by=b, reason="x"),
            lambda c, b: refuse_claim(c, by=b, reason="x"),
            lambda c, b: take_back_claim(c, by=b, reason="x"),
        ]
        for act in acts:
            with pytest.raises(NotYours):
                act(claim, by)
    refused_by_database(
        "nobody_decides_their_own_claim",
        lambda: Claim.objects.filter(pk=own.pk).update(
            state="refused", decided_by=people.officer, decided_at=timezone.now(), reason="x"
        ),
    )
    assert verify_claim(own, by=people.admin).state == State.VERIFIED


def test_the_second_officer_is_told_who_was_first_and_a_second_click_is_answered_as_the_first(people: Cast) -> None:
    claim = sent(people.learner)
    verify_claim(claim, by=people.officer)
    assert verify_claim(claim, by=people.officer).state == State.VERIFIED
    with pytest.raises(DecidedAlready, match="Oka Petugas"):
        refuse_claim(claim, by=people.admin, reason="Bukan.")
    assert Credit.objects.filter(reference=f"claim {claim.pk}").count() == 1
    assert claim.events.filter(kind="verified").count() == 1


def test_withdrawing_takes_the_files_away_and_keeps_that_it_was_sent(people: Cast) -> None:
    claim = sent(people.learner)
    file = str(claim.evidence.get().file.name)
    withdraw_claim(claim, by=people.learner)
    withdraw_claim(claim, by=people.learner)
    assert default_storage.exists(file)
    assert clear(timezone.now()) == 1
    assert not default_storage.exists(file)
    assert (Evidence.objects.count(), clear(timezone.now())) == (0, 0)
    assert [event.kind for event in claim.events.all()] == ["sent", "withdrawn"]
    with pytest.raises(DecidedAlready):
        verify_claim(claim, by=people.officer)


def test_a_draft_is_thrown_away_whole_and_twice_is_once(people: Cast) -> None:
    claim = draft(people.learner)
    file = str(claim.evidence.get().file.name)
    discard_claim(claim, by=people.learner)
    discard_claim(claim, by=people.learner)
    clear(timezone.now())
    assert (Claim.objects.count(), Evidence.objects.count(), default_storage.exists(file)) == (0, 0, False)
    with pytest.raises(Refusal):
        discard_claim(sent(people.learner), by=people.learner)


def test_a_file_that_is_gone_already_does_not_stop_the_others_from_going(people: Cast) -> None:
    """A kill between file and row: the next run finds the file gone, and takes the row."""
    claim = draft(people.learner, files=[pdf(), pdf()])
    default_storage.delete(str(claim.evidence.all()[0].file.name))
    discard_claim(claim, by=people.learner)
    assert clear(timezone.now()) == 2


def test_several_are_verified_at_once_where_nothing_looks_odd(people: Cast) -> None:
    plain = [sent(people.learner, facts=facts(DAY + timedelta(days=number))) for number in range(3)]
    odd = sent(people.learner, facts=facts(DAY), why="Sore hari.")
    own = sent(people.officer)
    done = verify_several([*plain[1:], odd, own], by=people.officer)
    assert (done.verified, done.left) == (2, 2)
    states = {claim.pk: claim.state for claim in Claim.objects.all()}
    assert [states[one.pk] for one in (*plain, odd, own)] == [
        "submitted",
        "verified",
        "verified",
        "submitted",
        "submitted",
    ]
    assert jp(people.learner) == 8


def test_an_officer_enters_a_claim_for_somebody_and_both_may_finish_it(people: Cast) -> None:
    claim = draft(people.learner, by=people.officer)
    assert claim in Claim.objects.managed_by(people.officer)
    assert claim not in Claim.objects.managed_by(people.admin)
    assert send_claim(claim, by=people.officer).state == State.SUBMITTED
    with pytest.raises(NotYours):
        draft(people.learner, by=people.head)
    returned = return_claim(claim, by=people.admin, reason="Foto buram.")
    with pytest.raises(NotYours):
        mend_claim(returned, facts(), by=people.officer)
    assert mend_claim(returned, facts_of(returned), by=people.learner).state == State.RETURNED
