"""Who can matter to a backtest at all, asked of the archive: whoever has never done what the journey needs cannot enter."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from ripely.compiler.query import Dialect, Moment, Rules, audience
from ripely.model.ids import ContactId
from ripely.ports import AskError, Cell, History, Warehouse
from ripely.runtime.backtest.course import Course

CONTACTS_MAX = 20_000_000
NEWER_MAX = 20_000
"""So many contacts may have changed since the archive was written; with more, all are looked at."""
_DIALECTS: Mapping[str, Dialect] = {"duckdb": "duckdb", "clickhouse": "clickhouse"}
_COVERED = """SELECT count(DISTINCT contact), count(*), min(occurred_at) FROM events
WHERE source <> 'derived' AND name NOT IN ('timer.fired', 'rules.changed')"""
_MERGED = "SELECT contact FROM present WHERE merged_into IS NOT NULL"
_BEHIND = "SELECT min(position), count(*) FROM positions"


class Candidates(msgspec.Struct, frozen=True):
    """Whom to look at, and how much history was covered by asking."""

    contacts: frozenset[ContactId]
    covered_contacts: int
    covered_events: int
    began_s: int


def candidates(course: Course, warehouse: Warehouse, history: History) -> Candidates | None:
    """Return who may enter, or None when that is everybody, or cannot be asked."""
    needed = course.needed
    dialect = _DIALECTS.get(warehouse.dialect)
    if needed is None or dialect is None:
        return None
    rules = Rules(course.company)
    sql = audience(needed, rules, Moment(course.asked.until_s), dialect)
    try:
        position, kept = warehouse.ask(_BEHIND).rows[0]
        if not kept or not isinstance(position, int):
            return None
        newer = history.newer(position, NEWER_MAX + 1)
        if len(newer) > NEWER_MAX:
            return None
        found = {*newer, *_ask(warehouse, sql), *_ask(warehouse, _MERGED)}
        contacts, events, began = warehouse.ask(_COVERED).rows[0]
    except AskError:
        return None
    assert isinstance(contacts, int)
    assert isinstance(events, int)
    return Candidates(frozenset(found), contacts, events, _seconds(began))


def _seconds(at: Cell) -> int:
    return int(at.replace(tzinfo=UTC).timestamp()) if isinstance(at, datetime) else 0


def _ask(warehouse: Warehouse, sql: str) -> Iterator[ContactId]:
    for (contact,) in warehouse.ask(sql, CONTACTS_MAX).rows:
        assert isinstance(contact, int)
        yield ContactId(contact)
