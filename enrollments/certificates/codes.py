"""Lists of registration codes as people have them: two columns, NIP and code, pasted or as a sheet."""

import re
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from asn_lms.lib.sheets import open_sheet
from enrollments.certificates.models import Certificate

_APART = re.compile(r"\s*[\t;,|]\s*")
COLUMNS = ("nip", "kode")


@dataclass
class Codes:
    """What a list says: codes by certificate, and lines that say nothing, each with its reason."""

    by_certificate: dict[int, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def pasted(text: str) -> list[tuple[str, str]]:
    """The lines as (NIP, code); a line without a code has an empty one. A heading is passed over."""
    pairs = []
    for line in text.splitlines():
        if not line.strip():
            continue
        # "19900101 201503 1 001 <tab> code", or both with a space between when the number is written as one.
        parts = _APART.split(line.strip(), maxsplit=1)
        if len(parts) == 1:
            parts = line.split(None, 1)
        nip = re.sub(r"[\s.']", "", parts[0])
        if nip.lower() == COLUMNS[0]:
            continue
        pairs.append((nip, parts[1].strip() if len(parts) > 1 else ""))
    return pairs


def in_sheet(file: IO[bytes]) -> list[tuple[str, str]]:
    """Of a CSV or XLSX with the columns `nip` and `kode`. Raises Refusal."""
    return [(re.sub(r"[\s.']", "", row["nip"]), row["kode"]) for row in open_sheet(file, required=COLUMNS).rows]


def matched(pairs: list[tuple[str, str]], waiting: list[Certificate]) -> Codes:
    """Each line to the certificate of that person; every line that fits none is told."""
    by_nip = {row.enrollment.learner.nip: row for row in waiting}
    found = Codes()
    for nip, code in pairs:
        row = by_nip.get(nip)
        if row is None:
            found.problems.append(
                _("%(nip)s: nobody of this cohort who waits for a code has this NIP.") % {"nip": nip[:30]}
            )
        elif not code:
            found.problems.append(_("%(nip)s: the code is missing on this line.") % {"nip": nip})
        elif found.by_certificate.get(row.pk, code) != code:
            found.problems.append(_("%(nip)s: stands twice, with two codes.") % {"nip": nip})
        else:
            found.by_certificate[row.pk] = code
    return found
