"""History as the lake keeps it: stories put together again from their events and their decisions."""

from collections.abc import Callable, Collection, Iterable, Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

import msgspec
from typing_extensions import override

from ripely.model.event import Event
from ripely.model.ids import ContactId
from ripely.model.note import Note
from ripely.ports import PARTITIONS, AskError, Cell, EventRow, History, Story, Warehouse

ROWS_AT_ONCE = 500_000
"""So many rows, about, of contacts that follow one another are put in order together."""
CONTACTS_AT_ONCE = 20_000
TRIES_MAX = 5
"""Files may go while they are read, when somebody is forgotten: what is there then is read on."""
_FOREVER = 2**63 - 1

_Row: TypeAlias = tuple[
    ContactId, int, int, int, str, int, int, str, bool, str, dict[str, list[str]], str
]
_EVENT = (
    "contact, position, n, id, name, epoch_ms(occurred_at), epoch_ms(received_at), "
    "source, counts, url, properties, exact"
)
_Place: TypeAlias = tuple[ContactId, int]
_NOTE = 'contact, position, kind, subject, reason, value, epoch_ms("at")'
_BOTH = (
    "(SELECT contact, position FROM events UNION ALL SELECT contact, position FROM decisions)"
)

_Told: TypeAlias = tuple[ContactId, int, Event | Note]


class LakeHistory(History):
    """Asks a warehouse of DuckDB. All raise `AskError` where there is no lake, or it goes away."""

    def __init__(self, warehouse: Warehouse, event_of: Callable[[EventRow], Event]) -> None:
        self._warehouse = warehouse
        self._event_of = event_of

    @override
    def of(self, contact: ContactId, before: int, limit: int) -> list[tuple[int, Story]]:
        one = f"contact = {contact:d} AND position < {before:d}"
        found = self._warehouse.each(
            f"SELECT DISTINCT position FROM {_BOTH} WHERE {one} ORDER BY position DESC LIMIT {limit:d}"  # noqa: S608
        )
        positions = [position for (position,) in found]
        if not positions:
            return []
        told = self._stories(f"{one} AND position >= {positions[-1]}")
        return [(position, story) for _, position, story in told][::-1]

    @override
    def contacts(self) -> int:
        answer = self._warehouse.ask("SELECT count(DISTINCT contact) FROM people")
        return msgspec.convert(answer.rows[0][0], int)

    @override
    def newer(self, position: int, limit: int) -> list[ContactId]:
        rows = self._warehouse.each(
            f"SELECT DISTINCT contact FROM {_BOTH} WHERE position > {position:d} LIMIT {limit:d}"  # noqa: S608
        )
        return [msgspec.convert(contact, ContactId) for (contact,) in rows]

    @override
    def scan(
        self,
        partitions: Collection[int] | None = None,
        contacts: Collection[ContactId] | None = None,
    ) -> Iterator[tuple[ContactId, int, Story]]:
        kept = self._kept()  # What comes to be kept meanwhile would be told by halves.
        if partitions is not None:
            kept += f" AND contact % {PARTITIONS} IN ({_listed(partitions)})"
        if contacts is not None:
            wanted = sorted(contacts)
            for start in range(0, len(wanted), CONTACTS_AT_ONCE):
                some = wanted[start : start + CONTACTS_AT_ONCE]
                among = f"contact BETWEEN {some[0]:d} AND {some[-1]:d} AND contact IN ({_listed(some)})"
                yield from self._stories(f"{kept} AND {among}")
            return
        after = -1
        for (last,) in self._ends(kept):
            yield from self._stories(f"{kept} AND contact > {after} AND contact <= {last}")
            after = msgspec.convert(last, int)

    def _kept(self) -> str:
        rows = self._warehouse.ask("SELECT partition, position FROM positions").rows
        upto = dict(msgspec.convert(rows, list[tuple[int, int]]))
        listed = ", ".join(str(upto.get(partition, 0)) for partition in range(PARTITIONS))
        return f"position <= [{listed}][contact % {PARTITIONS} + 1]"

    def _ends(self, wanted: str) -> list[tuple[Cell, ...]]:
        """Return the last contact of each part of history that is put in order at once."""
        return list(
            self._warehouse.each(
                f"SELECT max(contact) FROM (SELECT contact, sum(count(*)) OVER (ORDER BY contact) // {ROWS_AT_ONCE} AS part "  # noqa: S608
                f"FROM {_BOTH} WHERE {wanted} GROUP BY contact) GROUP BY part ORDER BY part"
            )
        )

    def _stories(self, wanted: str) -> Iterator[tuple[ContactId, int, Story]]:
        further, tries = "true", 0
        while True:
            try:
                for contact, position, story in self._read(f"{wanted} AND ({further})"):
                    yield contact, position, story
                    further, tries = f"contact > {contact} OR contact = {contact} AND position > {position}", 0  # fmt: skip
            except AskError:
                tries += 1
                if tries == TRIES_MAX:
                    raise
            else:
                return

    def _read(self, wanted: str) -> Iterator[tuple[ContactId, int, Story]]:
        """Yield stories by contact and position: of some there are only notes, of some only events."""
        events = self._warehouse.each(_ordered("events", _EVENT, wanted))
        notes = self._warehouse.each(_ordered("decisions", _NOTE, wanted))
        told = merge(map(self._event, events), map(_note, notes), key=itemgetter(0, 1))
        for (contact, position), parts in groupby(told, key=itemgetter(0, 1)):
            yield contact, position, _story(one for _, _, one in parts)

    def _event(self, row: tuple[Cell, ...]) -> _Told:
        told = EventRow(*msgspec.convert(row, _Row))
        return told.contact, told.position, self._event_of(told)


def _ordered(table: str, columns: str, wanted: str) -> str:
    return f"SELECT {columns} FROM {table} WHERE {wanted} ORDER BY contact, position, n"  # noqa: S608


def _note(row: tuple[Cell, ...]) -> _Told:
    contact, position = msgspec.convert(row[:2], _Place)
    return contact, position, msgspec.convert(row[2:], Note)


def _story(parts: Iterable[Event | Note]) -> Story:
    story = Story([], [])
    for one in parts:
        if isinstance(one, Event):
            story.events.append(one)
        else:
            story.notes.append(one)
    return story


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(f"{number:d}" for number in numbers) or "NULL"
