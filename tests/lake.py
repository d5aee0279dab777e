"""Stored history in memory, to ask the questions that the product asks of its archive."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import msgspec

from ripely.model.event import Event
from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.ports import Answered, Folded, Warehouse
from ripely.runtime.archiving import decision_rows, event_rows, person_row

SCHEMA = Path(__file__).parent.parent / "src/ripely/adapters/ducklake/schema.sql"
_MOMENTS = {"occurred_ms": "occurred_at", "received_ms": "received_at", "at_ms": "at"}


class Lake(Warehouse):
    """Holds what it is given, in the tables of the archive."""

    dialect = "duckdb"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._db = duckdb.connect()
        schema = SCHEMA.read_text()
        # What only a lake on disk has: how its files are divided.
        self._db.execute(re.sub(r"ALTER TABLE .*?;", "", schema, flags=re.DOTALL))
        self._position = 0

    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        told = self._db.execute(sql)
        columns = [column[0] for column in told.description or ()]
        return Answered(columns, told.fetchmany(rows_max))

    def keep(
        self, events: Iterable[Event] = (), notes: Mapping[int, Sequence[Note]] = {}
    ) -> None:
        told: dict[int, list[Event]] = {}
        for event in events:
            told.setdefault(event.contact, []).append(event)
        folded = [
            Folded(contact, self._next(), told.get(contact, []), notes.get(contact, []))
            for contact in {**told, **notes}
        ]
        self._add("events", (row for one in folded for row in event_rows(one)))
        self._add("decisions", (row for one in folded for row in decision_rows(one)))

    def know(self, profiles: Iterable[Profile]) -> None:
        self._add("people", (person_row(profile, self._next()) for profile in profiles))

    def _next(self) -> int:
        self._position += 1
        return self._position

    def _add(self, table: str, rows: Iterable[msgspec.Struct]) -> None:
        lines = [msgspec.json.encode(_named(row)) for row in rows]
        if not lines:
            return
        path = self._folder / f"{table}-{self._next()}.jsonl"
        path.write_bytes(b"\n".join(lines))
        columns = self._db.execute(f"DESCRIBE {table}").fetchall()
        types = ", ".join(f"'{name}': '{kind}'" for name, kind, *_ in columns)
        self._db.execute(f"INSERT INTO {table} SELECT * FROM read_json('{path}', columns = {{{types}}})")  # fmt: skip


def _named(row: msgspec.Struct) -> dict[str, object]:
    told = msgspec.to_builtins(row)
    for old, new in _MOMENTS.items():
        if old in told:
            told[new] = datetime.fromtimestamp(told.pop(old) / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")  # fmt: skip
    return told
