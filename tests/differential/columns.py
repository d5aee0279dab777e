"""Small archives in both engines, told by lives as the fold lived them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import duckdb
import msgspec
from chdb import session

from company import START_S
from engine.test_merge import People
from ripely.adapters.clickhouse.archive import statements
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import MOMENTS_PER_EVENT_MAX, fold, new_profile
from ripely.model.effect import EmitEvent
from ripely.model.event import Event, timer_fired
from ripely.model.ids import EventId, derive
from ripely.ports import Folded
from ripely.runtime.archiving import event_rows, person_row

TABLES = ("events", "people")
_MOMENTS = {"occurred_ms": "occurred_at", "received_ms": "received_at", "at_ms": "at"}


class Lived(People):
    """People, and what the archive is told of each event that they took."""

    def __init__(self, rules: Ruleset, *, with_past: bool = False) -> None:
        super().__init__(rules)
        self.folded: list[Folded] = []
        self.with_past = with_past
        self.past: list[dict[str, object]] = []

    def take(self, told: Event) -> None:
        profile = self.profiles.get(told.contact) or new_profile(told.contact, told.occurred_s)
        after = fold(self.rules, profile, [told])
        self.profiles[told.contact] = after.profile
        self.folded.append(Folded(told.contact, len(self.folded), after.events, after.notes))
        if self.with_past:
            self.past.append(as_row(person_row(after.profile, self.folded[-1].position)))
        for effect in after.effects:
            if isinstance(effect, EmitEvent):
                self.take(_passed_on(effect))

    def happen(self, happened) -> int:
        """Let it happen, a second apart at least; return when the last of it did."""
        at_s = START_S
        for what, *more in happened:
            at_s += more[0] if what == "later" else 1
            match what, more:
                case "event", (contact, name, said, late_s):
                    self.tell(contact, name, at_s, **{**said, "late_s": late_s})
                case "merge", (contact, into):
                    self.tell(contact, "contact.merged", at_s, into=into)
                case "unmerge", (contact, part):
                    self.tell(contact, "contact.unmerged", at_s, **{"from": part})
            self.rest(at_s)
        return at_s

    def rest(self, until_s: int) -> None:
        for contact in list(self.profiles):
            for _ in range(MOMENTS_PER_EVENT_MAX):
                due_s = self.profiles[contact].due_s
                if not 0 < due_s <= until_s:
                    break
                self.take(timer_fired(contact, due_s))

    def rows(self) -> dict[str, list[dict[str, object]]]:
        events = [row for one in self.folded for row in event_rows(one)]
        latest = {one.contact: one.position for one in self.folded}
        people = [as_row(person_row(p, latest[c])) for c, p in self.profiles.items()]
        return {"events": [as_row(e) for e in events], "people": self.past or people}


def _passed_on(effect: EmitEvent) -> Event:
    return Event(
        effect.event or EventId(derive("event", effect.id)),
        effect.target,
        effect.name,
        effect.occurred_ms or effect.decided_ms,
        effect.decided_ms,
        msgspec.json.decode(msgspec.json.encode(effect.properties)),
        effect.source,
    )


def as_row(row: msgspec.Struct) -> dict[str, object]:
    told = msgspec.to_builtins(row, str_keys=True)
    for ms, name in _MOMENTS.items():
        if ms in told:
            at = datetime.fromtimestamp(told.pop(ms) / 1000, UTC)
            told[name] = f"{at:%Y-%m-%d %H:%M:%S.%f}"[:-3]
    return told


class Duck:
    dialect = "duckdb"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect(config={"threads": 1})
        schema = files("ripely.adapters.ducklake").joinpath("schema.sql").read_text()
        for statement in _statements(schema):
            if not statement.startswith("ALTER"):  # Partitions are the lake's alone.
                self.connection.execute(statement)

    def fill(self, rows: dict[str, list[dict[str, object]]]) -> None:
        for table in TABLES:
            self.connection.execute(f"DELETE FROM {table}")
            if not rows[table]:
                continue
            described = self.connection.execute(f"DESCRIBE {table}").fetchall()
            columns = ", ".join(f"'{name}': '{kind}'" for name, kind, *_ in described)
            names = ", ".join(f'"{name}"' for name, *_ in described)
            path = self.folder / f"{table}.json"
            path.write_bytes(b"\n".join(map(msgspec.json.encode, rows[table])))
            self.connection.execute(
                f"INSERT INTO {table} SELECT {names} FROM read_json('{path}', format='newline_delimited', columns={{{columns}}})"
            )

    def ask(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()


class Click:
    dialect = "clickhouse"

    def __init__(self) -> None:
        self.session = session.Session()
        self.session.query("CREATE DATABASE IF NOT EXISTS tried ENGINE = Memory")
        self.session.query("USE tried")
        for statement in statements():
            plain = re.sub(r",\s*INDEX.*?MINMAX", "", statement, flags=re.IGNORECASE)
            self.session.query(
                re.sub(r"ENGINE = \w*MergeTree.*", "ENGINE = Memory", plain, flags=re.DOTALL)
            )

    def fill(self, rows: dict[str, list[dict[str, object]]]) -> None:
        for table in TABLES:
            self.session.query(f"TRUNCATE TABLE {table}")
            lines = "\n".join(msgspec.json.encode(row).decode() for row in rows[table])
            if lines:
                self.session.query(f"INSERT INTO {table} FORMAT JSONEachRow\n{lines}")

    def ask(self, sql: str) -> list[tuple]:
        told = self.session.query(f"{sql} FORMAT JSONCompactEachRow").data()
        return [tuple(map(_value, msgspec.json.decode(line))) for line in told.splitlines()]


def _value(one: object) -> object:
    return int(one) if isinstance(one, str) and re.fullmatch(r"-?\d+", one) else one


def _statements(schema: str) -> Sequence[str]:
    lines = [line for line in schema.splitlines() if not line.startswith("--")]
    return [one.strip() for one in "\n".join(lines).split(";") if one.strip()]
