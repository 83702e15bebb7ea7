"""Certificate numbers: `B.0001/BKPSDM/800.2/XI/2026`.

Source: the shape that training bodies use (domain reference §3.4, field 3): sequence, unit, classification code, month in
Roman numerals, year. The sequence never starts again inside a year.
"""

from datetime import date

from asn_lms.lib.words import roman

CLASSIFICATION = "800.2"


def series_template(unit: str) -> str:
    """The template of a series whose unit is written so; braces of the name itself are taken literally."""
    safe = unit.replace("{", "{{").replace("}", "}}")
    return f"B.{{seq:04d}}/{safe}/{CLASSIFICATION}/{{month}}/{{year}}"


def number(template: str, sequence: int, on: date) -> str:
    """The number of the certificate with this place in its series, issued that day."""
    return template.format(seq=sequence, month=roman(on.month), year=on.year)


def written_unit(label: str) -> str:
    """A unit's short name as it stands in a number: capitals, without spaces, at most 40 characters."""
    return "".join(label.upper().split())[:40]
