"""What the operator looks at: how far the fold is behind, who is in quarantine, what waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.db import connection
from django.db.models import Max, Min, Sum

from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId, derive
from ripely.operations.dossiers.contacts import Count, counted
from ripely.ports import EventLog
from ripely.records.hot.models import (
    DecidedMessage,
    FoldPosition,
    LogChunk,
    ParkedEvents,
    WaitingEffect,
)

QUARANTINED_SHOWN = 100


class Lane(msgspec.Struct, frozen=True):
    partition: int
    position: int
    behind: int


class Lag(msgspec.Struct, frozen=True):
    """How far the fold is behind the log: in events, and by the age of the oldest one waiting."""

    head: int
    lanes: Sequence[Lane]
    events: int
    age: timedelta


class Quarantined(msgspec.Struct, frozen=True):
    contact: ContactId
    error: str
    since: datetime
    position: int

    @property
    def headline(self) -> str:
        """What was raised: the last line of the error."""
        return self.error.strip().rpartition("\n")[2]


class Worker(msgspec.Struct, frozen=True):
    name: str
    connections: int
    since: datetime


class Waiting(msgspec.Struct, frozen=True):
    effects: Count
    messages: Count
    oldest: datetime | None
    failing: Sequence[WaitingEffect]


def lag(now: datetime) -> Lag:
    head = LogChunk.objects.aggregate(head=Max("position"))["head"] or 0
    rows = list(FoldPosition.objects.order_by("partition"))
    floor = min((row.position for row in rows), default=0)
    waiting = LogChunk.objects.filter(position__gt=floor).aggregate(
        events=Sum("events"), since=Min("appended_at")
    )
    return Lag(
        head=head,
        lanes=[Lane(r.partition, r.position, max(0, head - r.position)) for r in rows],
        events=waiting["events"] or 0,
        age=now - waiting["since"] if waiting["since"] else timedelta(),
    )


def quarantined() -> Sequence[Quarantined]:
    rows = ParkedEvents.objects.exclude(error="").order_by("-parked_at")[:QUARANTINED_SHOWN]
    return [Quarantined(ContactId(r.contact), r.error, r.parked_at, r.position) for r in rows]


def resume(log: EventLog, found: Quarantined, now: datetime) -> None:
    """Ask the fold to try the contact's parked events again."""
    at = int(now.timestamp() * 1000)
    # The first parked position makes one request of any number of clicks.
    event = EventId(derive("resume", str(found.contact), str(found.position), now.isoformat()))
    log.append([Event(event, found.contact, "contact.resumed", at, at, source="ripely")])


def waiting() -> Waiting:
    effects = WaitingEffect.objects.all()
    messages = DecidedMessage.objects.filter(outcome=None)
    oldest = [
        effects.aggregate(at=Min("next_at"))["at"],
        messages.aggregate(at=Min("next_at"))["at"],
    ]
    return Waiting(
        effects=counted(effects),
        messages=counted(messages),
        oldest=min((at for at in oldest if at), default=None),
        failing=list(
            effects.filter(attempts__gt=0).exclude(reason="").order_by("next_at")[:20]
        ),
    )


def workers() -> Sequence[Worker]:
    """Return the processes that are connected to the database, by the names they give."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name, count(*), min(backend_start) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name <> ''"
            " GROUP BY application_name ORDER BY application_name"
        )
        return [Worker(*row) for row in cursor.fetchall()]
