"""The second lock: a verb that is called past its door, by REST, a task or tomorrow's page, still refuses who may not.

`tests/test_access.py` holds the doors; `tests/drill_gates.py` takes each rule away in turn and looks whether either of them notices.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.agencies.actions import add_agency, deactivate_agency, edit_agency, move_agency, reactivate_agency
from accounts.agencies.models import Agency
from accounts.jobs.actions import cancel_job, retry_job
from accounts.notices.actions import send_again
from accounts.people.actions import (
    Service,
    add_person,
    change_number,
    deactivate_person,
    edit_person,
    reactivate_person,
    transfer,
)
from accounts.people.models import User
from accounts.roles.actions import end_role, grant_role
from accounts.signin.actions import print_codes
from asn_lms.lib.refusals import NotYours, Refusal
from courses.authoring.actions import change_organiser, create_course, discard_draft, edit_details, next_draft
from courses.authoring.outline import add_lesson, add_module, delete_lesson, edit_module
from courses.packages.errands import start_export
from courses.publishing.actions import (
    approve,
    comment,
    publish,
    resolve,
    retire,
    return_to_authors,
    submit,
    withdraw_from_review,
)
from courses.taxonomy.models import TrainingType
from enrollments.attempts.actions import add_attempts
from enrollments.certificates.actions import (
    ask_for_correction,
    confirm,
    reissue,
    revoke,
    settle_correction,
    try_again,
)
from enrollments.certificates.actions.sharing import share, stop_sharing
from enrollments.claims.actions import (
    add_evidence,
    discard_claim,
    draft_claim,
    mend_claim,
    refuse_claim,
    remove_evidence,
    return_claim,
    send_claim,
    take_back_claim,
    verify_claim,
    withdraw_claim,
)
from enrollments.claims.facts import facts_of
from enrollments.cohorts.actions import close_cohort, create_cohort, edit_cohort, mark_cancelled, name_trainers
from enrollments.enrolling.actions import enroll, reschedule, reschedule_all, withdraw
from enrollments.grading.actions import comment_on
from enrollments.reports.actions import ask_for_export
from enrollments.siasn.actions import hand_over_file, settle_by_hand
from enrollments.siasn.actions import try_again as send_again_to_siasn
from enrollments.siasn.mapping import map_agency, map_course, map_type
from enrollments.surveys.actions import answer_invitation, judge
from enrollments.surveys.actions.editing import (
    delete_question,
    discard_questionnaire,
    draft_questionnaire,
    move_question,
    put_into_use,
    save_question,
)
from tests import make
from tests.enrollments.surveys.rows import national
from tests.world import World, world

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 2)


# What only the learner does.
OF_THE_LEARNER = {
    "confirm a name",
    "ask for a correction",
    "share a certificate",
    "stop sharing a certificate",
    "mend a claim",
    "add evidence",
    "take evidence away",
    "send a claim",
    "withdraw a claim",
    "throw a claim away",
    "judge a course",
    "answer a survey",
}


def _service(made: World) -> Service:
    return Service(Agency.objects.get(pk=made.own.spare.pk), "Arsiparis", None, "pns")


# Each verb, done to a thing of Dinas A or of its organiser by somebody.
VERBS: dict[str, Callable[[World, User], object]] = {
    "add a unit": lambda w, by: add_agency(parent=w.own.agency, by=by, code="BARU", name="Baru"),
    "edit a unit": lambda w, by: edit_agency(w.own.spare, by=by, name="Lain"),
    "move a unit": lambda w, by: move_agency(w.own.spare, w.own.agency, by=by),
    "close a unit": lambda w, by: deactivate_agency(w.own.spare, by=by),
    "open a unit": lambda w, by: reactivate_agency(w.own.shut, by=by),
    "add a person": lambda w, by: add_person(by=by, nip=make.nip(), service=_service(w), name="Baru"),
    "edit a person": lambda w, by: edit_person(w.own.learner, by=by, name="Lain"),
    "change a number": lambda w, by: change_number(w.own.learner, make.nip(), from_on=DAY, by=by),
    "transfer": lambda w, by: transfer(w.own.learner, _service(w), from_on=DAY, by=by),
    "take over a person": lambda w, by: transfer(make.person(agency=by.agency), _service(w), from_on=DAY, by=by),
    "deactivate": lambda w, by: deactivate_person(w.own.learner, by=by),
    "reactivate": lambda w, by: reactivate_person(w.own.leaver, by=by),
    "grant a role": lambda w, by: grant_role(w.own.learner, "trainer", w.own.agency, by=by, from_on=DAY),
    "grant a role to one's own": lambda w, by: grant_role(
        make.person(agency=by.agency), "trainer", w.own.agency, by=by, from_on=DAY
    ),
    "end a role": lambda w, by: end_role(w.own.grant, until_on=date.today(), by=by),
    "print codes": lambda w, by: print_codes(w.own.agency, by=by),
    "cancel long work": lambda w, by: cancel_job(w.own.going, by=by),
    "repeat long work": lambda w, by: retry_job(w.own.broken, by=by),
    "send a mail again": lambda w, by: send_again(w.own.notice, by=by),
    "create a course": lambda w, by: create_course("Baru", w.own.organiser, by=by),
    "edit a course": lambda w, by: edit_details(w.own.draft, {"title": "Lain"}, by=by),
    "give a course away": lambda w, by: change_organiser(w.own.draft.course, w.own.spare, by=by),
    "begin a draft": lambda w, by: next_draft(w.own.published.course, by=by),
    "discard a draft": lambda w, by: discard_draft(w.own.draft, by=by),
    "add a module": lambda w, by: add_module(w.own.draft, "Baru", by=by),
    "edit a module": lambda w, by: edit_module(w.own.module, by=by, title="Lain", jp=Decimal(1)),
    "add a lesson": lambda w, by: add_lesson(w.own.module, "text", "Baru", by=by),
    "delete a lesson": lambda w, by: delete_lesson(w.own.lesson, by=by),
    "export a course": lambda w, by: start_export(w.own.published, by=by),
    "submit": lambda w, by: submit(w.own.ready, w.people.reviewer, by=by),
    "withdraw from review": lambda w, by: withdraw_from_review(w.own.reviewing, by=by),
    "comment": lambda w, by: comment(w.own.draft, "Baik.", by=by),
    "resolve a comment": lambda w, by: resolve(w.own.comment, by=by),
    "return": lambda w, by: return_to_authors(w.own.reviewing, "Ubah.", by=by),
    "approve": lambda w, by: approve(w.own.reviewing, by=by),
    "publish": lambda w, by: publish(w.own.approved, by=by),
    "retire": lambda w, by: retire(w.own.published.course, by=by),
    "open a cohort": lambda w, by: create_cohort(
        w.own.published.course, by=by, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 30)
    ),
    "edit a cohort": lambda w, by: edit_cohort(
        w.own.cohort,
        by=by,
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 12, 30),
        seats=99,
        place="Aula",
        enroll_until=None,
        is_open_to_all=False,
    ),
    "close a cohort": lambda w, by: close_cohort(w.own.cohort, by=by),
    "cancel a cohort": lambda w, by: mark_cancelled(w.own.cohort, "Ditunda", by=by),
    "name trainers": lambda w, by: name_trainers(w.own.cohort, [], by=by),
    "give a place": lambda w, by: enroll(w.own.head, w.own.cohort, by=by),
    "end a place": lambda w, by: withdraw(w.own.enrollment, "Mutasi", by=by),
    "move a deadline": lambda w, by: reschedule(w.own.enrollment, None, by=by),
    "move all deadlines": lambda w, by: reschedule_all(w.own.cohort, None, by=by),
    "add attempts": lambda w, by: add_attempts(w.own.practice, w.own.quiz, 1, "Sakit", by=by),
    "comment on an answer": lambda w, by: comment_on(w.own.answer, "Baik.", by=by),
    "draw a certificate again": lambda w, by: try_again(w.own.certificate, by=by),
    "confirm a name": lambda w, by: confirm(w.own.certificate, by=by),
    "ask for a correction": lambda w, by: ask_for_correction(w.own.certificate, part="name", wish="Rina", by=by),
    "share a certificate": lambda w, by: share(w.own.certificate, by=by),
    "stop sharing a certificate": lambda w, by: stop_sharing(w.own.certificate, by=by),
    "answer a correction": lambda w, by: settle_correction(w.own.correction, is_mended=False, answer="Tetap.", by=by),
    "revoke a certificate": lambda w, by: revoke(w.own.certificate, reason="Salah.", by=by),
    "issue a certificate anew": lambda w, by: reissue(w.own.certificate, reason="Salah.", by=by),
    "tell SIASN again": lambda w, by: send_again_to_siasn(w.own.posting, by=by),
    "settle SIASN by hand": lambda w, by: settle_by_hand(w.own.posting, by=by),
    "hand a file over to SIASN": lambda w, by: hand_over_file(w.own.siasn_file, by=by),
    "record an id of SIASN": lambda w, by: map_agency(w.own.top, "A5EB03E23CCCF6A0E040640A040252AD", "Surat", by=by),
    "record a kind of training for SIASN": lambda w, by: map_type(
        w.own.top, TrainingType.objects.get(code="3"), certificate_kind="T", document_ref="881", basis="Daftar", by=by
    ),
    "record a course for SIASN": lambda w, by: map_course(
        w.own.published.course, training_type=None, structural_id="", weight=0, basis="", by=by
    ),
    "claim for somebody": lambda w, by: draft_claim(w.own.learner, facts_of(w.own.outside_draft), by=by),
    "mend a claim": lambda w, by: mend_claim(w.own.outside_draft, facts_of(w.own.outside_draft), by=by),
    "add evidence": lambda w, by: add_evidence(w.own.outside_draft, [], by=by),
    "take evidence away": lambda w, by: remove_evidence(w.own.outside_draft.evidence.get(), by=by),
    "send a claim": lambda w, by: send_claim(w.own.outside_draft, by=by),
    "withdraw a claim": lambda w, by: withdraw_claim(w.own.outside, by=by),
    "throw a claim away": lambda w, by: discard_claim(w.own.outside_draft, by=by),
    "verify a claim": lambda w, by: verify_claim(w.own.outside, by=by),
    "give a claim back": lambda w, by: return_claim(w.own.outside, by=by, reason="Buram."),
    "refuse a claim": lambda w, by: refuse_claim(w.own.outside, by=by, reason="Bukan."),
    "take a verified claim back": lambda w, by: take_back_claim(w.own.outside_counted, by=by, reason="Keliru."),
    "judge a course": lambda w, by: judge(w.own.to_judge, national()["course"], {}, by=by),
    "answer a survey": lambda w, by: answer_invitation(w.own.invitation, national()["alumnus"], {}, by=by),
    "begin a questionnaire": lambda w, by: draft_questionnaire(w.own.organiser, "trainer", by=by),
    "put a questionnaire into use": lambda w, by: put_into_use(w.own.question.version, by=by),
    "throw a questionnaire away": lambda w, by: discard_questionnaire(w.own.question.version, by=by),
    "write a question": lambda w, by: save_question(w.own.question.version, {"text": "Baik?"}, by=by),
    "move a question": lambda w, by: move_question(w.own.question, up=True, by=by),
    "delete a question": lambda w, by: delete_question(w.own.question, by=by),
    "export a report": lambda w, by: ask_for_export(w.own.agency, 2026, by=by),
}


def strangers(made: World) -> dict[str, User]:
    """Somebody of another unit without a role, its head, and the officer, reviewer and trainer of another government."""
    return {
        "another unit's learner": made.people.other_learner,
        "another unit's head": made.people.other_head,
        "another government's officer": made.foreign.draft.authors.get(),
        "another government's reviewer": made.foreign.comment.author,
        "another government's trainer": made.foreign.cohort.trainers.get(),
    }


def tried(made: World, verb: str) -> Iterator[tuple[str, Exception | None]]:
    """What each stranger is answered who does it."""
    for who, person in strangers(made).items():
        said: Exception | None = None
        with transaction.atomic():
            try:
                VERBS[verb](made, User.objects.get(pk=person.pk))
            except (Refusal, ValueError, TypeError) as error:
                said = error
            transaction.set_rollback(True)
        yield who, said


@pytest.fixture
def made() -> World:
    return world()


def test_no_verb_is_done_for_strangers_to_what_is_not_theirs(made: World) -> None:
    wrong = [
        f"{who} may {verb}: {said!r}"
        for verb in VERBS
        for who, said in tried(made, verb)
        if not isinstance(said, NotYours)
    ]
    assert not wrong, "\n".join(wrong)


def test_each_verb_is_more_than_its_refusal(made: World) -> None:
    """Who may do it is not told that it is not theirs, so the refusals above have the one reason."""
    wrong = []
    for verb, do in VERBS.items():
        by = made.people.reviewer if verb in {"return", "approve"} else made.people.officer
        if verb in OF_THE_LEARNER:
            by = made.own.learner
        with transaction.atomic():
            try:
                do(made, User.objects.get(pk=by.pk))
            except NotYours as error:
                wrong.append(f"{verb}: {error}")
            except Refusal:
                pass
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)
