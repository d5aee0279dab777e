"""Care for the lake's files: few large ones of many small ones, and nothing left of who is erased."""

from collections.abc import Sequence

import duckdb
import psycopg

from ripely.adapters.ducklake.lake import CATALOGUE, Place
from ripely.adapters.ducklake.staging import TABLES, allow_inlining
from ripely.model.ids import ContactId

GRACE = "now() - INTERVAL 10 MINUTE"
"""Files that nothing shows any more stay so long, for questions that are under way."""
_DELETED_SHARE = 0.3

_KEPT = (*TABLES, "people_past")

# Only of those who changed since.
_OUTLIVED = """
CREATE OR REPLACE TEMP TABLE outlived AS
SELECT contact, position, ends_day FROM (
    SELECT contact, position, lead(position) OVER later IS NOT NULL AS outlived,
        lead("at"::DATE) OVER later IS DISTINCT FROM "at"::DATE AS ends_day
    FROM people
    WHERE contact IN (SELECT contact FROM people WHERE "at" >= date_trunc('day', epoch_ms($since_ms)))
    WINDOW later AS (PARTITION BY contact ORDER BY position)
) WHERE outlived
"""
_MOVE_PAST = """
INSERT INTO people_past SELECT people.* FROM people
SEMI JOIN (FROM outlived WHERE ends_day) AS past USING (contact, position)
"""
_LET_PAST_GO = (
    "DELETE FROM people WHERE (contact, position) IN (SELECT contact, position FROM outlived)"
)

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
        _part_from_past(connection, people_since_ms)
    _make_files(connection, _DELETED_SHARE)
    connection.execute(f"CALL ducklake_merge_adjacent_files('{CATALOGUE}')")
    _let_go(connection, GRACE)


def _part_from_past(connection: duckdb.DuckDBPyConnection, since_ms: int) -> None:
    """Leave the latest row of each contact among `people`, and of the others the last of each day in the past."""
    connection.execute(_OUTLIVED, {"since_ms": since_ms})
    allow_inlining(
        connection, 0
    )  # Not all that was written can be read back from the catalogue.
    connection.execute("BEGIN")
    try:
        connection.execute(_MOVE_PAST)
        connection.execute(_LET_PAST_GO)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def erase(
    connection: duckdb.DuckDBPyConnection, place: Place, contacts: Sequence[ContactId]
) -> None:
    """Delete, write what remains anew, and remove what held it, also what it was summed up by."""
    for table in _KEPT:
        connection.execute(
            f"DELETE FROM {table} WHERE contact IN (SELECT unnest(?))",  # noqa: S608
            [list(contacts)],
        )
    _make_files(connection, 0)
    _let_go(connection, "now()")
    _forget_bounds(place)


def _make_files(connection: duckdb.DuckDBPyConnection, deleted_share: float) -> None:
    for table in _KEPT:
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
