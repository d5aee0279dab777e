"""What happens right now, all contacts together."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from django.db.models import Sum

from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId
from ripely.operations.dossiers.contacts import Count, cards_of, counted
from ripely.operations.wording.moments import Moment, host, moment_of
from ripely.operations.wording.names import Names, text
from ripely.ports import EventLog
from ripely.records.hot.models import ContactCard, DecidedMessage, LogChunk

EVENTS_SHOWN = 60
# What follows from another line of the stream.
SILENT = {"timer.fired", "page.left", "visit.started"}


class Happening(msgspec.Struct, frozen=True):
    """One event of the stream. `card` is None while the visitor is a stranger."""

    id: int
    contact: ContactId
    card: ContactCard | None
    moment: Moment
    site: str
    fresh: bool


class Stream(msgspec.Struct, frozen=True):
    happenings: Sequence[Happening]
    newest: int

    def strangers(self) -> int:
        return len({h.contact for h in self.happenings if h.card is None})


class Today(msgspec.Struct, frozen=True):
    """Counters since midnight."""

    events: int
    seen: Count
    new: Count
    sent: Count


def stream(log: EventLog, names: Names, seen: int = 0) -> Stream | None:
    """Return the newest events; None when `seen`, the newest one shown, still is the newest."""
    events = [event for event in log.tail(EVENTS_SHOWN) if event.name not in SILENT]
    newest = events[0].id if events else 0
    if seen and newest == seen:
        return None
    cards = cards_of({event.contact for event in events})
    fresh = _fresh(events, seen)
    return Stream([_happening(e, cards, fresh, names) for e in events], newest)


def today(midnight: datetime) -> Today:
    seen = ContactCard.objects.filter(seen_at__gte=midnight)
    chunks = LogChunk.objects.filter(appended_at__gte=midnight)
    return Today(
        events=chunks.aggregate(n=Sum("events"))["n"] or 0,
        seen=counted(seen),
        new=counted(seen.filter(created_at__gte=midnight)),
        sent=counted(DecidedMessage.objects.filter(decided_at__gte=midnight, outcome="sent")),
    )


def _fresh(events: Sequence[Event], seen: int) -> set[int]:
    """The events that came after the newest one shown before."""
    ids = [event.id for event in events]
    return set(ids[: ids.index(EventId(seen))]) if seen in ids else set()


def _happening(
    event: Event, cards: Mapping[int, ContactCard], fresh: set[int], names: Names
) -> Happening:
    return Happening(
        id=event.id,
        contact=event.contact,
        card=cards.get(event.contact),
        moment=moment_of(event, names),
        site=host(text(event.properties.get("url"))),
        fresh=event.id in fresh,
    )
