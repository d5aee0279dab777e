"""Answers from the lake: one question at a time of a connection, within bounds of time, rows and memory."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb
import msgspec

from ripely.adapters.ducklake.lake import Means, Place, connect
from ripely.adapters.ducklake.layout import refuse_newer, version_of
from ripely.adapters.ducklake.reach import check
from ripely.adapters.ducklake.spill import Spill
from ripely.adapters.ducklake.wording import plainly
from ripely.ports import Answered, ArchiveError, AskError

ROWS_AT_ONCE = 10_000
SPILL_MAX = "10GB"
STOPPED = "The question was broken off."

_MISTAKES = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.DataError,
    duckdb.InvalidInputException,
    duckdb.NotImplementedException,
    duckdb.OutOfRangeException,
    duckdb.ParserException,
    duckdb.PermissionException,
    duckdb.SyntaxException,
)


class Session:
    """A connection that can read the lake and nothing else of the machine. Threads may share it."""

    def __init__(self, place: Place, means: Means) -> None:
        """Raises `ArchiveError`."""
        try:
            self._spill = Spill(means.spill)
        except OSError as wrong:
            raise ArchiveError(f"What memory does not hold has no place: {wrong}") from wrong
        self._lock = threading.Lock()
        self._asking, self._ends = 0, False
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        try:
            means = msgspec.structs.replace(means, spill=self._spill.path)
            self._open(place, means)
        except BaseException:
            self._spill.close()
            raise

    def _open(self, place: Place, means: Means) -> None:
        self._connection = connect(place, means, read_only=True)
        refuse_newer(version_of(self._connection))
        allowed = str(means.spill), place.files.rstrip("/") + "/"
        self._connection.execute("SET max_temp_directory_size = ?", [SPILL_MAX])
        self._connection.execute("SET allowed_directories = ?", [list(allowed)])
        self._connection.execute("SET python_enable_replacements = false")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def close(self) -> None:
        """End with the last question that is under way."""
        with self._lock:
            self._ends = True
            if self._asking:
                return
        self._connection.close()
        self._spill.close()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._lock:
            if self._ends:
                raise duckdb.ConnectionException("it has ended")
            self._asking += 1
        try:
            with self._connection.cursor() as cursor:
                self._cursors.add(cursor)
                try:
                    yield cursor
                except RuntimeError as wrong:
                    if isinstance(wrong.__cause__, KeyboardInterrupt):
                        raise KeyboardInterrupt from None
                    raise
                finally:
                    self._cursors.discard(cursor)
                    cursor.interrupt()  # Else closing waits for an answer that nobody wants.
        finally:
            self._answered()

    def _answered(self) -> None:
        with self._lock:
            self._asking -= 1
            ends = self._ends
        if ends:
            self.close()

    def stop(self) -> None:
        """Break off all questions that are under way."""
        for cursor in tuple(self._cursors):
            cursor.interrupt()

    def ask(self, sql: str, rows_max: int, seconds_max: float) -> Answered:
        """Raises `AskError`, or `duckdb.Error` when the lake has gone away, or its files have."""
        with self._cursor() as cursor:
            _check(cursor, sql)
            late = threading.Event()
            alarm = threading.Timer(seconds_max, _interrupt, (cursor, late))
            alarm.start()
            try:
                cursor.execute("USE lake")
                cursor.execute(sql)
                rows: Sequence[tuple[object, ...]] = cursor.fetchmany(rows_max)
                return Answered([str(column[0]) for column in cursor.description or ()], rows)
            except duckdb.InterruptException:
                took_long = f"The answer took more than {seconds_max:g} seconds."
                raise AskError(took_long if late.is_set() else STOPPED) from None
            except (duckdb.OutOfMemoryException, MemoryError):
                raise AskError(
                    "The answer needs more memory than a question may have."
                ) from None
            except _MISTAKES as wrong:
                raise AskError(plainly(wrong)) from None
            finally:
                alarm.cancel()

    def each(self, sql: str) -> Iterator[tuple[object, ...]]:
        """Raises `AskError`, or `duckdb.Error`."""
        with self._cursor() as cursor:
            _check(cursor, sql)
            try:
                cursor.execute("USE lake")
                cursor.execute(sql)
            except _MISTAKES as wrong:
                raise AskError(plainly(wrong)) from None
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield from rows


def _check(cursor: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        check(cursor, sql)
    except _MISTAKES as wrong:
        raise AskError(plainly(wrong)) from None


def _interrupt(cursor: duckdb.DuckDBPyConnection, late: threading.Event) -> None:
    late.set()
    cursor.interrupt()
