"""Numbers from a format that an officer may write."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from enrollments.designs.numbers import DEFAULT_FORMAT, check_format, number, series_template, written_unit

DAY = date(2026, 11, 16)


def test_the_default_is_the_shape_that_training_bodies_use() -> None:
    assert number(series_template(DEFAULT_FORMAT, "BKPSDM", "800.2"), 7, DAY) == "B.0007/BKPSDM/800.2/XI/2026"


@pytest.mark.parametrize("text", ["{urut}/{tahun}", "SK-{tahun}-{urut}", DEFAULT_FORMAT])
def test_a_format_that_keeps_numbers_apart_is_taken(text: str) -> None:
    check_format(text)


@pytest.mark.parametrize(
    "text", ["{urut}", "{tahun}", "", "{urut}/{tahun}/{nip}", "{urut}/{tahun}{", "{urut.__class__}{tahun}"]
)
def test_a_format_that_would_double_numbers_or_says_something_unknown_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        check_format(text)


@given(st.text(max_size=60), st.text(max_size=20), st.integers(1, 10**6))
def test_what_stands_in_a_units_name_is_printed_as_it_is(unit: str, code: str, sequence: int) -> None:
    written = written_unit(unit)
    if any(private in written + code for private in "\ue000\ue001"):
        return
    assert number(series_template("{unit}|{kode}|{urut}|{tahun}", written, code), sequence, DAY) == (
        f"{written}|{code}|{sequence:04d}|2026"
    )


@given(st.sets(st.integers(1, 10**6), min_size=2, max_size=20))
def test_two_sequences_never_bear_one_number(sequences: set[int]) -> None:
    template = series_template(DEFAULT_FORMAT, "X", "1")
    assert len({number(template, one, DAY) for one in sequences}) == len(sequences)
