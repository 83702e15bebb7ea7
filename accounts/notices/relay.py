"""What a mail server's answer means for one mail.

Source: RFC 5321 §4.2 (reply codes), RFC 3463 (enhanced codes: 5.1.x speaks of the address).
"""

import re
import smtplib
from dataclasses import dataclass
from enum import Enum

ADDRESS_CODES = {550, 551, 553}
ADDRESS_TEXT = re.compile(r"\b5\.1\.\d")


class Fate(Enum):
    AWAY = "the server cannot be spoken to now; says nothing about this mail"
    AGAIN = "this mail was put off; try again later"
    REFUSED = "this mail will never be taken"
    BAD_ADDRESS = "nothing for this address will ever be taken"


@dataclass(frozen=True)
class Answer:
    fate: Fate
    reason: str


def read_answer(error: Exception) -> Answer:
    """Read what went wrong when a mail was handed over. An error that is no server's answer is ours: the mail is tried again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        code, text = next(iter(error.recipients.values()))
        return _by_code(code, text)
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPAuthenticationError | smtplib.SMTPHeloError):
        # Our own settings: every mail would meet the same answer, so none is given up for it.
        return Answer(Fate.AWAY, _say(error.smtp_code, error.smtp_error))
    if isinstance(error, smtplib.SMTPDataError):
        return _by_code(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPException | OSError):
        return Answer(Fate.AWAY, f"{type(error).__name__}: {error}"[:250])
    return Answer(Fate.AGAIN, f"{type(error).__name__}: {error}"[:250])


def _by_code(code: int, text: bytes | str) -> Answer:
    reason = _say(code, text)
    if code == 421:
        return Answer(Fate.AWAY, reason)
    if code < 500:
        return Answer(Fate.AGAIN, reason)
    if code in ADDRESS_CODES or ADDRESS_TEXT.search(reason):
        return Answer(Fate.BAD_ADDRESS, reason)
    return Answer(Fate.REFUSED, reason)


def _say(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(f"{code} {words}".split())[:250]
