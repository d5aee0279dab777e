"""The events that tell how a message ended."""

import re
from datetime import datetime

from ripely.model.effect import SendMessage
from ripely.model.event import Event
from ripely.model.ids import EventId, derive
from ripely.ports import Outcome

# RFC 3463: 5.1.x is a bad address, 5.2.1 a mailbox that is closed; other refusals are about the mail.
_BAD_ADDRESS = re.compile(r"\b5\.(?:1\.\d|2\.1)\b")


def receipt(message: SendMessage, outcome: Outcome, now: datetime) -> Event:
    now_ms = int(now.timestamp() * 1000)
    told: dict[str, object] = {**properties(message), "purpose": message.purpose}
    if outcome.reason:
        told["reason"] = outcome.reason
    if outcome.outcome == "sent" and message.segments:
        told["segments"] = message.segments
    return Event(
        id=EventId(derive("receipt", message.id)),
        contact=message.contact,
        name=f"{message.channel}.{_verb(outcome)}",
        occurred_ms=now_ms,
        received_ms=now_ms,
        properties=told,
        source="dispatch",
    )


def properties(message: SendMessage) -> dict[str, str]:
    return {
        "message": message.id,
        "journey": message.journey,
        "step": message.step,
        "template": message.template,
    }


def _verb(outcome: Outcome) -> str:
    if outcome.outcome == "expired":
        return "held"
    bad_address = outcome.outcome == "refused" and _BAD_ADDRESS.search(outcome.reason)
    return "bounced" if bad_address else outcome.outcome
