"""Papers for a cohort in one act: who gets one, who does not and why, and that nobody gets two."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from courses.taxonomy.models import CertificateKind
from enrollments.badges.actions import give_badges
from enrollments.certificates.actions import (
    ask_for_correction,
    certify_completion,
    confirm,
    issue_certificate,
    reserve_certificate,
    revoke,
)
from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.models import Enrollment
from enrollments.issuance import actions
from enrollments.issuance.actions import begin_issuance, serve_next, sweep, try_again, work
from enrollments.issuance.models import GETS, Audience, Fate, Issuance, IssuanceLine
from enrollments.issuance.queries import preview, queue_of
from enrollments.siasn.actions import open_rows
from enrollments.siasn.models import Posting
from tests import make
from tests.cast import Cast, cast

ATTENDED, FINISHED = Audience.ATTENDED.value, Audience.FINISHED.value
BEGUN = datetime(2026, 3, 3, 2, tzinfo=UTC)
NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)
ENDED = date(2026, 10, 31)


@pytest.fixture
def people() -> Cast:
    return cast()


def ended(people: Cast, **version: Any) -> Cohort:
    """A cohort whose last day has passed."""
    return make.cohort(version=make.version(organiser=people.bkpsdm, **version), ends_on=ENDED)


def attended(cohort: Cohort, **fields: Any) -> Enrollment:
    return make.enrollment(cohort=cohort, **{"started_at": BEGUN, **fields})


def finished(cohort: Cohort, **fields: Any) -> Enrollment:
    return make.enrollment(cohort=cohort, **{"started_at": BEGUN, "status": "completed", "completed_at": NOW, **fields})


def fates(cohort: Cohort, audience: str, by: User) -> dict[int, Fate]:
    from enrollments.issuance.queries import with_fate

    rows = with_fate(cohort, audience, by=by, now=NOW).values_list("pk", "fate")
    return {pk: Fate(fate) for pk, fate in rows}


@pytest.mark.django_db
def test_who_attended_and_did_not_complete_gets_a_statement_and_everybody_else_a_reason(people: Cast) -> None:
    cohort = ended(people)
    got, away, never, done, late, own, dropped = (
        attended(cohort),
        finished(cohort),
        attended(cohort, started_at=None),
        attended(cohort),
        attended(cohort, due_on=date(2026, 11, 16)),
        attended(cohort, learner=people.officer),
        attended(cohort, status="withdrawn"),
    )
    reserve_certificate(done, on=ENDED, kind=CertificateKind.STATEMENT)
    assert fates(cohort, ATTENDED, people.officer) == {
        got.pk: Fate.GIVE,
        away.pk: Fate.COMPLETED,
        never.pk: Fate.UNSTARTED,
        done.pk: Fate.HAS_ONE,
        late.pk: Fate.LEARNING,
        own.pk: Fate.OWN,
    }
    assert dropped.pk not in fates(cohort, ATTENDED, people.officer)
    begin_issuance(cohort, ATTENDED, by=people.officer, now=NOW)
    work(NOW)
    paper = Certificate.objects.get(enrollment=got)
    assert (paper.kind, paper.state, paper.issued_on) == ("keterangan", "numbered", date(2026, 11, 16))
    assert Certificate.objects.count() == 2


@pytest.mark.django_db
def test_who_completed_is_given_what_is_missing_and_the_rest_a_reason(people: Cast) -> None:
    cohort = ended(people)
    lost, stuck, nobody, asked, naming, making, signing, ready, gone, learning = (
        *(finished(cohort) for _ in range(9)),
        attended(cohort),
    )
    papers = {place: make.certificate(place) for place in (stuck, nobody, making, signing, ready)}
    for place in (asked, naming, gone):
        papers[place] = reserve_certificate(place, on=ENDED)
    ask_for_correction(papers[asked], part="name", wish="Rina, S.E.", by=asked.learner)
    issue_certificate(papers[ready].pk, NOW)
    revoke(papers[gone], reason="Keliru.", by=people.officer)
    rows = Certificate.objects
    rows.filter(pk=papers[stuck].pk).update(is_stuck=True, error="Rusak", tries=5)
    rows.filter(pk=papers[nobody].pk).update(is_stuck=True, state="awaiting_signature", drawn_at=NOW)
    rows.filter(pk=papers[signing].pk).update(state="awaiting_signature", drawn_at=NOW)
    assert fates(cohort, FINISHED, people.officer) == {
        lost.pk: Fate.GIVE,
        stuck.pk: Fate.AGAIN,
        nobody.pk: Fate.NOBODY,
        asked.pk: Fate.CORRECTION,
        naming.pk: Fate.NAME,
        making.pk: Fate.MAKING,
        signing.pk: Fate.SIGNING,
        ready.pk: Fate.HAS_ONE,
        gone.pk: Fate.REVOKED,
        learning.pk: Fate.UNFINISHED,
    }
    begin_issuance(cohort, FINISHED, by=people.officer, now=NOW)
    assert work(NOW) == 2
    assert not Certificate.objects.get(pk=papers[stuck].pk).is_stuck
    given = Certificate.objects.get(enrollment=lost)
    assert (given.kind, given.issued_on) == ("sertifikat", NOW.date())


@pytest.mark.django_db
def test_an_sttp_without_accreditation_is_withheld_also_when_an_officer_asks(people: Cast) -> None:
    cohort = ended(people, certificate_kind=CertificateKind.GRADUATION)
    place = finished(cohort)
    assert fates(cohort, FINISHED, people.officer) == {place.pk: Fate.WITHHELD}
    with pytest.raises(Refusal):
        begin_issuance(cohort, FINISHED, by=people.officer, now=NOW)
    assert not CertificateSeries.objects.exists()  # and no number is used up


@pytest.mark.django_db
def test_who_completes_after_all_gets_the_certificate_in_place_of_the_statement(people: Cast) -> None:
    place = attended(ended(people))
    statement = reserve_certificate(place, on=ENDED, kind=CertificateKind.STATEMENT)
    Enrollment.objects.filter(pk=place.pk).update(
        status="completed", completed_at=NOW, completion_agency=place.learner.agency
    )
    place.refresh_from_db()
    certificate = certify_completion(place, on=NOW.date(), now=NOW)
    statement.refresh_from_db()
    assert certificate is not None
    assert (certificate.kind, certificate.replaces, statement.state) == ("sertifikat", statement, "revoked")
    assert certify_completion(place, on=NOW.date(), now=NOW) == certificate


@pytest.mark.django_db
def test_siasn_is_not_told_of_who_attended_only_and_no_badge_says_that_they_completed(people: Cast) -> None:
    place = attended(ended(people))
    statement = confirm(reserve_certificate(place, on=ENDED, kind=CertificateKind.STATEMENT), by=place.learner)
    issue_certificate(statement.pk, NOW)
    open_rows()
    statement.refresh_from_db()
    assert statement.state == "delivered"
    assert not Posting.objects.exists()
    assert give_badges() == 0


@pytest.mark.django_db
def test_only_those_who_are_ticked_get_it_and_only_if_they_may(people: Cast) -> None:
    cohort = ended(people)
    chosen, other, never = attended(cohort), attended(cohort), attended(cohort, started_at=None)
    stranger = attended(ended(people))
    issuance = begin_issuance(cohort, ATTENDED, only={chosen.pk, never.pk, stranger.pk}, by=people.officer, now=NOW)
    assert [line.enrollment_id for line in issuance.lines.all()] == [chosen.pk]
    with pytest.raises(Refusal, match="Centang"):
        begin_issuance(cohort, ATTENDED, only=set(), by=people.officer, now=NOW)
    assert fates(cohort, ATTENDED, people.officer)[other.pk] == Fate.GIVE
    assert fates(cohort, ATTENDED, people.officer)[chosen.pk] == Fate.QUEUED


@pytest.mark.django_db
def test_another_agencys_head_a_learner_and_a_trainer_issue_nothing(people: Cast) -> None:
    cohort = ended(people)
    attended(cohort)
    for person in (people.other_head, people.learner, people.trainer, people.head):
        with pytest.raises(NotYours):
            begin_issuance(cohort, ATTENDED, by=person, now=NOW)
    assert not Issuance.objects.exists()


@pytest.mark.django_db
def test_who_changed_between_the_promise_and_the_worker_is_judged_anew(people: Cast) -> None:
    cohort = ended(people)
    gone, completed = attended(cohort), attended(cohort)
    issuance = begin_issuance(cohort, ATTENDED, by=people.officer, now=NOW)
    Enrollment.objects.filter(pk=gone.pk).update(status="withdrawn", withdrawn_at=NOW)
    Enrollment.objects.filter(pk=completed.pk).update(status="completed", completed_at=NOW, completion_agency=people.a)
    work(NOW)
    reasons = dict(issuance.lines.values_list("enrollment", "reason"))
    assert reasons == {gone.pk: Fate.WITHDRAWN, completed.pk: Fate.COMPLETED}
    assert not Certificate.objects.exists()
    assert queue_of(issuance, show="", after=None).counts["hand"] == 2


@pytest.mark.django_db
def test_what_breaks_is_tried_five_times_the_others_go_on_and_an_officer_may_try_again(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = ended(people)
    bad, good = attended(cohort), attended(cohort)
    honest = reserve_certificate

    def broken(place: Enrollment, **values: Any) -> Certificate:
        if place.pk == bad.pk:
            raise ZeroDivisionError("rusak")
        return honest(place, **values)

    monkeypatch.setattr(actions, "reserve_certificate", broken)
    issuance = begin_issuance(cohort, ATTENDED, by=people.officer, now=NOW)
    for number in range(8):
        work(NOW + number * actions.PAUSE * 9)
    assert issuance.lines.get(enrollment=good).state == "given"
    line = issuance.lines.get(enrollment=bad)
    assert (line.state, line.tries, line.error) == ("failed", actions.MOST_TRIES, "ZeroDivisionError: rusak")
    monkeypatch.undo()
    assert try_again(issuance, by=people.officer) == 1
    work(NOW)
    assert Certificate.objects.get(enrollment=bad).sequence == 2  # no number was lost on the way


@pytest.mark.django_db
def test_trying_again_takes_up_papers_that_were_set_aside_and_nothing_that_stands(people: Cast) -> None:
    cohort = ended(people)
    first, second = attended(cohort), attended(cohort)
    issuance = begin_issuance(cohort, ATTENDED, by=people.officer, now=NOW)
    work(NOW)
    for place in (first, second):
        confirm(Certificate.objects.get(enrollment=place), by=place.learner)
    issue_certificate(Certificate.objects.get(enrollment=second).pk, NOW)
    Certificate.objects.filter(enrollment=first).update(is_stuck=True, tries=5, error="Rusak")
    assert queue_of(issuance, show="hand", after=None).total == 2
    assert queue_of(issuance, show="", after=None).counts["hand"] == 1
    assert try_again(issuance, by=people.officer) == 1
    assert try_again(issuance, by=people.officer) == 0
    counts = queue_of(issuance, show="", after=None).counts
    assert (counts["making"], counts["ready"], counts["hand"]) == (1, 1, 0)


@pytest.mark.django_db
def test_a_line_whose_message_was_lost_is_found_by_the_clock(
    people: Cast, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    attended(cohort := ended(people))
    assert not sweep(NOW)
    begin_issuance(cohort, ATTENDED, by=people.officer, now=NOW)
    sent: list[str] = []
    monkeypatch.setattr(actions, "later", lambda task, *_args: sent.append(task))
    assert sweep(NOW)
    assert sent == ["issuance.work"]


@pytest.mark.django_db
def test_the_act_is_in_the_audit_with_its_number_of_people(people: Cast) -> None:
    cohort = ended(people)
    attended(cohort)
    attended(cohort)
    begin_issuance(cohort, ATTENDED, by=people.officer, now=NOW)
    entry = AuditEntry.objects.get(action="certificate.issue_begun")
    assert (entry.details["count"], entry.details["kind"]) == (2, "keterangan")


@pytest.mark.django_db
def test_the_page_names_the_first_and_counts_all_in_a_constant_number_of_queries(
    people: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("enrollments.issuance.queries.SHOWN_NAMES", 5)
    monkeypatch.setattr("enrollments.issuance.queries.SHOWN_OTHERS", 2)
    cohort = ended(people)
    for _ in range(7):
        attended(cohort)
        attended(cohort, started_at=None)
    with django_assert_max_num_queries(6):
        found = preview(cohort, ATTENDED, by=people.officer, now=NOW)
    assert (found.total, len(found.getting), found.is_cut) == (7, 5, True)
    assert [(other.fate, other.count, len(other.names)) for other in found.others] == [(Fate.UNSTARTED, 7, 2)]
    assert Fate.UNSTARTED not in GETS


@pytest.mark.django_db(transaction=True)
def test_clicked_by_four_at_once_and_served_by_four_at_once_each_person_gets_one_paper() -> None:
    people = cast()
    cohort = ended(people)
    for _ in range(12):
        attended(cohort)
    start = Barrier(4)

    def click(_number: int) -> bool:
        try:
            start.wait(10)
            begin_issuance(cohort, ATTENDED, by=people.officer, now=NOW)
        except Refusal:
            return False
        finally:
            connection.close()
        return True

    def serve(_number: int) -> None:
        try:
            start.wait(10)
            while serve_next(timezone.now()):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hands:
        clicks = list(hands.map(click, range(4)))
    assert clicks.count(True) == 1
    assert IssuanceLine.objects.count() == 12
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(serve, range(4)))
    assert sorted(Certificate.objects.values_list("sequence", flat=True)) == list(range(1, 13))
    assert set(IssuanceLine.objects.values_list("state", flat=True)) == {"given"}
