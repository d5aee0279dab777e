"""What a question may reach: the tables of the lake, and nothing that lies beside it.

DuckDB itself reads the question; we look at what it read, never at the letters.
"""

import re
from collections.abc import Iterator

import duckdb
import msgspec

from ripely.adapters.ducklake.lake import CATALOGUE
from ripely.ports import AskError

_EXPLAIN = re.compile(r"\s*EXPLAIN\b(\s*\([^)]*\)|\s+ANALYZE\b)?", re.IGNORECASE)
_CATALOGUES = frozenset({"", CATALOGUE, "system"})
_SCHEMAS = frozenset({"", "main", CATALOGUE, "information_schema", "pg_catalog"})
_FUNCTIONS = frozenset(
    {
        "generate_series", "histogram", "histogram_values", "icu_calendar_names", "json_each",
        "json_tree", "pg_timezone_names", "range", "repeat", "repeat_row", "summary", "unnest",
    }
)  # fmt: skip
"""Others read files, other databases and the machine, run texts as questions, or change the lake."""
_NEVER = frozenset({"current_setting", "currval", "nextval", "txid_current", "write_log"})
"""What can be asked for with every row, and is no part of the archive."""
_OF_THE_MACHINE = ("duckdb_", "pg_settings", "pragma_")
_OF_A_FILE = frozenset("/\\.:*?")


def check(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raises `AskError`, or `duckdb.Error` where it cannot be read."""
    statement = _only(connection, sql)
    if statement.type == duckdb.StatementType.EXPLAIN:
        statement = _only(connection, _EXPLAIN.sub("", sql, count=1))
    if statement.type != duckdb.StatementType.SELECT:
        raise AskError("Only questions are answered: a SELECT, or what describes a table.")
    told = connection.execute("SELECT json_serialize_sql(?)::VARCHAR", [statement.query])
    row = told.fetchone()
    try:
        read: object = msgspec.json.decode(row[0]) if row else None
    except RecursionError:
        raise AskError("The question has too many questions inside one another.") from None
    if not isinstance(read, dict) or read.get("error"):
        raise AskError("This way of asking is not known here.")
    if not all(map(_is_within, _parts(read))):
        raise AskError("Only the archive can be asked, not what lies beside it.")


def _only(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    statements = connection.extract_statements(sql)
    if len(statements) == 1:
        return statements[0]
    if (
        statements
        and statements[0].type == duckdb.StatementType.CREATE
        and not statements[0].query
    ):
        raise AskError("A PIVOT must name its columns: PIVOT ... ON name IN ('a', 'b').")
    raise AskError("Ask one question at a time.")


def _parts(read: object) -> Iterator[dict[str, object]]:
    ahead = [read]
    while ahead:
        match ahead.pop():
            case dict() as part:
                yield part
                ahead.extend(part.values())
            case list() as parts:
                ahead.extend(parts)
            case _:
                pass


def _is_within(part: dict[str, object]) -> bool:
    match part:
        case {"type": "TABLE_FUNCTION", "function": {"function_name": str(name)}}:
            return name.lower() in _FUNCTIONS
        case {"type": "FUNCTION", "function_name": str(name)}:
            return name.lower() not in _NEVER
        case {
            "catalog_name": str(catalogue),
            "schema_name": str(schema),
            "table_name": str(name),
        }:
            return (
                catalogue.lower() in _CATALOGUES
                and schema.lower() in _SCHEMAS
                and not name.lower().startswith(_OF_THE_MACHINE)
                and not _OF_A_FILE.intersection(name)
            )
        case _:
            return True
