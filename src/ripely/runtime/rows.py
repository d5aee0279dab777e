"""Files of events, record by record: Segment calls on lines, or rows of a table."""

import csv
from collections.abc import Iterator
from hashlib import blake2b
from typing import Protocol

import msgspec
from typing_extensions import override

from ripely.model.arrival import Arrival
from ripely.runtime.collect import Beside, Reader, Reading, Sender
from ripely.runtime.columns import Columns, MappingError, Row, Table
from ripely.runtime.lines import Line, LineFile
from ripely.runtime.segment import EVENT_BYTES_MAX, Refusal

_BOM = b"\xef\xbb\xbf"
_json = msgspec.json.Encoder().encode


class Record(msgspec.Struct, frozen=True, gc=False):
    """What stands in a file from line `number` on; the next one begins at byte `end`, after line `last`."""

    number: int
    last: int
    end: int
    text: bytes = b""
    values: list[str] = []
    wrong: str = ""


class Told(msgspec.Struct, frozen=True):
    """What a record says: events, or what is wrong with it."""

    arrivals: list[Arrival]
    refusals: list[Refusal]


class Records(Protocol):
    """A file of events. `tell` names events without a message id after the file and the line."""

    def records(self, start: int, number: int) -> Iterator[Record]: ...

    def tell(self, record: Record, sender: Sender) -> Told: ...


class Calls(Records):
    """A file with a Segment call on each line."""

    def __init__(self, file: LineFile, reader: Reader, name: str) -> None:
        self._file = file
        self._reader = reader
        self._name = name

    @override
    def records(self, start: int, number: int) -> Iterator[Record]:
        for line in self._file.lines(start, number):
            wrong = _TOO_LONG if line.cut else ""
            yield Record(line.number, line.number, line.end, _plain(line), wrong=wrong)

    @override
    def tell(self, record: Record, sender: Sender) -> Told:
        if record.wrong:
            return Told([], [Refusal("$", record.wrong)])
        if not record.text:
            return Told([], [])
        beside = Beside(f"{self._name}:{record.number}")
        return _told(self._reader.one(record.text, sender, "track", "$", beside))


class Rows(Records):
    """A table with a header, separated by commas, semicolons or tabs."""

    def __init__(self, file: LineFile, reader: Reader, name: str, table: Table) -> None:
        self._file = file
        self._reader = reader
        self._name = name
        first = next(file.lines(), None)
        if first is None:
            raise MappingError("the table is empty: it has not even a header")
        header = _plain(first).decode(errors="replace")
        self._separator = max(",;\t", key=header.count)
        self._header = next(csv.reader([header], delimiter=self._separator))
        self._header_end = first.end
        self._columns = Columns.of([name.strip() for name in self._header], table)

    @override
    def records(self, start: int, number: int) -> Iterator[Record]:
        begun, at = (start, number) if start else (self._header_end, 1)
        lines = _Counted(self._file.lines(begun, at), at, begun)
        rows = csv.reader(lines, delimiter=self._separator)
        while True:
            first = lines.number + 1
            try:
                values, wrong = next(rows), ""
            except StopIteration:
                return
            except csv.Error as error:
                values, wrong = [], f"This is no row of a table: {error}."
            if values or wrong:
                yield Record(first, lines.number, lines.end, lines.taken(), values, wrong)

    @override
    def tell(self, record: Record, sender: Sender) -> Told:
        if record.wrong:
            return Told([], [Refusal("$", record.wrong)])
        try:
            row = self._columns.row(record.values, record.number)
            call = _json(row.call)
        except UnicodeEncodeError:
            return Told([], [Refusal("$", "This is not UTF-8.")])
        except ValueError as wrong:
            return Told([], [Refusal("$", str(wrong))])
        beside = Beside(f"{self._name}:{record.number}", row.claims)
        told = _told(self._reader.one(call, sender, "track", "$", beside))
        if row.identify is None or told.refusals:
            return told
        known = _told(
            self._reader.one(_json(row.identify), sender, "", "$", self._facts_named(row))
        )
        return Told(known.arrivals + told.arrivals, known.refusals)

    def _facts_named(self, row: Row) -> Beside:
        """Name facts so that the same ones are one event, in however many rows they stand."""
        facts = blake2b(_json({**(row.identify or {}), "timestamp": ""}), digest_size=16)
        return Beside(f"{self._name}:{facts.hexdigest()}", row.claims)


class _Counted:
    """Hands lines to the reader of a table and remembers where it stands."""

    def __init__(self, lines: Iterator[Line], number: int, end: int) -> None:
        self._lines = lines
        self._texts: list[bytes] = []
        self.number = number
        self.end = end

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number, self.end = line.number, line.end
        self._texts.append(line.text)
        return line.text.decode(errors="surrogateescape")

    def taken(self) -> bytes:
        texts, self._texts = self._texts, []
        return b"".join(texts).rstrip(b"\r\n")


_TOO_LONG = f"The line is larger than {EVENT_BYTES_MAX // 1024} kB."


def _plain(line: Line) -> bytes:
    return line.text.removeprefix(_BOM).strip() if line.number == 1 else line.text.strip()


def _told(reading: Reading) -> Told:
    return Told(reading.arrivals, reading.refusals)
