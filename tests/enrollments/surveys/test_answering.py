"""Answering once, in confidence; and what the database keeps of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.audit.models import AuditEntry
from accounts.jobs.models import IdempotencyKey
from accounts.signin.mydata import data_of
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.surveys.actions import answer_invitation, judge
from enrollments.surveys.models import Answer, Bundle, Invitation, Kind, Question, Sheet
from enrollments.surveys.queries import left_before_download
from tests import make
from tests.enrollments.surveys.rows import NOON, answers, asking, completed, fields, invitation, national

pytestmark = pytest.mark.django_db


def test_a_course_and_each_of_its_trainers_is_judged_once() -> None:
    national()
    cohort = asking()
    one, other = make.person("Ani"), make.person("Budi")
    cohort.trainers.add(one, other)
    place = completed(cohort=cohort)
    asked = left_before_download(place)
    assert [(each.kind, each.trainer) for each in asked] == [
        (Kind.COURSE, None),
        (Kind.TRAINER, one),
        (Kind.TRAINER, other),
    ]
    for each in asked:
        assert judge(place, each.version, answers(each.version), trainer=each.trainer, by=place.learner)
        assert not judge(place, each.version, answers(each.version, 1), trainer=each.trainer, by=place.learner)
    assert left_before_download(place) == []
    assert Sheet.objects.count() == 3


def test_nobody_judges_themselves_as_a_trainer() -> None:
    national()
    place = completed(cohort=asking())
    place.cohort.trainers.add(place.learner)
    assert [each.kind for each in left_before_download(place)] == [Kind.COURSE]


def test_only_who_completed_judges_and_nobody_for_them() -> None:
    version = national()["course"]
    cohort = asking()
    place, learning = completed(cohort=cohort), make.enrollment(cohort=cohort)
    with pytest.raises(NotYours):
        judge(place, version, answers(version), by=make.person())
    with pytest.raises(NotYours):
        judge(learning, version, answers(version), by=learning.learner)
    assert not Sheet.objects.exists()


def test_a_required_question_left_out_is_named_and_nothing_is_kept() -> None:
    version = national()["course"]
    place = completed(cohort=asking())
    given = answers(version)
    first = version.questions.all()[0]
    del given[first.pk]
    with pytest.raises(Refusal) as refused:
        judge(place, version, given, by=place.learner)
    assert refused.value.field == f"q{first.pk}"
    with pytest.raises(Refusal):
        judge(place, version, {**given, first.pk: 6}, by=place.learner)
    assert not Invitation.objects.exists()


def test_a_closed_survey_takes_no_answer_and_another_persons_neither() -> None:
    version = national()["alumnus"]
    asked = invitation(completed(cohort=asking()))
    with pytest.raises(NotYours):
        answer_invitation(asked, version, answers(version), by=make.person(), now=NOON)
    with pytest.raises(Refusal):
        answer_invitation(asked, version, answers(version), by=asked.person, now=NOON + timedelta(days=31))
    assert answer_invitation(asked, version, answers(version), by=asked.person, now=NOON + timedelta(days=30))


def test_questions_of_another_survey_are_no_answer() -> None:
    found = national()
    asked = invitation(completed(cohort=asking()))
    with pytest.raises(Refusal):
        answer_invitation(asked, found["course"], answers(found["course"]), by=asked.person, now=NOON)


def test_no_table_joins_a_person_to_an_answer() -> None:
    """Nothing that holds answers has a person (but the trainer who is judged), a place, an invitation or an instant; ids are random."""
    for model in (Sheet, Bundle, Answer):
        columns = {field.name: field for field in model._meta.concrete_fields}
        assert not {"person", "enrollment", "invitation", "learner", "created_at", "by", "certificate"} & set(columns)
        assert not [field for field in columns.values() if field.get_internal_type() == "DateTimeField"]
        related = {field.related_model._meta.label for field in columns.values() if field.related_model}
        assert related <= {
            "enrollments.QuestionnaireVersion",
            "enrollments.Cohort",
            "enrollments.Bundle",
            "enrollments.Question",
            "accounts.Agency",
            "accounts.User",
            "courses.Course",
        }
        assert not [
            name
            for name in columns
            if name != "trainer" and getattr(columns[name].related_model, "__name__", "") == "User"
        ]
    for model in (Sheet, Answer):
        assert model._meta.pk.get_internal_type() == "UUIDField"
    instants = [field.name for field in Invitation._meta.fields if field.get_internal_type() == "DateTimeField"]
    assert instants == []


def test_a_word_that_somebody_wrote_stands_in_no_table_but_that_of_answers(client: Client) -> None:
    """The canary: sent through the page, with a key, so that whatever keeps forms and audits has had its chance."""
    version = national()["alumnus"]
    asked = invitation(completed(cohort=asking()), open_until=NOON.date() + timedelta(days=4000))
    client.force_login(asked.person)
    body = fields(version, text="Cendrawasih-rahasia") | {"idempotency_key": "satu"}
    assert client.post(f"/surveys/{asked.pk}/", body).status_code == 302
    kept = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM \"{table}\" t WHERE t::text LIKE '%%Cendrawasih%%'")
            if cursor.fetchone()[0]:
                kept.append(table)
    assert kept == ["enrollments_sheet"]
    assert IdempotencyKey.objects.get(person=asked.person).body_hash == ""
    assert not AuditEntry.objects.filter(actor=asked.person).exists()


def test_the_day_of_an_answer_is_kept_nowhere_beside_the_person() -> None:
    found = national()
    place = completed(cohort=asking())
    judge(place, found["course"], answers(found["course"]), by=place.learner, now=NOON)
    row = Invitation.objects.get(enrollment=place)
    assert (row.asked_on, row.told_on) == ((NOON - timedelta(days=184)).date(), None)
    asked = invitation(place)
    before = {name: value for name, value in vars(asked).items() if name not in {"_state", "is_answered"}}
    answer_invitation(asked, found["alumnus"], answers(found["alumnus"]), by=asked.person, now=NOON)
    asked.refresh_from_db()
    assert {name: getattr(asked, name) for name in before if not name.startswith("_")} == {
        name: value for name, value in before.items() if not name.startswith("_")
    }


def test_my_data_say_that_one_was_asked_and_whether_one_answered() -> None:
    version = national()["alumnus"]
    asked = invitation(completed(cohort=asking()))
    for is_answered in (False, True):
        told = data_of(asked.person).plain()["surveys"]
        assert [(one["course"], one["is_answered"]) for one in told] == [(asked.enrollment.version.title, is_answered)]
        answer_invitation(asked, version, answers(version, text="Cendrawasih"), by=asked.person, now=NOON)
    assert "Cendrawasih" not in str(told)


def test_a_page_that_shows_answers_again_is_not_kept_with_the_key(client: Client) -> None:
    version = national()["alumnus"]
    asked = invitation(completed(cohort=asking()), open_until=NOON.date() + timedelta(days=4000))
    client.force_login(asked.person)
    body = fields(version, text="Cendrawasih-rahasia") | {"idempotency_key": "satu"}
    first = version.questions.all()[0]
    answer = client.post(f"/surveys/{asked.pk}/", {**body, f"q{first.pk}": ""})
    assert "Cendrawasih-rahasia" in answer.content.decode()
    assert not IdempotencyKey.objects.exists()
    assert client.post(f"/surveys/{asked.pk}/", body).status_code == 302
    assert client.post(f"/surveys/{asked.pk}/", body)["Idempotency-Replayed"] == "true"
    assert Sheet.objects.count() == 1


def test_what_was_in_use_never_changes() -> None:
    version = national()["course"]
    question = version.questions.all()[0]
    for change in (
        lambda: Question.objects.filter(pk=question.pk).update(text="Lain"),
        lambda: Question.objects.filter(pk=question.pk).delete(),
        lambda: Question.objects.create(version=version, text="Baru", low="a", high="b"),
        lambda: type(version).objects.filter(pk=version.pk).update(number=9),
    ):
        refused(change)


def refused(change: Any) -> None:
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        change()
