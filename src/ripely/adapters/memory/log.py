"""An event log in a list of chunks."""

from collections.abc import Collection, Sequence

from typing_extensions import override

from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId, RulesetId
from ripely.ports import Batch, EventLog, partition_of


class MemoryLog(EventLog):
    def __init__(self) -> None:
        self.chunks: list[tuple[Event, ...] | RulesetId] = []

    @override
    def append(self, events: Sequence[Event]) -> int:
        if events:
            self.chunks.append(tuple(events))
        return len(self.chunks)

    def say_rules(self, ruleset: RulesetId) -> int:
        self.chunks.append(ruleset)
        return len(self.chunks)

    @override
    def read(
        self, partitions: Collection[int], after: int, limit: int, upto: int | None = None
    ) -> Batch:
        told: list[tuple[int, Event]] = []
        position = after
        for chunk in self.chunks[after:upto]:
            if len(told) >= limit:
                break
            position += 1
            if isinstance(chunk, str):
                return Batch(after, position, tuple(told), chunk)
            told += [(position, e) for e in chunk if partition_of(e.contact) in partitions]
        return Batch(after, position, tuple(told))

    def take_out(self, contact: ContactId, upto: int, until: EventId) -> None:
        """Drop what was told of a contact before an event, which is at this position or before it."""
        found = False
        for n in reversed(range(upto)):
            chunk = self.chunks[n]
            if isinstance(chunk, str):
                continue
            ids = [event.id for event in chunk]
            ends = len(chunk) if found else 0
            if not found and until in ids:
                found, ends = True, ids.index(until)
            left = [event for event in chunk[:ends] if event.contact != contact]
            self.chunks[n] = (*left, *chunk[ends:])

    @override
    def tail(self, limit: int) -> list[Event]:
        newest: list[Event] = []
        for chunk in reversed(self.chunks):
            if not isinstance(chunk, str):
                newest += sorted(chunk, key=lambda event: -event.received_ms)
            if len(newest) >= limit:
                break
        return newest[:limit]
