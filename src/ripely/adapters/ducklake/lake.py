"""A connection of DuckDB to the lake: its extensions, its catalogue in PostgreSQL, its files."""

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import msgspec
from psycopg.conninfo import conninfo_to_dict

from ripely.adapters.ducklake.wording import plainly
from ripely.ports import ArchiveError

CATALOGUE = "lake"
_FILES_AT_ONCE = 16
_NOBODY = "is-anybody-there*"
"""Asked for in a bucket before anything is done: small rows would lie in the catalogue for long, and nobody knew."""


class Place(msgspec.Struct, frozen=True):
    """Where the lake lies: the database of its catalogue, and the folder or `s3://` address of its files."""

    database_url: str
    files: str


class Means(msgspec.Struct, frozen=True):
    """What a connection may use of the machine. `spill` is the folder for what memory does not hold."""

    memory: str
    threads: int
    spill: Path


def connect(
    place: Place, means: Means, *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """Raises `ArchiveError`."""
    if not (read_only or is_remote(place)):
        _make_folder(Path(place.files))
    connection = duckdb.connect(
        config={
            "memory_limit": means.memory,
            "threads": means.threads,
            "temp_directory": str(means.spill),
            "preserve_insertion_order": "true",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    try:
        _load(connection, "ducklake", "duckdb_extension_ducklake")
        _load(connection, "postgres", "duckdb_extension_postgres_scanner")
        if is_remote(place):
            _allow_s3(connection)
            connection.execute("FROM glob(?)", [f"{place.files.rstrip('/')}/{_NOBODY}"])
        connection.execute("SET TimeZone = 'UTC'")
        # It trusts bounds to save memory, and would store nonsense if one were ever wrong.
        connection.execute("SET disabled_optimizers = 'compressed_materialization'")
        connection.execute(attachment(place, read_only=read_only))
        connection.execute(f"USE {CATALOGUE}")
    except duckdb.Error as refused:
        connection.close()
        raise ArchiveError(f"The lake cannot be opened: {plainly(refused)}") from refused
    return connection


def is_remote(place: Place) -> bool:
    return place.files.startswith("s3://")


def _make_folder(folder: Path) -> None:
    """Make the folder for its owner alone; one that is there stays as its owner wants it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as wrong:
        sentence = f"The folder of the lake cannot be made: {folder} ({wrong.strerror})."
        raise ArchiveError(sentence) from wrong


def attachment(place: Place, *, read_only: bool) -> str:
    """Return the statement that makes the lake known to a DuckDB which has both extensions."""
    catalogue = " ".join(
        f"{key}={_quoted(str(value))}"
        for key, value in conninfo_to_dict(place.database_url).items()
    )
    options = [
        f"DATA_PATH {_literal(place.files.rstrip('/') + '/')}",
        "OVERRIDE_DATA_PATH true",
        f"METADATA_SCHEMA {_literal(CATALOGUE)}",
        *(["READ_ONLY"] if read_only else []),
    ]
    return f"ATTACH {_literal(f'ducklake:postgres:{catalogue}')} AS {CATALOGUE} ({', '.join(options)})"


def _load(connection: duckdb.DuckDBPyConnection, name: str, wheel: str) -> None:
    """Load an extension from its wheel; where there is none for this machine, DuckDB's own is fetched."""
    spec = find_spec(wheel)
    folder = Path(spec.origin).parent if spec and spec.origin else None
    found = next(folder.rglob("*.duckdb_extension"), None) if folder else None
    if found is None:
        connection.execute(f"INSTALL {name}")
        connection.execute(f"LOAD {name}")
    else:
        connection.execute(f"LOAD {_literal(str(found))}")


def _allow_s3(connection: duckdb.DuckDBPyConnection) -> None:
    """Sign as the usual variables say; an endpoint of one's own is asked by path."""
    _load(connection, "httpfs", "duckdb_extension_httpfs")
    # Of each file that is being written a part lies in memory: the smallest that S3 takes, of few files.
    connection.execute("SET s3_uploader_max_filesize = '50GB'")
    connection.execute(f"SET partitioned_write_max_open_files = {_FILES_AT_ONCE}")
    known = {
        "KEY_ID": os.environ.get("AWS_ACCESS_KEY_ID", ""),
        "SECRET": os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
        "SESSION_TOKEN": os.environ.get("AWS_SESSION_TOKEN", ""),
        "REGION": os.environ.get("AWS_REGION", ""),
    }
    endpoint = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
    if endpoint.netloc:
        known |= {"ENDPOINT": endpoint.netloc, "URL_STYLE": "path"}
        known["USE_SSL"] = "true" if endpoint.scheme == "https" else "false"
    said = ", ".join(f"{key} {_literal(value)}" for key, value in known.items() if value)
    connection.execute(f"CREATE SECRET (TYPE s3{', ' + said if said else ''})")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(text: str) -> str:
    """Quote a value for a connection string of PostgreSQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
