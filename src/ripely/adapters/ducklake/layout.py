"""The tables of the lake, and how a lake of an earlier version comes to have them."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import duckdb
import psycopg

from ripely.adapters.ducklake.lake import CATALOGUE
from ripely.ports import ArchiveError

VERSION = 1
"""Of `schema.sql`. Who changes it there says in `_STEPS` how a lake of the version before is changed."""

_STEPS: Mapping[int, str] = {}
"""By version, the statements that lead to it from the one before. Done twice they must do no harm."""

_OPTIONS = {
    "parquet_compression": "zstd",
    "parquet_row_group_size": 122_880,
    "target_file_size": "256MB",
}


_MARKED = "deliveries"
"""The last that is made, so that whoever has it has all. Its comment tells the version."""


def lay_out(connection: duckdb.DuckDBPyConnection) -> None:
    """Make what is missing, or bring it up to date. Raises `ArchiveError` where a newer version was."""
    found = version_of(connection)
    refuse_newer(found)
    if not found:
        _make(connection)
    for version in range(found + 1, VERSION + 1) if found else ():
        _run(connection, _STEPS[version])
    if found < VERSION:
        connection.execute(f"COMMENT ON VIEW {_MARKED} IS 'version {VERSION}'")


def _make(connection: duckdb.DuckDBPyConnection) -> None:
    for name, value in _OPTIONS.items():
        connection.execute(f"CALL {CATALOGUE}.set_option(?, ?)", [name, value])
    _run(connection, files("ripely.adapters.ducklake").joinpath("schema.sql").read_text())
    # What was inlined under earlier layouts of a table goes now, before anybody remembers it.
    connection.execute(f"CALL ducklake_flush_inlined_data('{CATALOGUE}')")


def version_of(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the version of the lake; 0: not all of it is there, or it says none."""
    row = connection.execute(
        "SELECT comment FROM duckdb_views() WHERE database_name = ? AND view_name = ?",
        [CATALOGUE, _MARKED],
    ).fetchone()
    return 0 if row is None else int(str(row[0] or "version 0").split()[-1])


def refuse_newer(version: int) -> None:
    if version > VERSION:
        sentence = (
            f"It was written by a newer Ripely: its layout is version {version}, "
            f"and this one knows none after {VERSION}."
        )
        raise ArchiveError(sentence)


def forget(connection: psycopg.Connection[Any]) -> None:
    """Let go of the catalogue: the next archiver makes the lake anew, and removes the files of this one."""
    connection.execute(f"DROP SCHEMA IF EXISTS {CATALOGUE} CASCADE")


def _run(connection: duckdb.DuckDBPyConnection, statements: str) -> None:
    """Run each by itself: DuckLake cannot alter what the same transaction has made."""
    for statement in statements.split(";\n"):
        if statement.strip():
            connection.execute(statement)
