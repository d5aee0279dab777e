"""What happened. Everything the system learns arrives as an `Event`."""

from typing import Any

import msgspec

from ripely.model.ids import ContactId, EventId, derive

TIMER_FIRED = "timer.fired"
RULES_CHANGED = "rules.changed"
"""Asks a contact about new rules, and tells what history knows: `counts`, moments of newly tracked predicates,
and `series` of values. Whoever comes from the rules `since` to `rules` need only be asked what is `asked`."""
DERIVED = "derived"
"""The source of events that the fold makes from others; a replay makes them again."""

Value = str | int | float | bool | None


class Event(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One fact about one contact, as the log keeps it.

    `occurred_ms` is when it happened by the sender's clock, corrected for skew and never later
    than `received_ms`, when it became ours; both are milliseconds since 1970 in UTC. Windows
    count the first, "now" is the second. `properties` hold JSON values, never changed once made.
    """

    id: EventId
    contact: ContactId
    name: str
    occurred_ms: int
    received_ms: int
    properties: dict[str, Any] = {}
    source: str = ""

    @property
    def occurred_s(self) -> int:
        return self.occurred_ms // 1000

    @property
    def now_s(self) -> int:
        return self.received_ms // 1000


def timer_fired(contact: ContactId, due_s: int) -> Event:
    """Return the event of a timer: it happens at its due moment, however late it is noticed."""
    identity = EventId(derive(TIMER_FIRED, str(contact), str(due_s)))
    return Event(identity, contact, TIMER_FIRED, due_s * 1000, due_s * 1000, source="timers")
