"""Rows as lines of JSON, made while the rows are few: what is gone again at once costs a fraction."""

import re
from collections.abc import Iterable

import msgspec

from ripely.ports import Lines

# As many as the caches of a processor hold; memory that is far away costs more than all the rest.
ROWS_AT_ONCE = 250
# NUL, which no text of a database can have, as JSON writes it; not where its backslash is a text's own.
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")

_encode = msgspec.json.Encoder().encode_lines


class Scribe:
    """Takes the rows of one table."""

    def __init__(self) -> None:
        self._rows: list[msgspec.Struct] = []
        self._written: list[bytes] = []
        self._count = 0

    def add(self, rows: Iterable[msgspec.Struct]) -> None:
        self._rows += rows
        if len(self._rows) >= ROWS_AT_ONCE:
            self._write()

    def lines(self) -> Lines:
        self._write()
        return Lines(self._count, self._written)

    def _write(self) -> None:
        written = _encode(self._rows)
        if b"\\" in written and rb"\u0000" in written:
            written = _NUL.sub(rb"\1", written)
        self._written.append(written)
        self._count += len(self._rows)
        self._rows.clear()


def lines_of(rows: Iterable[msgspec.Struct]) -> Lines:
    scribe = Scribe()
    scribe.add(rows)
    return scribe.lines()
