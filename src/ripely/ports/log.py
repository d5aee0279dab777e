"""The event log, and how it is divided."""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from ripely.model.event import Event
from ripely.model.ids import ContactId, RulesetId

PARTITIONS = 16


def partition_of(contact: ContactId) -> int:
    return contact % PARTITIONS


class Batch(msgspec.Struct, frozen=True):
    """Events of some partitions after one log position up to another, in log order.

    `rules` is set when the log says that another ruleset holds from `upto` on; a batch ends there.
    """

    after: int
    upto: int
    events: tuple[tuple[int, Event], ...]
    rules: RulesetId | None = None


class EventLog(Protocol):
    def append(self, events: Sequence[Event]) -> int:
        """Keep events for good, in one step, and return their position. An answer means durable."""
        ...

    def read(
        self, partitions: Collection[int], after: int, limit: int, upto: int | None = None
    ) -> Batch:
        """Return whole chunks, about `limit` events of these partitions, none of them after `upto`.

        Nothing left: the batch has `upto == after`.
        """
        ...

    def tail(self, limit: int) -> list[Event]:
        """Return the newest events, newest first."""
        ...
