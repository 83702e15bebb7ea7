"""What may be the same is spotted, at sending and on the officer's desk; the very same is refused by the database."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from asn_lms.lib.refusals import Refusal
from enrollments.claims.actions import (
    ClaimedAlready,
    mend_claim,
    refuse_claim,
    send_claim,
    verify_claim,
    withdraw_claim,
)
from enrollments.claims.lookalikes import Why, lookalikes_of, odd_ones
from enrollments.claims.models import Claim, ClaimDay
from enrollments.credits.actions import credit_completion
from tests import make
from tests.cast import Cast, cast
from tests.enrollments.claims.fixture import DAY, draft, facts, path, pdf, sent

pytestmark = pytest.mark.django_db
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def people() -> Cast:
    return cast()


def signs(claim: Claim, reader: object) -> list[set[Why]]:
    return [set(one.whys) for one in lookalikes_of(claim, reader=reader)]  # type: ignore[arg-type]


def test_the_same_file_is_spotted_whoever_sent_it_and_its_sender_is_named_only_to_their_officers(people: Cast) -> None:
    far = make.person("Orang Jauh", agency=make.agency())
    sent(far, facts=facts(NEXT), files=[pdf("sama")])
    claim = sent(people.learner, files=[pdf("sama")], why="Sertifikat bersama.")
    [seen] = lookalikes_of(claim, reader=people.officer)
    assert (seen.whys, seen.who, seen.title, seen.claim_id) == ((Why.FILE,), "", "", None)
    near = sent(people.other_learner, facts=facts(NEXT), files=[pdf("sama")], why="Bersama.")
    named = {one.who for one in lookalikes_of(claim, reader=people.officer)}
    assert named == {"", people.other_learner.name}
    assert {one.who for one in lookalikes_of(claim, reader=people.learner)} == {""}
    assert near.pk not in {one.claim_id for one in lookalikes_of(claim, reader=people.learner)}


def test_the_same_number_of_the_same_organiser_is_spotted_however_it_is_spaced(people: Cast) -> None:
    sent(people.other_learner, facts=facts(NEXT, certificate_number="SN / 114-2026", organiser="BPSDM Sumut"))
    one = draft(people.learner, facts=facts(certificate_number="sn.114.2026", organiser="Bpsdm  Sumut"))
    assert signs(one, people.learner) == [{Why.NUMBER}]
    other = draft(people.learner, facts=facts(certificate_number="SN/115/2026", organiser="BPSDM Sumut"))
    assert signs(other, people.learner) == []


def test_days_that_overlap_are_spotted_and_a_similar_title_on_them_is_said(people: Cast) -> None:
    sent(people.learner, facts=facts(DAY, NEXT, title="Seminar Nasional Satu Data Indonesia"))
    near = draft(people.learner, facts=facts(NEXT, title="Seminar Satu Data Indonesia"))
    far = draft(people.learner, facts=facts(NEXT, title="Kursus Bahasa Isyarat"))
    elsewhere = draft(
        people.learner, facts=facts(DAY + timedelta(days=9), title="Seminar Nasional Satu Data Indonesia 2")
    )
    assert [signs(one, people.learner) for one in (near, far, elsewhere)] == [[{Why.TITLE}], [{Why.DAYS}], []]
    assert odd_ones([near, far, elsewhere], reader=people.officer) == {near.pk, far.pk}


def test_a_course_here_on_the_same_days_is_spotted(people: Cast) -> None:
    version = make.version(title="Seminar Satu Data", organiser=people.bkpsdm)
    place = make.enrollment(learner=people.learner, cohort=make.cohort(version=version), status="completed")
    credit_completion(place, on=NEXT, studied={DAY: 30, NEXT: 30})
    claim = draft(people.learner, facts=facts(DAY, title="Seminar Satu Data Nasional"))
    assert signs(claim, people.learner) == [{Why.PLACE_TITLE}]
    assert signs(draft(people.learner, facts=facts(NEXT + timedelta(days=1))), people.learner) == []


def test_who_sends_what_looks_like_another_says_why_it_is_not_the_same(people: Cast) -> None:
    sent(people.learner)
    claim = draft(people.learner)
    with pytest.raises(Refusal) as refusal:
        send_claim(claim, by=people.learner)
    assert refusal.value.field == "why_not_same"
    assert send_claim(claim, by=people.learner, why_not_same="Sore hari.").why_not_same == "Sore hari."


def test_the_very_same_is_refused_and_free_again_once_it_was_refused_or_withdrawn(people: Cast) -> None:
    first = sent(people.learner, facts=facts(title="Seminar SPBE 2026", certificate_number="A/1"))
    same = facts(title="seminar  spbe, 2026")
    with pytest.raises(ClaimedAlready):
        draft(people.learner, facts=same)
    with pytest.raises(ClaimedAlready) as refusal:
        draft(people.learner, facts=facts(NEXT, certificate_number="a-1"))
    assert refusal.value.field == "certificate_number"
    draft(people.other_learner, facts=same)
    other = draft(people.learner, facts=facts(NEXT, title="Lain"))
    with pytest.raises(ClaimedAlready):
        mend_claim(other, same, by=people.learner)
    assert Claim.objects.get(pk=other.pk).dates == [NEXT]
    refuse_claim(first, by=people.officer, reason="Bukan.")
    again = send_claim(draft(people.learner, facts=same), by=people.learner, why_not_same="Kini dengan bukti.")
    withdraw_claim(again, by=people.learner)
    assert draft(people.learner, facts=same).dates == [DAY]


def test_the_database_itself_holds_the_very_same_back(people: Cast) -> None:
    draft(people.learner, facts=facts(DAY, NEXT, title="Seminar"))
    values = {
        "learner": people.learner,
        "made_by": people.learner,
        "path": path("KL06"),
        "quantity": 2,
        "organiser": "X",
    }
    other = Claim.objects.create(title="SEMINAR!", **values)
    ClaimDay.objects.bulk_create([ClaimDay(claim=other, on=DAY)])
    with pytest.raises(IntegrityError, match="same_activity_is_claimed_once"), transaction.atomic():
        ClaimDay.objects.bulk_create([ClaimDay(claim=other, on=NEXT)])


def test_an_officer_who_corrects_into_the_very_same_is_told_so(people: Cast) -> None:
    verify_claim(sent(people.learner, facts=facts(DAY, title="Seminar")), by=people.officer)
    claim = sent(people.learner, facts=facts(NEXT, title="Seminar"))
    with pytest.raises(ClaimedAlready):
        verify_claim(claim, by=people.officer, corrected=facts(DAY, title="Seminar"), reason="Salah tanggal.")
    assert Claim.objects.get(pk=claim.pk).dates == [NEXT]
