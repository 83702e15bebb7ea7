"""Promises of tables for analysts."""

import io
from decimal import Decimal

import pyarrow as arrow
from pyarrow.parquet import ParquetFile

from asn_lms.lib import parquet

COLUMNS = {"nip": str, "jp": Decimal, "completed": int}


def kept(rows: list[tuple[object, ...]]) -> ParquetFile:
    file = io.BytesIO()
    parquet.write_parquet(file, COLUMNS, rows, {"agency": "DEMO"})
    file.seek(0)
    return ParquetFile(file)


def test_every_column_has_the_type_that_it_holds_and_blanks_are_null() -> None:
    file = kept([("199003022015031901", Decimal("12.50"), 3), ("", "", "")])
    assert [str(field.type) for field in file.schema_arrow] == ["string", "decimal128(6, 2)", "int64"]
    assert file.schema_arrow.metadata == {b"agency": b"DEMO"}
    assert file.read().to_pylist() == [
        {"nip": "199003022015031901", "jp": Decimal("12.50"), "completed": 3},
        {"nip": "", "jp": None, "completed": None},
    ]


def test_a_table_of_nobody_still_says_its_columns() -> None:
    assert kept([]).read().schema.field("jp").type == arrow.decimal128(6, 2)


def test_batches_are_written_one_after_the_other() -> None:
    rows: list[tuple[object, ...]] = [
        (str(number), Decimal(number) / 100, number) for number in range(parquet.ROWS_AT_ONCE + 1)
    ]
    file = kept(rows)
    assert file.num_row_groups == 2
    assert file.read().column("completed").to_pylist() == [row[2] for row in rows]
