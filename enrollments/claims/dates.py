"""Days as people write them: 2-3-2026, 2026-03-02, 02/03/2026, ranges of them, and lists. Pure.

The day comes before the month (BPS's own tool takes DD-MM-YYYY, YYYY-MM-DD and DD/MM/YYYY; domain reference §2.4). A real date of a
spreadsheet arrives as YYYY-MM-DD.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal

# Nobody's evidence is looked at day by day beyond this.
MOST_DAYS = 200
EARLIEST = date(2000, 1, 1)
_DAY = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
_RANGE = re.compile(rf"({_DAY})\s*(?:-|–|—|s\s*\.?\s*/?\s*d\.?|sampai(?:\s+dengan)?|hingga|to|until)\s*({_DAY})", re.I)
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$")


def read_day(text: str) -> date:
    """One day. Refuses, in a sentence, what is none, and what lies before 2000."""
    written = _CLOCK.sub("", text.strip())
    parts = re.split(r"[-/.]", written)
    if len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts):
        first, second, third = (int(part) for part in parts)
        order = (first, second, third) if len(parts[0]) == 4 else (third, second, first)
        if order[0] >= 1000:
            try:
                found = date(*order)
            except ValueError:
                found = None
            if found and found >= EARLIEST:
                return found
    raise Refusal(
        _("“%(text)s” is no date. Write the day first, for example 02-03-2026, 02/03/2026 or 2026-03-02.")
        % {"text": text.strip()[:40]}
    )


def read_days(text: str) -> list[date]:
    """Days and ranges, separated by commas, semicolons or lines; a day that stands twice was two sessions. In order.

    Refuses what cannot be read, a range that ends before it begins, and more than `MOST_DAYS`.
    """
    found: list[date] = []
    for part in re.split(r"[,;\n]+", text):
        if not part.strip():
            continue
        span = _RANGE.fullmatch(part.strip())
        found += between(read_day(span[1]), read_day(span[2])) if span else [read_day(part)]
    if len(found) > MOST_DAYS:
        raise Refusal(_("That is more than %(most)s days. Claim it in parts.") % {"most": MOST_DAYS})
    return sorted(found)


def between(first: date, last: date) -> list[date]:
    """Each day from the first to the last."""
    if last < first:
        raise Refusal(_("The last day lies before the first."))
    if (last - first).days >= MOST_DAYS:
        raise Refusal(_("That is more than %(most)s days. Claim it in parts.") % {"most": MOST_DAYS})
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def spans(days: Sequence[date]) -> list[tuple[date, date]]:
    """The days as unbroken stretches, for people to read."""
    found: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def written(days: Sequence[date]) -> str:
    """As `read_days` reads it back."""
    return ", ".join(day.strftime("%d-%m-%Y") for day in days)
