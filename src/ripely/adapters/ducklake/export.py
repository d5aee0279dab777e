"""Events of the lake as one file, for other tools."""

from pathlib import Path

import duckdb

from ripely.adapters.ducklake.lake import Means, Place, connect
from ripely.ports import ArchiveError, Export

_MEANS = ("512MB", 2)
_FORMATS = {".parquet": "FORMAT parquet, COMPRESSION zstd", ".csv": "FORMAT csv, HEADER"}
# A table of texts has no columns of maps, and none may begin a formula where a spreadsheet opens it (CWE-1236).
_PLAIN = ", ".join(
    f"regexp_replace({name}, '^([=+@\\t\\r-])', '''\\1') AS {name}"
    for name in ("name", "source", "url")
)
_COLUMNS = {".parquet": "*", ".csv": f"* REPLACE (to_json(properties) AS properties, {_PLAIN})"}


def write_events(place: Place, spill: Path, export: Export) -> int:
    """Write the file whole or not at all; return how many events it holds."""
    path = Path(export.path)
    if path.suffix not in _FORMATS:
        raise ArchiveError("The name of the file must end in .parquet or .csv.")
    draft = path.with_name(f".{path.name}.draft")
    connection = connect(place, Means(_MEANS[0], _MEANS[1], spill), read_only=True)
    try:
        written = connection.execute(_statement(export, draft))
        row = written.fetchone()
        draft.replace(path)
        return int(row[0]) if row else 0
    except (duckdb.Error, OSError) as wrong:
        raise ArchiveError(f"The file cannot be written: {wrong}") from wrong
    finally:
        draft.unlink(missing_ok=True)
        connection.close()


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
    return f"COPY ({wanted}) TO '{to}' ({_FORMATS[kind]})"
