"""Questionnaires are written beside what is in use; the nearest unit's holds."""

import pytest
from django.test import Client

from asn_lms.lib.refusals import NotYours, Refusal
from courses.taxonomy.terms import survey_terms
from enrollments.surveys.actions.editing import (
    discard_questionnaire,
    draft_questionnaire,
    put_into_use,
    save_question,
    set_terms,
)
from enrollments.surveys.queries import questionnaire_in_use
from tests import make
from tests.cast import cast
from tests.enrollments.surveys.rows import national

pytestmark = pytest.mark.django_db
QUESTION = {"text": "Apakah waktunya cukup?", "low": "kurang", "high": "cukup"}


def test_there_is_a_national_one_of_each_kind_in_two_languages() -> None:
    found = national()
    assert set(found) == {"course", "trainer", "alumnus", "superior"}
    for version in found.values():
        questions = list(version.questions.all())
        assert questions
        assert all(one.text_en for one in questions)
        assert all(one.low_en and one.high_en for one in questions if one.sort == "scale")


def test_a_draft_begins_as_what_holds_and_holds_once_it_is_put_into_use() -> None:
    older = national()["course"]
    people = cast()
    draft = draft_questionnaire(people.bkpsdm, "course", by=people.officer)
    assert draft == draft_questionnaire(people.bkpsdm, "course", by=people.officer)
    assert [one.text for one in draft.questions.all()] == [one.text for one in older.questions.all()]
    save_question(draft, QUESTION, by=people.officer)
    assert questionnaire_in_use("course", people.bkpsdm) == older
    put_into_use(draft, by=people.officer)
    below = make.agency(parent=people.bkpsdm)
    assert questionnaire_in_use("course", people.bkpsdm) == draft
    assert questionnaire_in_use("course", below) == draft
    assert questionnaire_in_use("course", people.a) == older


def test_what_is_in_use_takes_no_change_and_an_empty_draft_no_use() -> None:
    people = cast()
    draft = draft_questionnaire(people.bkpsdm, "trainer", by=people.officer)
    draft.questions.all().delete()
    with pytest.raises(Refusal):
        put_into_use(draft, by=people.officer)
    save_question(draft, QUESTION, by=people.officer)
    put_into_use(draft, by=people.officer)
    with pytest.raises(Refusal):
        save_question(draft, QUESTION, by=people.officer)
    with pytest.raises(Refusal):
        discard_questionnaire(draft, by=people.officer)


def test_the_national_ones_are_kept_by_administrators_alone() -> None:
    national()
    people = cast()
    with pytest.raises(NotYours):
        draft_questionnaire(None, "course", by=people.officer)
    assert draft_questionnaire(None, "course", by=people.admin)


def test_another_governments_officer_keeps_nothing_here() -> None:
    people = cast()
    stranger = make.person(role="officer")
    with pytest.raises(NotYours):
        draft_questionnaire(people.bkpsdm, "course", by=stranger)


def test_an_officer_writes_a_question_on_the_page_and_looks_at_it() -> None:
    national()
    people = cast()
    client = Client()
    client.force_login(people.officer)
    begun = client.post(f"/office/surveys/new/{people.bkpsdm.pk}/course/")
    choice = {
        "text": "Dari mana Anda tahu?",
        "sort": "choice",
        "options": "Atasan\n\nRekan\n",
        "options_en": "Superior\nColleague",
    }
    assert client.post(f"{begun['Location']}questions/new/", choice).status_code == 302
    page = client.get(begun["Location"]).content.decode()
    assert "Dari mana Anda tahu?" in page
    assert "○ Rekan" in page
    wrong = client.post(f"{begun['Location']}questions/new/", {**choice, "options": "Satu"}).content.decode()
    assert "aria-invalid" in wrong


def test_months_and_days_are_rows_that_an_administrator_sets() -> None:
    people = cast()
    values = {"after_months": 5, "open_days": 20, "remind_after_days": 7, "legal_basis": "Surat edaran"}
    with pytest.raises(NotYours):
        set_terms(values, by=people.officer)
    with pytest.raises(Refusal):
        set_terms({**values, "remind_after_days": 20}, by=people.admin)
    set_terms(values, by=people.admin)
    assert survey_terms().after_months == 5
    from courses.authoring.actions import create_course

    assert create_course("Baru", people.bkpsdm, by=people.officer).survey_after_months == 5
