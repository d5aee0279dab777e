"""Looks at every file of the lake: whether it is there, whole, and what the catalogue says of it."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import duckdb

from ripely.adapters.ducklake.lake import CATALOGUE, Means, Place, connect, first_line
from ripely.adapters.ducklake.layout import refuse_newer, version_of
from ripely.adapters.ducklake.spill import Spill
from ripely.adapters.ducklake.staging import TABLES
from ripely.ports import ArchiveError

_MEANS = ("256MB", 1)
_KEPT = "SELECT data_file, delete_file FROM ducklake_list_files(?, ?)"
_AT_ONCE = 200


def damaged(place: Place, spill: Path) -> Iterator[str]:
    """Tell what is wrong with each file that is not right. Raises `ArchiveError`."""
    try:
        with (
            closing(Spill(spill)) as room,
            closing(connect(place, Means(*_MEANS, room.path), read_only=True)) as connection,
        ):
            refuse_newer(version_of(connection))
            for table in (*TABLES, "positions"):
                rows = connection.execute(_KEPT, [CATALOGUE, table]).fetchall()
                yield from _wrong_in(connection, [name for row in rows for name in row if name])
    except (duckdb.Error, OSError) as wrong:
        raise ArchiveError(first_line(wrong)) from wrong


def _wrong_in(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> Iterator[str]:
    """Look at many at once, and one by one only where something is wrong."""
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        if _wrong_with(connection, some):
            yield from filter(None, (_wrong_with(connection, [name]) for name in some))


def _wrong_with(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> str:
    try:
        connection.execute("SELECT num_rows FROM parquet_file_metadata(?)", [names]).fetchall()
    except duckdb.Error as wrong:
        return first_line(wrong)
    return ""
