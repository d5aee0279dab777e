"""Imports files of events. It can stop anywhere and goes on from there; a bad line stops nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec
from typing_extensions import override

from ripely.model.arrival import Arrival
from ripely.model.ids import derive_text
from ripely.ports import Clock, Import, Progress
from ripely.runtime.collect import Reader, Sender
from ripely.runtime.columns import Table
from ripely.runtime.lines import BrokenFileError, LineFile, fingerprint
from ripely.runtime.rows import Calls, Record, Records, Rows, Told

# While a chunk goes in, nobody else may append: some milliseconds, for the sake of those who send meanwhile.
CHUNK_RECORDS = 1_000
FORMATS = ("segment-jsonl", "csv")
_json = msgspec.json.Encoder().encode


class Rejected(msgspec.Struct, frozen=True):
    """A line that could not be taken: its number, where in it, why, and what it says."""

    line: int
    path: str
    message: str
    text: str


class Job(msgspec.Struct, frozen=True):
    """A file to import. `key` says what is in it and how it is read."""

    key: str
    file: LineFile
    records: Records
    source: str
    rejects: Path | None = None


Heard = Callable[[Progress, Sequence[Rejected]], None]
"""Told after every chunk: how far it is, and what was rejected in it."""


@contextmanager
def open_job(
    path: Path, form: str, source: str, table: Table, rejects: Path | None
) -> Iterator[Job]:
    """Open a file that is imported as `form`. Raises `MappingError` where a table makes no sense."""
    name = fingerprint(path)
    file = LineFile(path)
    try:
        reader = Reader()
        records: Records = (
            Calls(file, reader, name) if form != "csv" else Rows(file, reader, name, table)
        )
        key = derive_text("import", name, form, _json(table).decode())
        yield Job(key, file, records, source, rejects)
    finally:
        file.close()


def import_events(job: Job, running: Import, clock: Clock, heard: Heard) -> Progress:
    """Read on from where the import stopped, to the end of the file."""
    progress = running.progress
    with _Rejects(job.rejects, progress.told_bytes) as rejects:
        for chunk in _chunks(job.records.records(progress.end, progress.lines)):
            sender = Sender(_now_ms(clock), job.source, historical=True, trusted=True)
            told = [job.records.tell(record, sender) for record in chunk]
            rejected = list(_rejected(chunk, told))
            arrivals = [arrival for one in told for arrival in one.arrivals]
            progress = Progress(
                end=chunk[-1].end,
                lines=chunk[-1].last,
                events=progress.events + len(arrivals),
                rejected=progress.rejected + len(rejected),
                told_bytes=rejects.write(rejected),
            )
            running.take(arrivals, progress)
            heard(progress, rejected)
    if not progress.finished:
        progress = msgspec.structs.replace(progress, finished=True)
        running.take([], progress)
    return progress


class Rehearsal(Import):
    """An import that keeps nothing but counts what would come in."""

    def __init__(self) -> None:
        self.names: Counter[str] = Counter()
        self._progress = Progress()

    @property
    @override
    def progress(self) -> Progress:
        return self._progress

    @override
    def take(self, arrivals: Sequence[Arrival], progress: Progress) -> None:
        self.names.update(arrival.name for arrival in arrivals)
        self._progress = progress


def _chunks(records: Iterator[Record]) -> Iterator[list[Record]]:
    """Gather records; what a broken file held before its break is not lost."""
    chunk: list[Record] = []
    try:
        for record in records:
            chunk.append(record)
            if len(chunk) == CHUNK_RECORDS:
                yield chunk
                chunk = []
    except BrokenFileError:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _rejected(chunk: Sequence[Record], told: Sequence[Told]) -> Iterator[Rejected]:
    for record, one in zip(chunk, told, strict=True):
        for refusal in islice(one.refusals, 1):
            text = record.text.decode(errors="replace")
            yield Rejected(record.number, refusal.path, refusal.message, text)


def _now_ms(clock: Clock) -> int:
    return round(clock.now().timestamp() * 1000)


class _Rejects:
    """The file of rejected lines. It is made when there is one, and never says a line twice."""

    def __init__(self, path: Path | None, told_bytes: int) -> None:
        self._path = path
        self._told_bytes = told_bytes
        self._file: BinaryIO | None = None

    def __enter__(self) -> "_Rejects":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, rejected: Sequence[Rejected]) -> int:
        """Write, and return how long the file is now."""
        if rejected and self._path is not None:
            file = self._file = self._file or self._open(self._path)
            file.writelines(_json(one) + b"\n" for one in rejected)
            file.flush()
            self._told_bytes = file.tell()
        return self._told_bytes

    def _open(self, path: Path) -> BinaryIO:
        """Forget what a killed process wrote of a chunk that never came in."""
        path.touch()
        file = path.open("r+b")
        file.truncate(min(self._told_bytes, path.stat().st_size))
        file.seek(0, 2)
        return file
