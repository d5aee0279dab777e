"""Looks at every file of the lake: whether it is there, whole, and what the catalogue says of it."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path

import duckdb

from ripely.adapters.ducklake.lake import CATALOGUE, Means, Place, connect, is_remote
from ripely.adapters.ducklake.layout import refuse_newer, version_of
from ripely.adapters.ducklake.spill import Spill
from ripely.adapters.ducklake.staging import TABLES
from ripely.adapters.ducklake.wording import plainly
from ripely.ports import ArchiveError

_MEANS = ("256MB", 1)
_KEPT = """
SELECT data_file, data_file_size_bytes FROM ducklake_list_files($lake, $table)
UNION SELECT delete_file, delete_file_size_bytes FROM ducklake_list_files($lake, $table)
WHERE delete_file IS NOT NULL
"""
_FOOTERS = "SELECT file_name, file_size_bytes FROM parquet_file_metadata(?)"
# What is not read is not unpacked either: each value goes into it.
_EVERYTHING = "SELECT bit_xor(hash(one)) FROM read_parquet(?) AS one"
_AT_ONCE = 200


def damaged(place: Place, spill: Path, *, whole: bool = False) -> Iterator[str]:
    """Tell what is wrong with each file that is not right. Raises `ArchiveError`.

    Where a file ends tells whether it is there in full; only who reads it `whole` knows that nothing in it was spoiled.
    """
    try:
        with (
            closing(Spill(spill)) as room,
            closing(connect(place, Means(*_MEANS, room.path), read_only=True)) as connection,
        ):
            refuse_newer(version_of(connection))
            if not is_remote(place) and not Path(place.files).is_dir():
                yield f"The folder of the lake is not there: {place.files}"
            for table in (*TABLES, "people_past", "positions"):
                wrong_ones = dict(_wrong_in(connection, _kept(connection, table), whole=whole))
                # Who was forgotten meanwhile took files away.
                still = _kept(connection, table) if wrong_ones else {}
                yield from (said for name, said in wrong_ones.items() if name in still)
    except (duckdb.Error, OSError) as wrong:
        raise ArchiveError(plainly(wrong)) from wrong


def _kept(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    """Return the bytes of each file that the catalogue knows of."""
    return dict(connection.execute(_KEPT, {"lake": CATALOGUE, "table": table}).fetchall())


def _wrong_in(
    connection: duckdb.DuckDBPyConnection, sizes: Mapping[str, int], *, whole: bool
) -> Iterator[tuple[str, str]]:
    """Look at many at once, and one by one only where something is wrong."""
    names = iter(sorted(sizes))
    while some := {name: sizes[name] for name in islice(names, _AT_ONCE)}:
        if whole or _wrong_with(connection, some, whole=False):
            for name, size in some.items():
                if said := _wrong_with(connection, {name: size}, whole=whole):
                    yield name, said if name in said else f"{name}: {said}"


def _wrong_with(
    connection: duckdb.DuckDBPyConnection, sizes: Mapping[str, int], *, whole: bool
) -> str:
    try:
        for name, size in connection.execute(_FOOTERS, [list(sizes)]).fetchall():
            if size != sizes[name]:
                return f"{name} has {size:,} bytes, and was written with {sizes[name]:,}"
        if whole:
            connection.execute(_EVERYTHING, [list(sizes)]).fetchall()
    except duckdb.Error as wrong:
        return plainly(wrong)
    return ""
