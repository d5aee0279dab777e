"""What rules can be made of, for programs: `GET /v1/events` and `GET /v1/triggers`."""

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


@cache
def _events() -> Answer:
    told = [
        {
            "name": event.name,
            "sentence": event.about,
            "subject": subject,
            "properties": {n: property_type(value) for n, value in event.properties.items()},
            "example": event.properties,
            "said_as": event.spoken,
            "act": event.act,
            "reserved": event.reserved,
            "server": event.servers_only,
        }
        for subject, events in SUBJECTS.items()
        for event in events
        if not event.inner
    ]
    return Answer(200, msgspec.json.encode({"events": told}), _KEPT)


@cache
def _triggers() -> Answer:
    told = [
        {
            "name": choice.name,
            "sentence": choice.about,
            "category": choice.category,
            "trigger": choice.trigger,
        }
        for choice in choices()
    ]
    return Answer(200, msgspec.json.encode({"triggers": told}), _KEPT)
