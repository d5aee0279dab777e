"""Events of the lake as one file, for other tools."""

import os
import tempfile
from contextlib import closing, suppress
from pathlib import Path

import duckdb

from ripely.adapters.ducklake.lake import Means, Place, connect
from ripely.adapters.ducklake.spill import Spill
from ripely.adapters.ducklake.wording import plainly
from ripely.ports import ArchiveError, Export
from ripely.render.tables import FORMULA

_MEANS = ("512MB", 2)
TRIES_MAX = 3
"""Files may go while they are read, when somebody is forgotten: what is there then is written anew."""
_FORMATS = {".parquet": "FORMAT parquet, COMPRESSION zstd", ".csv": "FORMAT csv, HEADER"}
# A table of texts has no columns of maps. `exact` is JSON, which begins no formula.
_PLAIN = ", ".join(
    f"regexp_replace({name}, '{FORMULA}', '''\\1') AS {name}"
    for name in ("name", "source", "url")
)
_COLUMNS = {".parquet": "*", ".csv": f"* REPLACE (to_json(properties) AS properties, {_PLAIN})"}


def write_events(place: Place, spill: Path, export: Export) -> int:
    """Write the file whole or not at all, for its owner alone; return how many events it holds."""
    path = Path(export.path)
    if path.suffix not in _FORMATS:
        raise ArchiveError("The name of the file must end in .parquet or .csv.")
    try:
        with closing(Spill(spill)) as room:
            return _tried(place, room.path, export)
    except OSError as wrong:
        raise ArchiveError(f"{path} cannot be written: {wrong.strerror}.") from wrong
    except duckdb.Error as wrong:
        raise ArchiveError(f"The file cannot be written: {plainly(wrong)}") from wrong


def _tried(place: Place, room: Path, export: Export) -> int:
    for _ in range(TRIES_MAX - 1):
        with suppress(duckdb.IOException):
            return _from(place, room, export)
    return _from(place, room, export)


def _from(place: Place, room: Path, export: Export) -> int:
    with closing(connect(place, Means(*_MEANS, room), read_only=True)) as connection:
        return _write(connection, export)


def _write(connection: duckdb.DuckDBPyConnection, export: Export) -> int:
    path = Path(export.path)
    # Nobody can know this name before the file is there, nor put a link in its place.
    opened, name = tempfile.mkstemp(".draft", f".{path.name}.", path.parent)
    draft = Path(name)
    try:
        row = connection.execute(_statement(export, draft)).fetchone()
        os.fsync(opened)
        draft.replace(path)
    finally:
        os.close(opened)
        draft.unlink(missing_ok=True)
    return int(row[0]) if row else 0


def _statement(export: Export, draft: Path) -> str:
    span = [
        f"occurred_at {compared} epoch_ms({round(moment.timestamp() * 1000)})"
        for compared, moment in ((">=", export.since), ("<", export.until))
        if moment is not None
    ]
    kind = Path(export.path).suffix
    wanted = (
        f"SELECT {_COLUMNS[kind]} FROM events WHERE {' AND '.join(span) or 'true'} ORDER BY ALL"  # noqa: S608
    )
    to = str(draft).replace("'", "''")
    return f"COPY ({wanted}) TO '{to}' ({_FORMATS[kind]}, USE_TMP_FILE false)"
