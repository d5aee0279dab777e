"""What others ask for: that a journey begins for a contact, or that a message of theirs is taken in."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, get_args

from ripely.model.arrival import Arrival
from ripely.model.identity import (
    ANONYMOUS,
    EMAIL,
    PHONE,
    USER,
    VALUE_CHARACTERS_MAX,
    Claims,
    Identity,
    canonical_email,
    canonical_phone,
)
from ripely.model.ids import EventId, JourneyId, RulesetId, derive, derive_event
from ripely.model.journey import Journey
from ripely.model.trigger import OnRequest
from ripely.ports import Rulesets
from ripely.runtime.collect import NOBODY, Sender
from ripely.runtime.rules import published_of
from ripely.runtime.segment import RefusedError, id_text, read_object, storable

REQUESTED = "journey.requested"
RECEIVED = "webhook.received"
By = Literal["hand", "api", "webhook", "journey"]
Startable = Callable[[], Mapping[JourneyId, frozenset[str]]]
"""Which journeys can be asked for now, and in which ways."""

_HOOK = re.compile(r"[\w.-]{1,64}", re.ASCII)
MEMBERS = ("contact", "data", "id")


def read_start(
    body: bytes, journey: str, sender: Sender, startable: Mapping[JourneyId, frozenset[str]]
) -> Arrival:
    """Read that a journey is to begin: for the `contact`, with `data`, once for each `id`."""
    said = read_object(body)
    for name in said:
        if name not in MEMBERS:
            raise RefusedError(f".{name}", f"A request has {', '.join(MEMBERS)}; not this.")
    contact, data = said.get("contact"), said.get("data", {})
    if not isinstance(contact, dict):
        raise RefusedError(".contact", 'Say who is meant, like {"email": "ann@example.org"}.')
    if not isinstance(data, dict):
        raise RefusedError(".data", "The data of a request is an object.")
    refuse_unless(startable, JourneyId(journey), "api")
    claims = claims_of(contact, ".contact")
    message = _identifier(said.get("id"), ".id")
    return start_of(JourneyId(journey), "api", claims, sender, message, data)


def read_hook(body: bytes, name: str, sender: Sender, message: str = "") -> Arrival:
    """Read what another system tells. Whose it is stands in it, or in its `contact`."""
    if not _HOOK.fullmatch(name):
        sentence = 'A webhook is called by up to 64 letters, digits, "-", "_" or ".".'
        raise RefusedError("", sentence)
    said = read_object(body)
    inner = said.get("contact")
    claims = claims_of({**said, **inner} if isinstance(inner, dict) else said, "")
    told = {**said, "name": name}
    return _arrival(RECEIVED, claims, sender, told, message or _content(body, sender))


def start_of(
    journey: JourneyId,
    by: By,
    claims: Claims,
    sender: Sender,
    message: str | None = None,
    data: Mapping[str, object] | None = None,
) -> Arrival:
    """Make the request of a journey. Without a `message` to know it by, each moment asks anew."""
    told = {**(data or {}), "journey": journey, "by": by}
    known = message and f"start/{journey}/{message}"
    known = known or _content(f"{journey}{claims}{told}".encode(), sender)
    return _arrival(REQUESTED, claims, sender, told, known)


def refuse_unless(
    startable: Mapping[JourneyId, frozenset[str]], journey: JourneyId, by: By
) -> None:
    """Raise `RefusedError` with a sentence where the journey cannot be asked for so."""
    ways = startable.get(journey)
    if ways is None:
        known = ", ".join(f'"{one}"' for one in sorted(startable)) or "none"
        sentence = (
            f'No running journey "{journey}" has the trigger "request". These have it: {known}.'
        )
        raise RefusedError("", sentence)
    if by not in ways:
        raise RefusedError("", f'The journey "{journey}" cannot be asked for by {by}.')


def claims_of(said: Mapping[str, object], path: str) -> Claims:
    """Return by what somebody is known, the strongest first."""
    claims: list[Identity] = []
    if user := _somebody(said.get("user_id", said.get("userId")), f"{path}.user_id"):
        claims.append((USER, user))
    for name, kind, canonical in (
        ("email", EMAIL, canonical_email),
        ("phone", PHONE, canonical_phone),
    ):
        if text := _identifier(said.get(name), f"{path}.{name}"):
            value = canonical(text)
            if value is None:
                raise RefusedError(f"{path}.{name}", f"{text!r} cannot be a contact's {name}.")
            claims.append((kind, value))
    anonymous = said.get("anonymous_id", said.get("anonymousId"))
    if visitor := _somebody(anonymous, f"{path}.anonymous_id"):
        claims.append((ANONYMOUS, visitor))
    if not claims:
        sentence = "Say who is meant: by email, phone, user_id or anonymous_id."
        raise RefusedError(path, sentence)
    return tuple(claims)


def open_startable(rulesets: Rulesets) -> Startable:
    """Return a look-up of what can be asked for now, read once for each ruleset."""
    known: dict[RulesetId, Mapping[JourneyId, frozenset[str]]] = {}

    def startable() -> Mapping[JourneyId, frozenset[str]]:
        current = rulesets.current()
        if current is None:
            return {}
        if current not in known:
            published = published_of(rulesets.documents(current))
            found = startable_of(d for d in published.definitions if isinstance(d, Journey))
            known.clear()
            known[current] = found
        return known[current]

    return startable


def startable_of(journeys: Iterable[Journey]) -> dict[JourneyId, frozenset[str]]:
    """Return the journeys that can be asked for, each with the ways in which it can."""
    found: dict[JourneyId, frozenset[str]] = {}
    for journey in journeys:
        asked = [t for t in journey.triggers if isinstance(t, OnRequest)]
        if asked and not journey.paused:
            ways = (way for trigger in asked for way in trigger.by or get_args(By))
            found[journey.id] = frozenset(ways)
    return found


def _identifier(value: object, path: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RefusedError(path, "This is text, or a number.")
    text = id_text(value)
    if text is not None and len(text) > VALUE_CHARACTERS_MAX:
        raise RefusedError(path, f"An id has {VALUE_CHARACTERS_MAX} characters at most.")
    return text


def _somebody(value: object, path: str) -> str | None:
    text = _identifier(value, path)
    return None if text is not None and text.lower() in NOBODY else text


def _content(body: bytes, sender: Sender) -> str:
    return f"{derive('content', body.decode(errors='replace'), str(sender.received_ms)):x}"


def _arrival(
    name: str, claims: Claims, sender: Sender, told: dict[str, object], message: str
) -> Arrival:
    return Arrival(
        claims,
        EventId(derive_event(f"{name}/{message}")),
        name,
        sender.received_ms,
        sender.received_ms,
        storable(told),
        sender.source,
    )
