"""Numbers and names as people here read them: `2,5`, `63,4%`, `4 (empat)`, `Angkatan III`.

Everything that prints one goes through here, so that a page, a certificate, a spreadsheet and a mail never disagree.
Marks (comma, dot) follow the language in force, or the one that is given.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache

from django.utils.formats import get_format
from django.utils.translation import get_language

Number = Decimal | int | float | str

NONE = "–"  # nothing to show: a share of nobody, a value that is not known

_HUNDRED = Decimal(100)
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def number(value: Number, *, places: int = 2, language: str | None = None) -> str:
    """At most so many decimal places, zeros at the end trimmed, thousands in groups: `1.234,5`.

    Halves round away from zero. A float is read by its shortest form, so that 0.1 stays 0.1.
    """
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{abs(exact):f}".partition(".")
    fraction = fraction.rstrip("0")
    point, group = _marks(language or get_language() or "id")
    text = f"{int(whole):,}".replace(",", group) + (f"{point}{fraction}" if fraction else "")
    return f"−{text}" if exact < 0 else text


@cache
def _marks(language: str) -> tuple[str, str]:
    """The decimal mark and the one between groups of thousands."""
    return (
        str(get_format("DECIMAL_SEPARATOR", lang=language, use_l10n=True)),
        str(get_format("THOUSAND_SEPARATOR", lang=language, use_l10n=True)),
    )


def jp(value: Number, *, language: str | None = None) -> str:
    """Lesson hours (jam pelajaran) without the unit: `2`, `2,5`, `0,25`."""
    return number(value, places=2, language=language)


def score(value: Number, *, language: str | None = None) -> str:
    """A score from 0 to 100, always with two decimal places, as certificates print it: `80,00`."""
    exact = Decimal(str(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{exact:f}".replace(".", _marks(language or get_language() or "id")[0])


def percent(value: Number, *, language: str | None = None) -> str:
    """A value from 0 to 100 with at most one decimal place: `63,4%`, `80%`."""
    return f"{number(value, places=1, language=language)}%"


def percentage(part: Number, whole: Number) -> Decimal | None:
    """Part of a whole in percent with one decimal place. Never 100 before everybody is counted; None when there is nobody to count."""
    part, whole = Decimal(str(part)), Decimal(str(whole))
    if whole == 0:
        return None
    value = part * _HUNDRED / whole
    tenth = Decimal("0.1")
    rounded = value.quantize(tenth, rounding=ROUND_HALF_UP)
    return value.quantize(tenth, rounding=ROUND_DOWN) if part < whole and rounded >= _HUNDRED else rounded


def share(part: Number, whole: Number, *, language: str | None = None) -> str:
    """Part of a whole as `63,4%`; a dash when there is nobody to count."""
    found = percentage(part, whole)
    return NONE if found is None else percent(found, language=language)


def terbilang(value: Number) -> str:
    """A number in Indonesian words: 4 → `empat`, 2.5 → `dua koma lima`. Official papers only have Indonesian."""
    # Loaded by the first paper: it knows fifty languages (tests/test_memory.py).
    from num2words import num2words

    exact = Decimal(str(value)).normalize()
    if exact == exact.to_integral_value():
        return str(num2words(int(exact), lang="id"))
    whole, _, fraction = f"{exact:f}".partition(".")
    digits = " ".join(str(num2words(int(digit), lang="id")) for digit in fraction)
    return f"{num2words(int(whole), lang='id')} koma {digits}"


def counted(value: Number) -> str:
    """A number with its words, as official papers write it: `4 (empat)`, `2,5 (dua koma lima)`."""
    return f"{number(value, language='id')} ({terbilang(value)})"


def roman(value: int) -> str:
    """Roman numeral, as cohorts and months are counted: 3 → `III`. Raises ValueError below 1 and above 3999."""
    if not 1 <= value <= 3999:
        raise ValueError(f"no roman numeral for {value}")
    text = ""
    for size, letters in _ROMAN:
        times, value = divmod(value, size)
        text += letters * times
    return text


def spaced_nip(nip: str) -> str:
    """An 18-digit NIP in its four parts: `19850315 201001 1 001`. Anything else comes back as it was."""
    digits = re.sub(r"\s", "", nip)
    if not re.fullmatch(r"\d{18}", digits):
        return nip
    return f"{digits[:8]} {digits[8:14]} {digits[14]} {digits[15:]}"


def mask_nip(nip: str) -> str:
    """A NIP for pages that anybody can open: only the last three digits, `•••••••• •••••• • 001`."""
    digits = re.sub(r"\s", "", nip)
    if len(digits) != 18:
        return "•" * max(len(digits) - 3, 0) + digits[-3:] if len(digits) > 3 else "•" * len(digits)
    return f"{'•' * 8} {'•' * 6} • {digits[-3:]}"


def initials(name: str) -> str:
    """First letters of the first and the last name, titles left out: `Dr. Bagus P. Lubis, S.Sos.` → `BL`."""
    parts = [part for part in name.split(",")[0].split() if part[0].isalpha()]
    named = [part for part in parts if "." not in part] or parts
    if not named:
        return "?"
    return (named[0][0] + (named[-1][0] if len(named) > 1 else "")).upper()


def file_size(count: int, *, language: str | None = None) -> str:
    """Size of a file, from bytes: `90 KB`, `9,2 MB`, `1,4 GB`. Never `0 KB` for a file with something in it."""
    if count < 1024 * 1000:
        return f"{number(max(1, -(-count // 1024)) if count else 0, places=0, language=language)} KB"
    size = Decimal(count) / 1024 / 1024
    unit = "MB"
    if size >= 1000:
        size, unit = size / 1024, "GB"
    return f"{number(size, places=1 if size < 10 else 0, language=language)} {unit}"


def rupiah(value: Number, *, language: str | None = None) -> str:
    """Whole rupiah, rounded up, as money is said to somebody who pays it: `Rp 120`, `Rp 1.250`, `Rp 0` for nothing."""
    whole = Decimal(str(value)).to_integral_value(rounding=ROUND_CEILING)
    return f"Rp {number(whole, places=0, language=language)}"


def stopwatch(seconds: Number) -> str:
    """A place in a recording, from seconds: `04.12`, `1.04.12`. Parts of a second are cut off."""
    minutes, rest = divmod(int(Decimal(str(seconds))), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}.{minutes:02}.{rest:02}" if hours else f"{minutes:02}.{rest:02}"
