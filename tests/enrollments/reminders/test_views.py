"""What the office sees of mail: who was told, what was held, and why."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.notices.actions import send_mail, tell
from accounts.notices.models import Notice
from accounts.people.models import User
from tests import make
from tests.cast import cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
URL = "/office/reminders/"


def told(person: User, title: str = "Tiga hari lagi") -> Notice:
    notice = tell(person, "test", title, title, "")
    assert notice
    send_mail(notice.pk, NOW)
    return notice


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_an_officer_sees_of_their_people_what_was_sent_and_what_was_held_with_its_reason() -> None:
    who = cast()
    told(who.learner)
    told(make.person("Bonar Siregar", agency=who.a, email=""), "Belum dimulai")
    page = signed_in(who.officer).get(URL).content.decode()
    for words in ("Tiga hari lagi", "Terkirim", "Bonar Siregar", "Ditahan", "Alamat email belum diketahui."):
        assert words in page


def test_an_officer_of_one_unit_sees_nothing_of_another() -> None:
    who = cast()
    told(who.other_learner, "Rahasia B")
    officer = make.person(agency=who.a, role="officer")
    assert "Rahasia B" not in signed_in(officer).get(URL).content.decode()


def test_learners_and_heads_have_no_such_page() -> None:
    who = cast()
    assert [signed_in(one).get(URL).status_code for one in (who.learner, who.head)] == [403, 403]


def test_the_list_is_narrowed_by_state_and_name() -> None:
    who = cast()
    told(who.learner, "Terkirim ini")
    told(make.person("Bonar Siregar", agency=who.a, email=""), "Tertahan ini")
    client = signed_in(who.officer)
    held = client.get(URL, {"show": "hand"}).content.decode()
    assert "Tertahan ini" in held
    assert "Terkirim ini" not in held
    named = client.get(URL, {"name": "peserta"}).content.decode()
    assert "Terkirim ini" in named
    assert "Tertahan ini" not in named


def test_a_held_mail_goes_out_again_once_the_address_is_known() -> None:
    who = cast()
    person = make.person(agency=who.a, email="")
    notice = told(person)
    User.objects.filter(pk=person.pk).update(email="baru@contoh.go.id")
    signed_in(who.officer).post(reverse("office-reminder-send", args=[notice.pk]))
    send_mail(notice.pk, NOW)
    notice.refresh_from_db()
    assert notice.mail_state == Notice.Mail.SENT


def test_a_sent_mail_cannot_be_sent_again_and_not_by_somebody_elses_officer() -> None:
    who = cast()
    notice = told(who.learner)
    signed_in(who.officer).post(reverse("office-reminder-send", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.mail_state == Notice.Mail.SENT
    officer_of_b = make.person(agency=who.b, role="officer")
    assert signed_in(officer_of_b).post(reverse("office-reminder-send", args=[notice.pk])).status_code == 404


@pytest.mark.parametrize("count", [3, 30])
def test_the_number_of_queries_is_the_same_for_many(count: int, django_assert_max_num_queries: Any) -> None:
    who = cast()
    for n in range(count):
        tell(make.person(agency=who.a), "test", str(n), "Kabar", "")
    client = signed_in(who.officer)
    client.get(URL)
    with django_assert_max_num_queries(12):
        client.get(URL)
