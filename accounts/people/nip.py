"""The 18 digits of a NIP (PNS, CPNS) or NI PPPK: what they say, and whether they can be true.

NIP: birth date YYYYMMDD, month of appointment YYYYMM, sex (1 man, 2 woman), sequence 001–999; there is no check digit.
NI PPPK: birth date, year of appointment, counter of the agreement (any two digits), sex, sequence. Sources: Perka BKN 22/2007
for the NIP; for PPPK the sources disagree, so the counter is not judged (docs/domain.md §4.1, §4.2).
"""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.people.models import User
from asn_lms.lib.refusals import Refusal

LENGTH = 18
# The law says 18; older decrees counted otherwise, so two years of grace.
YOUNGEST = 16
FIRST_PPPK = 2019
_DIGITS = re.compile(r"[0-9]+")
_SHORTENED = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")

Employment = User.Employment


class BadNumber(Refusal):
    """The number cannot be true. `hint` says what probably happened; `was_shortened`: a spreadsheet took it for a number."""

    def __init__(self, sentence: str, hint: str = "", *, was_shortened: bool = False) -> None:
        super().__init__(sentence, field="nip")
        self.hint = _shortened_hint() if was_shortened else hint
        self.was_shortened = was_shortened


@dataclass(frozen=True)
class Nip:
    """What a number says of its bearer. `started_on` is the first day of the month of appointment, for PPPK of the year."""

    number: str
    birth_on: date
    started_on: date
    sex: str
    sequence: int


def bare(text: str) -> str:
    """The number without the spaces, dots and dashes that people type in it."""
    return re.sub(r"[\s.\-\u00a0\u2010-\u2015']", "", text)


def parse_nip(text: str, employment: str, *, today: date) -> Nip:
    """Read a number of that employment status, or refuse it with a sentence that says what is wrong with it."""
    number = _eighteen_digits(text)
    birth_on = _birth_on(number[:8], today)
    if employment == Employment.PPPK:
        started_on = _pppk_start(number[8:12], birth_on, today)
    elif employment in {Employment.PNS, Employment.CPNS}:
        started_on = _pns_start(number[8:14], birth_on, today)
    else:
        started_on = birth_on
    if number[14] not in "12":
        raise BadNumber(
            _("The 15th digit is %(digit)s. It must be 1 (man) or 2 (woman).") % {"digit": number[14]},
        )
    if number[15:] == "000":
        raise BadNumber(_("The last three digits are 000. The sequence begins at 001."), was_shortened=True)
    return Nip(number, birth_on, started_on, number[14], int(number[15:]))


def differences(nip: Nip, *, birth_on: date | None, sex: str) -> list[str]:
    """Warnings, not refusals: where the number and the profile disagree. What SIASN holds is right."""
    found = []
    if birth_on and birth_on != nip.birth_on:
        found.append(
            _("The date of birth in the number (%(number)s) differs from the profile (%(profile)s).")
            % {"number": f"{nip.birth_on:%d-%m-%Y}", "profile": f"{birth_on:%d-%m-%Y}"}
        )
    if sex and sex != nip.sex:
        found.append(
            _("The sex in the number (%(number)s) differs from the profile (%(profile)s).")
            % {"number": User.Sex(nip.sex).label, "profile": User.Sex(sex).label}
        )
    return found


def _eighteen_digits(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise BadNumber(_("The NIP is missing."))
    if _SHORTENED.fullmatch(stripped):
        raise BadNumber(
            _("The NIP was turned into the number %(number)s, and its last digits are lost.") % {"number": stripped},
            was_shortened=True,
        )
    number = bare(stripped)
    if not _DIGITS.fullmatch(number):
        raise BadNumber(_("A NIP holds digits only."), _("Check for letters, such as O instead of 0."))
    if len(number) < LENGTH:
        raise BadNumber(
            _("The NIP has only %(count)d digits, it should have 18.") % {"count": len(number)},
            _("This is the old NIP. Use the new one of 18 digits."),
            was_shortened=len(number) != 9,
        )
    if len(number) > LENGTH:
        raise BadNumber(_("The NIP has %(count)d digits, it should have 18.") % {"count": len(number)})
    return number


def _birth_on(digits: str, today: date) -> date:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if month > 12 or month == 0:
        swapped = _swapped(year, month, day)
        raise BadNumber(
            _("There is no month %(month)s in a NIP.") % {"month": digits[4:6]},
            _("Perhaps month and day are exchanged: %(swapped)s. Compare it with the decree.") % {"swapped": swapped}
            if swapped
            else "",
        )
    try:
        born = date(year, month, day)
    except ValueError:
        raise BadNumber(
            _("The NIP begins with the date of birth, and %(day)s-%(month)s-%(year)s is no date.")
            % {"day": digits[6:], "month": digits[4:6], "year": digits[:4]}
        ) from None
    if born >= today or today.year - born.year > 120:
        raise BadNumber(
            _("The NIP begins with the date of birth, and the year %(year)s cannot be.") % {"year": digits[:4]}
        )
    return born


def _swapped(year: int, month: int, day: int) -> str:
    try:
        date(year, day, month)
    except ValueError:
        return ""
    return f"{year:04d}{day:02d}{month:02d}"


def _pns_start(digits: str, birth_on: date, today: date) -> date:
    year, month = int(digits[:4]), int(digits[4:])
    if not 1 <= month <= 12:
        raise BadNumber(
            _("The month of appointment in the NIP is %(month)s, there is no such month.") % {"month": digits[4:]},
            _("A PPPK has such numbers. Check the employment status.") if year >= FIRST_PPPK else "",
        )
    if year < 1:
        raise BadNumber(_("The year of appointment in the NIP is %(year)s, that cannot be.") % {"year": digits[:4]})
    started = date(year, month, 1)
    _check_age(birth_on, started)
    if (started.year, started.month) > (today.year + 1, today.month):
        raise BadNumber(
            _("The appointment in the NIP (%(month)s-%(year)s) lies more than a year ahead.")
            % {"month": digits[4:], "year": digits[:4]}
        )
    return started


def _pppk_start(digits: str, birth_on: date, today: date) -> date:
    year = int(digits)
    if year < FIRST_PPPK:
        raise BadNumber(
            _("The year of appointment in the NI PPPK is %(year)s. The first PPPK were appointed in 2019.")
            % {"year": digits},
            _("Check the employment status: this looks like the NIP of a PNS."),
        )
    if year > today.year + 1:
        raise BadNumber(
            _("The year of appointment in the NI PPPK is %(year)s, that is too far ahead.") % {"year": digits}
        )
    _check_age(birth_on, date(year, 12, 31))
    return date(year, 1, 1)


def _check_age(birth_on: date, started: date) -> None:
    years = started.year - birth_on.year - ((started.month, started.day) < (birth_on.month, birth_on.day))
    if years < YOUNGEST:
        raise BadNumber(
            _("By this NIP the bearer was appointed at the age of %(years)d.") % {"years": max(years, 0)}
            if years >= 0
            else _("By this NIP the bearer was appointed before being born."),
            _("Compare the date of birth and the month of appointment with the decree."),
        )


def _shortened_hint() -> str:
    return _("This often happens when the column is formatted as a number. Change its format to Text.")
