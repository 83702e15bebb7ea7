"""Tables for programs of analysts: Apache Parquet, with types, so that nobody has to guess them from text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO, Any

ROWS_AT_ONCE = 10_000
# Digits of JP, before and after the point: as PostgreSQL keeps them.
JP_DIGITS = (6, 2)


def write_parquet(
    file: IO[bytes], columns: Mapping[str, type], rows: Iterable[Sequence[Any]], about: Mapping[str, str]
) -> None:
    """Write the rows, a batch at a time in constant memory. `columns`: name and type (`str`, `int`, `Decimal` for JP); a blank cell that is
    no text becomes null. `about` stands in the file's own metadata.
    """
    import pyarrow as arrow  # heavy: as in asn_lms.lib.sheets, for whoever writes
    from pyarrow.parquet import ParquetWriter

    types = {str: arrow.string(), int: arrow.int64(), Decimal: arrow.decimal128(*JP_DIGITS)}
    schema = arrow.schema([(name, types[holds]) for name, holds in columns.items()], metadata=dict(about))
    with ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            cells = [
                [value if value != "" or holds is str else None for value in column]
                for holds, column in zip(columns.values(), zip(*batch, strict=True), strict=True)
            ]
            writer.write_table(arrow.table(cells, schema=schema))


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    left = iter(rows)
    while batch := list(islice(left, ROWS_AT_ONCE)):
        yield batch
