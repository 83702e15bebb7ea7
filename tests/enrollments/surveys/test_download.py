"""Every door to the paper: the learner's own waits for the answers, the office's and everybody's do not."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from accounts.roles.models import RoleGrant
from asn_lms.lib.refusals import Refusal
from enrollments.archives.queries import Wanted, wanted_papers
from enrollments.certificates.actions.sharing import share
from enrollments.certificates.models import Certificate, ShareLink
from tests import make
from tests.enrollments.surveys.rows import asking, completed, fields, national
from tests.world import NOW, PDF

pytestmark = pytest.mark.django_db


def paper(*, asks: bool = True, organiser: Any = None) -> Certificate:
    """A certificate that stands, of a course that asks first."""
    national()
    cohort = asking(asks_before_download=asks, organiser=organiser or make.agency())
    cohort.trainers.add(make.person("Tia Widyaiswara"))
    place = completed(cohort=cohort)
    row: Certificate = make.certificate(place)
    row.state, row.drawn_at = Certificate.State.DELIVERED, NOW
    row.file.save("paper.pdf", ContentFile(PDF), save=False)
    row.save()
    return row


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_page_leads_to_the_questions_and_after_the_last_to_the_download() -> None:
    row = paper()
    learner, client = row.enrollment.learner, signed_in(row.enrollment.learner)
    pdf, asked = f"/certificates/{row.pk}/pdf/", f"/surveys/places/{row.enrollment_id}/"
    assert client.get(pdf)["Location"] == asked
    versions = national()
    assert client.post(asked, fields(versions["course"]) | {"step": "course"})["Location"] == asked
    assert client.get(pdf).status_code == 302  # the trainer is still to be judged
    page = client.get(asked).content.decode()
    assert "Tia Widyaiswara" in page
    trainer = row.enrollment.cohort.trainers.get()
    sent = client.post(asked, fields(versions["trainer"]) | {"step": f"trainer-{trainer.pk}"})
    assert sent["Location"] == f"/learn/{row.enrollment_id}/finished/?download=1"
    finished = client.get(sent["Location"])
    assert finished["Refresh"] == f"1; url={pdf}"
    assert body(client.get(pdf)) == PDF
    assert learner == row.enrollment.learner


def test_an_answer_left_out_is_said_beside_its_question_and_nothing_typed_is_lost() -> None:
    row = paper()
    client = signed_in(row.enrollment.learner)
    version = national()["course"]
    sent = fields(version, text="Ruangnya sempit") | {"step": "course"}
    first = version.questions.all()[0]
    page = client.post(f"/surveys/places/{row.enrollment_id}/", {**sent, f"q{first.pk}": ""}).content.decode()
    assert "aria-invalid" in page
    assert "Ruangnya sempit" in page
    assert page.count("checked") == len(sent) - 4


def test_rest_says_what_stands_before_it() -> None:
    row = paper()
    client = signed_in(row.enrollment.learner)
    answer = client.get(f"/api/v1/certificates/{row.pk}/pdf")
    assert answer.status_code == 409
    assert "survei" in answer.json()["title"]


def test_no_link_is_made_before_but_a_link_that_stands_is_never_closed() -> None:
    row = paper()
    with pytest.raises(Refusal):
        share(row, by=row.enrollment.learner)
    client = signed_in(row.enrollment.learner)
    assert client.get(f"/certificates/{row.pk}/share/")["Location"] == f"/surveys/places/{row.enrollment_id}/"
    link = ShareLink.objects.create(certificate=row)
    assert body(Client().get(f"/shared/{link.token}/pdf/")) == PDF


def test_who_checks_a_paper_is_never_kept_from_it() -> None:
    row = paper()
    assert Client().get(f"/verify/{row.public_id}/").status_code == 200
    assert Client().get(f"/verify/{row.public_id}/?format=json").json()["state"] == "valid"


def test_the_office_has_the_paper_whatever_the_learner_does() -> None:
    row = paper()
    officer = make.person(agency=row.series.organiser, role="officer")
    assert body(signed_in(officer).get(f"/certificates/{row.pk}/pdf/")) == PDF
    unit = row.enrollment.agency
    head = make.person(agency=unit, role="head")
    assert row in wanted_papers(head, Wanted(unit.pk))


def test_an_officer_who_learns_is_a_learner_at_this_door() -> None:
    row = paper()
    learner = row.enrollment.learner
    RoleGrant.objects.create(person=learner, role="officer", agency=row.series.organiser, from_on="2020-01-01")
    assert signed_in(learner).get(f"/certificates/{row.pk}/pdf/").status_code == 302


def test_where_the_course_does_not_ask_the_download_is_free() -> None:
    row = paper(asks=False)
    client = signed_in(row.enrollment.learner)
    assert body(client.get(f"/certificates/{row.pk}/pdf/")) == PDF
    assert client.get(f"/surveys/places/{row.enrollment_id}/").status_code == 302


def test_the_wallet_and_the_last_page_say_it_in_one_sentence() -> None:
    row = paper()
    client = signed_in(row.enrollment.learner)
    wallet = client.get("/certificates/").content.decode()
    assert f"/surveys/places/{row.enrollment_id}/" in wallet
    assert f"/certificates/{row.pk}/pdf/" not in wallet
    finished = client.get(f"/learn/{row.enrollment_id}/finished/").content.decode()
    assert "11 pertanyaan singkat sebelum mengunduh" in finished
    assert f"/certificates/{row.pk}/pdf/" not in finished


def test_questions_that_were_on_the_page_when_new_ones_came_may_still_be_sent() -> None:
    from enrollments.surveys.actions.editing import draft_questionnaire, put_into_use

    row = paper()
    old = national()["course"]
    officer = make.person(agency=row.series.organiser, role="officer")
    client = signed_in(row.enrollment.learner)
    put_into_use(draft_questionnaire(row.enrollment.cohort.organiser, "course", by=officer), by=officer)
    asked = f"/surveys/places/{row.enrollment_id}/"
    assert client.post(asked, fields(old) | {"step": "course"}).status_code == 302
    assert row.enrollment.learner.survey_invitations.filter(kind="course", is_answered=True).exists()
