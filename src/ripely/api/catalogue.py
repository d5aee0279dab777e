"""What rules can be made of, for programs: `GET /v1/events` and `GET /v1/triggers`."""

from collections.abc import Mapping, Sequence
from functools import cache

import msgspec

from ripely.api.http import JSON, Answer, Scope, Send, send_answer
from ripely.model.catalog import SUBJECTS, property_type
from ripely.operations.triggers import choices

EVENTS, TRIGGERS = "/v1/events", "/v1/triggers"
_KEPT = (JSON, (b"cache-control", b"public, max-age=3600"), (b"access-control-allow-origin", b"*"))  # fmt: skip


async def answer_catalogue(scope: Scope, send: Send) -> None:
    """Answer with a list that every installation has alike."""
    if scope["method"] not in {"GET", "HEAD"}:
        await send_answer(send, Answer(405, b"", ((b"allow", b"GET"),)))
        return
    await send_answer(send, _events() if scope["path"] == EVENTS else _triggers())


class EventTold(msgspec.Struct, frozen=True):
    """A standard event. `properties` are the types of them; `reserved`: only Ripely says it, `server`: no page may."""

    name: str
    sentence: str
    subject: str
    properties: Mapping[str, str]
    example: Mapping[str, object]
    said_as: Sequence[str]
    act: bool
    reserved: bool
    server: bool


class Events(msgspec.Struct, frozen=True):
    events: Sequence[EventTold]


class TriggerTold(msgspec.Struct, frozen=True):
    """What can let a contact into a journey; `trigger` is how a journey says it."""

    name: str
    sentence: str
    category: str
    trigger: Mapping[str, object]


class Triggers(msgspec.Struct, frozen=True):
    triggers: Sequence[TriggerTold]


@cache
def _events() -> Answer:
    told = [
        EventTold(
            name=event.name,
            sentence=event.about,
            subject=subject,
            properties={n: property_type(value) for n, value in event.properties.items()},
            example=event.properties,
            said_as=event.spoken,
            act=event.act,
            reserved=event.reserved,
            server=event.servers_only,
        )
        for subject, events in SUBJECTS.items()
        for event in events
        if not event.inner
    ]
    return Answer(200, msgspec.json.encode(Events(told)), _KEPT)


@cache
def _triggers() -> Answer:
    told = [
        TriggerTold(choice.name, choice.about, choice.category, choice.trigger)
        for choice in choices()
    ]
    return Answer(200, msgspec.json.encode(Triggers(told)), _KEPT)
