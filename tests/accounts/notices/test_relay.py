"""What a mail server says, and what it means for the mail."""

import smtplib

import pytest

from accounts.notices.relay import Fate, read_answer

REFUSED = smtplib.SMTPRecipientsRefused


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (REFUSED({"a@b.id": (550, b"5.1.1 No such user")}), Fate.BAD_ADDRESS),
        (REFUSED({"a@b.id": (554, b"5.1.2 Bad domain")}), Fate.BAD_ADDRESS),
        (REFUSED({"a@b.id": (552, b"5.2.2 Mailbox full")}), Fate.REFUSED),
        (REFUSED({"a@b.id": (450, b"4.2.0 Greylisted")}), Fate.AGAIN),
        (REFUSED({"a@b.id": (421, b"Too busy")}), Fate.AWAY),
        (smtplib.SMTPDataError(451, b"Try later"), Fate.AGAIN),
        (smtplib.SMTPDataError(554, b"Looks like spam"), Fate.REFUSED),
        (smtplib.SMTPDataError(550, b"User unknown"), Fate.BAD_ADDRESS),
        (smtplib.SMTPSenderRefused(550, b"Sender not allowed", "lms@b.id"), Fate.AWAY),
        (smtplib.SMTPAuthenticationError(535, b"Bad password"), Fate.AWAY),
        (smtplib.SMTPServerDisconnected("gone"), Fate.AWAY),
        (ConnectionRefusedError(111, "refused"), Fate.AWAY),
        (TimeoutError("slow"), Fate.AWAY),
        (ValueError("our own mistake"), Fate.AGAIN),
    ],
)
def test_every_answer_has_one_meaning(error: Exception, fate: Fate) -> None:
    assert read_answer(error).fate is fate


def test_the_reason_is_the_servers_own_sentence_on_one_line() -> None:
    assert read_answer(REFUSED({"a@b.id": (550, b"5.1.1 No\r\n such user")})).reason == "550 5.1.1 No such user"
