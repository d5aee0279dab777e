"""Lets arrivals in: each becomes an event of its contact, and what was learned of people becomes events too."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ripely.engine.identity import Directory, Resolution
from ripely.model.arrival import Arrival
from ripely.model.event import Event
from ripely.model.identity import ATTRIBUTES, NAMES, Claims
from ripely.model.ids import ContactId, EventId, derive

SOURCE = "identity"


class Admission(msgspec.Struct):
    """Arrivals let in together. `settled` is what holds for the same claims from here on."""

    contacts: list[ContactId]
    events: list[Event]
    settled: dict[Claims, ContactId]
    merges: list[tuple[ContactId, ContactId]]
    moved: bool = False


def admit(people: Directory, arrivals: Sequence[Arrival]) -> Admission:
    """Settle whose the arrivals are, in their order; `people` learns from each."""
    admission = Admission([], [], {}, [])
    for arrival in arrivals:
        contact = admission.settled.get(arrival.claims)
        if contact is None or arrival.alias:
            contact = _settle(admission, people, arrival)
        admission.contacts.append(contact)
        admission.events.append(arrival.addressed(contact))
    return admission


def _settle(admission: Admission, people: Directory, arrival: Arrival) -> ContactId:
    resolution = people.settle(arrival.claims, arrival.alias)
    admission.events += _learned(arrival, resolution)
    if resolution.moves:
        admission.moved = True
        admission.merges += resolution.merges
        admission.settled.clear()
    admission.settled[arrival.claims] = resolution.contact
    return resolution.contact


def _learned(arrival: Arrival, resolution: Resolution) -> Iterator[Event]:
    for loser, winner in resolution.merges:
        by = NAMES[arrival.claims[0][0]]
        yield _event(arrival, loser, "contact.merged", {"into": winner, "by": by})
    known_by = {ATTRIBUTES[k]: v for k, v in resolution.attach if k in ATTRIBUTES}
    # An identify call says it itself; any other call can be the first to name a person.
    if known_by and arrival.name not in {"contact.identified", "contact.aliased"}:
        yield _event(arrival, resolution.contact, "contact.identified", known_by)


def _event(
    arrival: Arrival, contact: ContactId, name: str, properties: dict[str, Any]
) -> Event:
    return Event(
        EventId(derive(name, str(contact), str(arrival.id))),
        contact,
        name,
        arrival.received_ms if name == "contact.merged" else arrival.occurred_ms,
        arrival.received_ms,
        properties,
        SOURCE,
    )
