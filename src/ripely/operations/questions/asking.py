"""How a question in SQL is written, asked, and its answer read.

The statements are files beside this one, as DuckDB has them. What stands for `$name` is put in as a
literal here, never by who asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from string import Template

import msgspec

from ripely.ports import AskError, Warehouse
from ripely.ports.archive import Cell

ROWS_MAX = 100_000
Row = tuple[Cell, ...]


class Sql(msgspec.Struct, frozen=True):
    """A part of a statement that is written by us."""

    text: str


Word = str | int | float | datetime | Sql | Sequence[str]


def ask(warehouse: Warehouse, name: str, words: Mapping[str, Word]) -> Sequence[Row]:
    """Return the rows that answer a question. Raises `AskError`."""
    sql = part(name, words).text
    if warehouse.dialect == "clickhouse":
        # What translates is large, and hardly anybody needs it.
        from ripely.operations.questions.translating import in_clickhouse

        sql = in_clickhouse(sql)
    rows = warehouse.ask(sql, ROWS_MAX).rows
    if len(rows) >= ROWS_MAX:
        raise AskError(f"The answer has {ROWS_MAX:,} rows or more: ask for a shorter time.")
    return rows


def part(name: str, words: Mapping[str, Word]) -> Sql:
    """Return a statement with its words put in, to be asked as a part of another."""
    written = {key: _written(word) for key, word in words.items()}
    return Sql(_statement(name).substitute(written))


@cache
def _statement(name: str) -> Template:
    return Template((files(__package__) / f"{name}.sql").read_text())


def _written(word: Word) -> str:
    match word:
        case Sql(text):
            return text
        case datetime():
            return f"TIMESTAMP '{word.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
        case str():
            return quoted(word)
        case int() | float():
            return repr(word)
        case _:
            return listed(word)


def quoted(text: str) -> str:
    """Return a text as SQL has it."""
    return "'" + text.replace("\x00", "").replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """Return texts for `IN (...)`; nothing is in an empty list."""
    return ", ".join(map(quoted, texts)) or "NULL"


def number(cell: Cell) -> float:
    """Return a cell that holds a number, whatever the engine calls it; none is 0."""
    return 0.0 if cell is None else float(str(cell))


def whole(cell: Cell) -> int:
    return cell if isinstance(cell, int) else round(number(cell))


def text(cell: Cell) -> str:
    return "" if cell is None else str(cell)
