"""Care for the lake's files: few large ones of many small ones, and nothing left of who is erased."""

from collections.abc import Sequence

import duckdb
import psycopg
from psycopg import sql

from ripely.adapters.ducklake.lake import CATALOGUE, Place
from ripely.adapters.ducklake.staging import TABLES
from ripely.model.ids import ContactId

GRACE = "now() - INTERVAL 10 MINUTE"
"""Files that nothing shows any more stay so long, for questions that are under way."""
_DELETED_SHARE = 0.3

# The last row of each contact and day stays.
_OUTLIVED = """
DELETE FROM people AS one WHERE EXISTS (
    SELECT 1 FROM people AS later WHERE later.contact = one.contact
      AND later."at"::DATE = one."at"::DATE AND later.position > one.position
)
"""


def compact(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(_OUTLIVED)
    _make_files(connection, _DELETED_SHARE)
    connection.execute(f"CALL ducklake_merge_adjacent_files('{CATALOGUE}')")
    _let_go(connection, GRACE)


def erase(
    connection: duckdb.DuckDBPyConnection, place: Place, contacts: Sequence[ContactId]
) -> None:
    """Delete, write what remains anew, and remove what held it, also what it was summed up by."""
    for table in TABLES:
        connection.execute(
            f"DELETE FROM {table} WHERE contact IN (SELECT unnest(?))",  # noqa: S608
            [list(contacts)],
        )
    _make_files(connection, 0)
    _let_go(connection, "now()")
    _forget_bounds(place)


def _make_files(connection: duckdb.DuckDBPyConnection, deleted_share: float) -> None:
    for table in TABLES:
        connection.execute(
            f"CALL ducklake_flush_inlined_data('{CATALOGUE}', table_name => '{table}')"
        )
        connection.execute(
            f"CALL ducklake_rewrite_data_files('{CATALOGUE}', '{table}', delete_threshold => {deleted_share})"
        )


def _let_go(connection: duckdb.DuckDBPyConnection, until: str) -> None:
    connection.execute(f"CALL ducklake_expire_snapshots('{CATALOGUE}', older_than => {until})")
    connection.execute(f"CALL ducklake_cleanup_old_files('{CATALOGUE}', older_than => {until})")
    connection.execute(
        f"CALL ducklake_delete_orphaned_files('{CATALOGUE}', older_than => {until})"
    )


def _forget_bounds(place: Place) -> None:
    """Bounds of a whole table only ever widen, so one of them may still be what is erased."""
    bounds = sql.Identifier(CATALOGUE, "ducklake_table_column_stats")
    with psycopg.connect(place.database_url) as connection:
        connection.execute(
            sql.SQL("UPDATE {} SET min_value = NULL, max_value = NULL").format(bounds)
        )
