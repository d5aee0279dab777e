"""An event at the door: all is known of it but whose it is."""

from typing import Any

import msgspec

from ripely.model.event import Event
from ripely.model.identity import Claims
from ripely.model.ids import ContactId, EventId


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """`claims` say by what the contact is known, the strongest first; there is at least one.

    `alias` are other names of the same person, which join whoever had them by force.
    """

    claims: Claims
    id: EventId
    name: str
    occurred_ms: int
    received_ms: int
    properties: dict[str, Any] = {}
    source: str = ""
    alias: Claims = ()

    def addressed(self, contact: ContactId) -> Event:
        return Event(
            self.id,
            contact,
            self.name,
            self.occurred_ms,
            self.received_ms,
            self.properties,
            self.source,
        )
