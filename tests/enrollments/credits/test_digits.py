"""JP are numeric(6,2) in every table, so that no digit is lost between two of them."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection, models
from hypothesis import given
from hypothesis import strategies as st

# Sums over many people and months, and quantities that are not JP yet.
WIDER = {
    ("enrollments_closedyear", "jp"): (14, 2),  # all people of a government in a year
    ("enrollments_tally", "value"): (14, 2),  # all people of a unit in a month
    ("enrollments_tallydelta", "value"): (14, 2),  # the same, one change
    ("enrollments_unitcount", "value"): (14, 2),  # all people of a unit in a year
    ("enrollments_credit", "quantity"): (8, 2),  # days, sessions or lesson hours, as many as people type
}
# Columns that hold JP under another name.
ALSO = {
    ("enrollments_ledgerposting", "debit"),
    ("enrollments_ledgerposting", "credit"),
    ("enrollments_conversionrule", "cap"),
    *WIDER,
}


def jp_columns() -> set[tuple[str, str]]:
    """Every column of ours whose name or label speaks of JP, and the ones of another name."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            words = f"{field.name} {field.verbose_name}".lower().replace("_", " ").split()
            is_number = not isinstance(field, models.BooleanField | models.ForeignKey | models.CharField)
            if is_number and "jp" in words:
                found.add((model._meta.db_table, str(field.column)))
    return found


@pytest.mark.django_db
def test_every_column_of_jp_is_numeric_6_2_and_only_sums_are_wider() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, numeric_precision, numeric_scale, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        )
        known = {
            (table, column): (precision, scale, kind) for table, column, precision, scale, kind in cursor.fetchall()
        }
    told = {("enrollments_posting", "sent_jp")}  # what SIASN was told: whole hours
    columns = (jp_columns() | ALSO) - told
    assert len(columns) >= 15
    wrong = {column: known[column] for column in columns if known[column] != (*WIDER.get(column, (6, 2)), "numeric")}
    assert wrong == {}
    floats = {column for column, (_p, _s, kind) in known.items() if kind in ("real", "double precision")}
    assert not {one for one in floats if one[0].startswith(("enrollments_", "courses_", "accounts_"))}


@given(st.lists(st.decimals(Decimal("0.01"), Decimal("9999.99"), places=2), max_size=50))
def test_a_sum_of_hundredths_loses_none(parts: list[Decimal]) -> None:
    """What a float would: the wider columns hold every sum to the last digit."""
    assert sum(parts, Decimal(0)) == Decimal(sum(int(part * 100) for part in parts)).scaleb(-2)
