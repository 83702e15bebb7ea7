"""Certificate numbers: `B.0001/BKPSDM/800.2/XI/2026`.

A format is words between which stand `{urut}` (the sequence, at least four digits), `{unit}`, `{kode}`, `{bulan}` (the month in
Roman numerals) and `{tahun}`. Source of the default: the shape that training bodies use (domain reference §3.4, field 3). The
sequence never starts again inside a year.
"""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from asn_lms.lib.words import roman

DEFAULT_FORMAT = "B.{urut}/{unit}/{kode}/{bulan}/{tahun}"
DEFAULT_CODE = "800.2"
_PART = re.compile(r"\{([a-z]*)\}")
_KNOWN = {"urut", "unit", "kode", "bulan", "tahun"}


def check_format(text: str) -> None:
    """A format that keeps numbers apart: sequence and year must stand in it, nothing unknown may. Raises ValidationError."""
    parts = _PART.findall(text)
    unknown = [part for part in parts if part not in _KNOWN]
    if unknown or "{" in _PART.sub("", text) or "}" in _PART.sub("", text):
        raise ValidationError(_("Only {urut}, {unit}, {kode}, {bulan} and {tahun} may stand in curly brackets."))
    if "urut" not in parts or "tahun" not in parts:
        raise ValidationError(_("{urut} and {tahun} are needed: without them two certificates would bear one number."))


def series_template(number_format: str, unit: str, code: str) -> str:
    """The template of a series, whose unit and code are fixed; in what they hold brackets are taken literally."""
    fixed = {"unit": unit, "kode": code}
    return _PART.sub(lambda found: _literal(fixed[found[1]]) if found[1] in fixed else found[0], number_format)


def number(template: str, sequence: int, on: date) -> str:
    """The number of the certificate with this place in its series, issued that day."""
    varying = {"urut": f"{sequence:04d}", "bulan": roman(on.month), "tahun": str(on.year)}
    return _PART.sub(lambda found: varying.get(found[1], found[0]), template).translate(_BACK)


def written_unit(label: str) -> str:
    """A unit's short name as it stands in a number: capitals, without spaces, at most 40 characters."""
    return "".join(label.upper().split())[:40]


# Brackets of a unit's own name sleep as two private characters, so that nothing in it is read as a part of the format.
_ASLEEP = str.maketrans("{}", "\ue000\ue001")
_BACK = str.maketrans("\ue000\ue001", "{}")


def _literal(text: str) -> str:
    return text.translate(_ASLEEP)
