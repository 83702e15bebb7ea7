"""The inbox: reading changes what is read, looking changes nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.notices.actions import tell
from accounts.notices.models import Notice
from accounts.people.models import User
from tests import make
from tests.cast import cast

pytestmark = pytest.mark.django_db


def message(person: User, about: str = "a", **fields: Any) -> Notice:
    notice = tell(person, "test", about, f"Kabar {about}", "Isi kabar.", **fields)
    assert notice
    return notice


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_looking_marks_nothing_as_read() -> None:
    person = make.person()
    message(person)
    page = signed_in(person).get(reverse("inbox")).content.decode()
    assert "Kabar a" in page
    assert Notice.objects.unread().count() == 1


def test_opening_a_message_marks_it_and_goes_where_it_leads() -> None:
    person = make.person()
    notice = message(person, link="/certificates/")
    answer = signed_in(person).post(reverse("inbox-open", args=[notice.pk]))
    assert (answer.status_code, answer["Location"]) == (302, "/certificates/")
    assert not Notice.objects.unread().exists()


@pytest.mark.parametrize("link", ["//evil.example/", "https://evil.example/", ""])
def test_a_message_never_leads_off_the_site(link: str) -> None:
    person = make.person()
    notice = message(person, link=link)
    assert signed_in(person).post(reverse("inbox-open", args=[notice.pk]))["Location"] == "/inbox/"


def test_nobody_opens_the_messages_of_others() -> None:
    notice = message(make.person())
    assert signed_in(make.person()).post(reverse("inbox-open", args=[notice.pk])).status_code == 404
    assert Notice.objects.unread().count() == 1


def test_all_that_was_shown_is_marked_at_once() -> None:
    person = make.person()
    shown = message(person)
    client = signed_in(person)
    client.get(reverse("inbox"))
    message(person, "b")
    client.post(reverse("inbox-read"), {"up_to": shown.pk})
    assert [one.about for one in Notice.objects.unread()] == ["b"]


def test_messages_stand_under_today_this_week_and_earlier() -> None:
    person = make.person()
    old = message(person, "lama")
    Notice.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=30))
    message(person, "baru")
    page = signed_in(person).get(reverse("inbox")).content.decode()
    assert page.index("Hari ini") < page.index("Kabar baru") < page.index("Lebih lama") < page.index("Kabar lama")


@pytest.mark.parametrize("count", [3, 40])
def test_the_inbox_pages_by_key_with_a_constant_number_of_queries(
    count: int, django_assert_max_num_queries: Any
) -> None:
    person = make.person()
    for n in range(count):
        message(person, f"n{n:02}")
    client = signed_in(person)
    client.get(reverse("inbox"))
    with django_assert_max_num_queries(12):
        first = client.get(reverse("inbox")).content.decode()
    assert ("Pesan lebih lama" in first) == (count > 30)
    if count > 30:
        oldest = Notice.objects.order_by("-id")[29]
        second = client.get(reverse("inbox"), {"before": oldest.pk}).content.decode()
        assert "Kabar n00" in second
        assert "Kabar n39" not in second


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²"])
def test_a_mistyped_page_shows_the_first_one(before: str) -> None:
    person = make.person()
    message(person)
    assert "Kabar a" in signed_in(person).get(reverse("inbox"), {"before": before}).content.decode()


def test_account_mail_with_its_secret_link_is_in_nobodys_inbox() -> None:
    person = make.person()
    Notice.objects.create(person=person, kind=Notice.ACCOUNT, about="x", title="Tautan rahasia", body="s3cret")
    who = cast()
    assert "Tautan rahasia" not in signed_in(person).get(reverse("inbox")).content.decode()
    person.agency = who.a
    person.save()
    assert "Tautan rahasia" not in signed_in(who.officer).get(reverse("office-reminders")).content.decode()
