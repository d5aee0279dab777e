"""Care for the lake's files: few large ones of many small ones, and nothing left of who is erased."""

from collections.abc import Sequence

import duckdb
import psycopg

from ripely.adapters.ducklake.lake import CATALOGUE, Place
from ripely.adapters.ducklake.staging import TABLES
from ripely.model.ids import ContactId

GRACE = "now() - INTERVAL 10 MINUTE"
"""Files that nothing shows any more stay so long, for questions that are under way."""
_DELETED_SHARE = 0.3

# The last row of each contact and day stays.
_OUTLIVED = """
DELETE FROM people AS one WHERE "at" >= date_trunc('day', epoch_ms($since_ms)) AND EXISTS (
    SELECT 1 FROM people AS later WHERE later."at" >= date_trunc('day', epoch_ms($since_ms)) AND later.contact = one.contact
      AND later."at"::DATE = one."at"::DATE AND later.position > one.position
)
"""


_WIDEST_TEXTS = """
UPDATE lake.ducklake_table_column_stats AS known SET min_value = '', max_value = repeat(chr(1114111), 8)
FROM lake.ducklake_column AS named
WHERE named.table_id = known.table_id AND named.column_id = known.column_id
  AND named.column_type = 'varchar' AND known.min_value IS NOT NULL
"""
_WIDEST_NAMES = """
UPDATE lake.ducklake_table_column_stats AS known SET min_value = '0', max_value = '9223372036854775807'
FROM lake.ducklake_column AS named
WHERE named.table_id = known.table_id AND named.column_id = known.column_id
  AND named.column_name IN ('contact', 'id', 'merged_into') AND named.column_type = 'int64'
  AND known.min_value IS NOT NULL
"""


def compact(connection: duckdb.DuckDBPyConnection, people_since_ms: int | None) -> None:
    """Nobody has come to have a row too many before the day of `people_since_ms`; None: nobody has."""
    if people_since_ms is not None:
        connection.execute(_OUTLIVED, {"since_ms": people_since_ms})
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
    """Widen the bounds of whole tables, which otherwise only ever grow: one of them may be what is erased.

    They must never be narrower than what is there, or values are read wrongly.
    """
    with psycopg.connect(place.database_url) as connection:
        for statement in (_WIDEST_TEXTS, _WIDEST_NAMES):
            connection.execute(statement)
