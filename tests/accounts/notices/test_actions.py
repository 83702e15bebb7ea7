"""Telling people: once, and with a mail that is neither lost nor doubled."""

import smtplib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext_lazy

from accounts.notices import actions
from accounts.notices.models import Notice
from accounts.notices.relay import Fate
from accounts.people.models import User
from tests import make
from tests.cast import cast

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 5, tzinfo=UTC)


class Relay(BaseEmailBackend):
    """A mail server that answers what the test wants."""

    def __init__(self, *answers: Exception | None) -> None:
        super().__init__()
        self.answers = list(answers)
        self.taken: list[EmailMessage] = []
        self.is_open = False

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        answer = self.answers.pop(0) if self.answers else None
        if answer:
            raise answer
        self.taken += email_messages
        return len(email_messages)


def told(person: User | None = None, **fields: Any) -> Notice:
    notice = actions.tell(person or make.person(), "test", fields.pop("about", "a"), "Halo", "Isi.", **fields)
    assert notice
    return notice


def refused(code: int) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"x": (code, b"said the server")})


def test_nobody_is_told_the_same_thing_twice() -> None:
    person = make.person()
    assert told(person)
    assert actions.tell(person, "test", "a", "Lagi", "Isi.") is None
    assert Notice.objects.count() == 1


def test_a_message_speaks_the_persons_language() -> None:
    person = make.person(language="en")
    notice = actions.tell(person, "test", "a", gettext_lazy("Yes"), "")
    assert notice
    assert notice.title == "Yes"


