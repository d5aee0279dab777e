"""What an event takes in the log: a real shop's history, appended as its visitors would have sent it."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psycopg
import zstandard
from psycopg_pool import ConnectionPool

from bench.runner import Figure, bench
from bench.servers import database
from ripely.adapters.postgres.chunk import decode
from ripely.adapters.postgres.intake import PostgresIntake
from ripely.model.arrival import Arrival
from ripely.model.event import Event
from ripely.ports import PARTITIONS
from ripely.runtime.collect import Reader, Sender

HISTORY = Path("../shared/data/ecommerce_events_segment/segment_events.jsonl.gz")
CHUNKS = (20, 100, 5_000)
"""A group commit under 5,000 single events a second, requests of 100, and an import."""
LEVEL_MAX = 19
STARTED_MS = 1_760_000_000_000
BETWEEN_MS = 4


def log_bytes() -> Figure:
    """Nothing here depends on the moment: one run is as good as three."""
    told = {size: _measure(size) for size in CHUNKS}
    value, limit = told.pop(CHUNKS[0])
    others = ", ".join(f"{bytes_:.1f} in chunks of {n:,}" for n, (bytes_, _) in told.items())
    load = f"12,389 calls of 118 visitors in chunks of {CHUNKS[0]} ({others})"
    load += "; the limit is zstd -19 of all in one piece"
    return Figure(value, "bytes", limit, load, lower_is_better=True)


if HISTORY.exists():  # It belongs to a shop, and is not part of the project.
    bench("log_bytes")(log_bytes)


def _measure(size: int) -> tuple[float, float]:
    """Append in chunks of a size; return bytes an event, and what one piece would take."""
    arrivals = _arrivals(size)
    with database() as url, ConnectionPool(url, min_size=1, max_size=1, open=True) as pool:
        intake = PostgresIntake(pool)
        for start in range(0, len(arrivals), size):
            intake.take(arrivals[start : start + size])
        with psycopg.connect(url) as connection:
            bodies = connection.execute("SELECT body FROM log ORDER BY position").fetchall()
    events = [event for (body,) in bodies for event in decode(body, range(PARTITIONS))[0]]
    stored = sum(len(body) for (body,) in bodies)
    return stored / len(events), _in_one_piece(events) / len(events)


def _arrivals(size: int) -> list[Arrival]:
    """Read the history as the collector would, each chunk a little later than the one before."""
    reader = Reader()
    lines = gzip.decompress(HISTORY.read_bytes()).splitlines()
    return [
        arrival
        for number, line in enumerate(lines)
        for arrival in reader.one(line, _sender(number // size)).arrivals
    ]


def _sender(chunk: int) -> Sender:
    return Sender(STARTED_MS + chunk * BETWEEN_MS, "site", historical=True)


def _in_one_piece(events: Sequence[Event]) -> int:
    whole = msgspec.msgpack.encode(events)
    return len(zstandard.ZstdCompressor(level=LEVEL_MAX).compress(whole))