def test_telling_queues_its_mail_after_commit(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as waiting:
        told()
    assert len(waiting) == 1
    with django_capture_on_commit_callbacks() as waiting:
        told(mail=False)
    assert not waiting


def test_a_mail_has_text_and_html_and_always_the_same_message_id() -> None:
    notice = told(link="/certificates/")
    assert actions.send_mail(notice.pk, NOON) is None
    letter: Any = mail.outbox[0]
    assert letter.extra_headers["Message-ID"] == f"<{notice.message_id}@127.0.0.1>"
    assert letter.subject == "Halo"
    assert "Isi." in letter.body
    assert "/certificates/" in letter.body
    assert letter.alternatives[0].mimetype == "text/html"
    notice.refresh_from_db()
    assert (notice.mail_state, notice.sent_at) == (Notice.Mail.SENT, NOON)


def test_a_sent_mail_is_not_sent_again() -> None:
    notice = told()
    relay = Relay()
    actions.send_mail(notice.pk, NOON, relay)
    actions.send_mail(notice.pk, NOON, relay)
    assert len(relay.taken) == 1


def test_no_line_to_the_mail_server_is_left_open() -> None:
    relay = Relay()
    actions.send_mail(told().pk, NOON, relay)
    assert relay.taken
    assert not relay.is_open


def test_a_mail_in_the_hands_of_one_sender_is_not_taken_by_another() -> None:
    notice = told()
    assert actions.claim(notice.pk, NOON)
    assert actions.claim(notice.pk, NOON + timedelta(hours=5)) is None


def test_the_mail_of_a_dead_sender_is_taken_up_and_bears_the_same_message_id() -> None:
    notice = told()
    first = actions.claim(notice.pk, NOON)
    assert first
    Notice.objects.update(lease_until=datetime(2020, 1, 1, tzinfo=UTC))
    relay = Relay()
    actions.send_mail(notice.pk, NOON, relay)
    assert relay.taken[0].extra_headers["Message-ID"] == f"<{first.message_id}@127.0.0.1>"


def test_a_sender_that_lost_its_claim_does_not_overwrite_the_result() -> None:
    notice = told()
    slow = actions.claim(notice.pk, NOON)
    assert slow
    Notice.objects.update(lease_until=datetime(2020, 1, 1, tzinfo=UTC))
    actions.send_mail(notice.pk, NOON, Relay())
    actions.hand_over(slow, NOON, Relay(refused(450)))
    notice.refresh_from_db()
    assert notice.mail_state == Notice.Mail.SENT


def test_a_mail_that_breaks_its_sender_again_and_again_is_given_up() -> None:
    notice = told()
    for _ in range(actions.MOST_TRIES):
        assert actions.claim(notice.pk, NOON)
        Notice.objects.update(lease_until=datetime(2020, 1, 1, tzinfo=UTC))
    assert actions.claim(notice.pk, NOON) is None
    notice.refresh_from_db()
    assert notice.mail_state == Notice.Mail.FAILED
    assert notice.mail_reason == Notice.Hold.SENDER_DIED


def test_a_mail_put_off_by_the_server_waits_and_goes_out_later() -> None:
    notice = told()
    relay = Relay(refused(450))
    assert actions.send_mail(notice.pk, NOON, relay) is Fate.AGAIN
    assert actions.send_mail(notice.pk, NOON + timedelta(seconds=59), relay) is None
    assert not relay.taken
    actions.send_mail(notice.pk, NOON + timedelta(seconds=61), relay)
    assert len(relay.taken) == 1


def test_a_mail_put_off_eight_times_is_given_up_with_the_servers_words() -> None:
    notice = told()
    now = NOON
    relay = Relay(*[refused(450)] * 20)
    for _ in range(12):
        actions.send_mail(notice.pk, now, relay)
        now += timedelta(hours=3)
    notice.refresh_from_db()
    assert (notice.mail_state, notice.tries) == (Notice.Mail.FAILED, 8)
    assert notice.mail_reason == "450 said the server"


def test_a_server_that_is_away_for_days_costs_no_mail() -> None:
    notice = told()
    now = NOON
    for _ in range(50):
        assert actions.send_mail(notice.pk, now, Relay(ConnectionRefusedError())) is Fate.AWAY
        now += timedelta(hours=2)
    relay = Relay()
    actions.send_mail(notice.pk, now, relay)
    assert len(relay.taken) == 1


def test_a_refused_address_is_marked_and_the_officer_of_the_unit_is_told_once() -> None:
    who = cast()
    relay = Relay(refused(550))
    first, second = told(who.learner), told(who.learner, about="b")
    assert actions.send_mail(first.pk, NOON, relay) is Fate.BAD_ADDRESS
    actions.send_mail(second.pk, NOON, relay)
    second.refresh_from_db()
    assert (second.mail_state, second.mail_reason) == (Notice.Mail.HELD, Notice.Hold.BAD_ADDRESS)
    who.learner.refresh_from_db()
    assert who.learner.mail_refused == f"{who.learner.email}: 550 said the server"
    assert Notice.objects.filter(kind="mail.refused").values_list("person", flat=True).get() == who.officer.pk
    assert not relay.taken


def test_a_new_address_begins_clean() -> None:
    person = make.person(mail_refused="old@contoh.go.id: 550 no", email="new@contoh.go.id")
    relay = Relay()
    actions.send_mail(told(person).pk, NOON, relay)
    assert len(relay.taken) == 1


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"email": ""}, Notice.Hold.NO_ADDRESS),
        ({"wants_mail": False}, Notice.Hold.UNWANTED),
        ({"is_active": False, "deactivated_on": NOON.date()}, Notice.Hold.INACTIVE),
    ],
)
def test_a_mail_that_must_not_go_out_is_held_with_its_reason(fields: dict[str, Any], reason: str) -> None:
    notice = told(make.person(**fields))
    relay = Relay()
    actions.send_mail(notice.pk, NOON, relay)
    notice.refresh_from_db()
    assert (notice.mail_state, notice.mail_reason, relay.taken) == (Notice.Mail.HELD, reason, [])


def test_the_waiting_are_sent_in_one_go_and_the_held_do_not_stop_them() -> None:
    told(make.person(email=""))
    for _ in range(3):
        told()
    assert actions.send_waiting(NOON) == 3
    assert len(mail.outbox) == 3


def test_the_sweeper_finds_mail_whose_message_was_lost(django_capture_on_commit_callbacks: Any) -> None:
    assert not actions.sweep(NOON, None)
    notice = told(not_before=NOON)
    assert not actions.sweep(NOON - timedelta(minutes=1), None)
    assert actions.sweep(NOON, None)
    actions.send_mail(notice.pk, NOON, Relay())
    assert not actions.sweep(NOON, None)


def test_reading_all_leaves_what_came_in_meanwhile_unread() -> None:
    person = make.person()
    seen = told(person)
    later = told(person, about="b")
    told(about="c")
    assert actions.read_all(person, NOON, up_to=seen.pk) == 1
    assert list(Notice.objects.unread().held_by(person)) == [later]
