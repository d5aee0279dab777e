"""From the calls of a request to events at the door: validated, dated, named, and nothing lost.

Whoever takes in events comes through here: the HTTP endpoints, imports, pages.
"""

from collections.abc import Callable, Mapping

import msgspec

from ripely.model.arrival import Arrival
from ripely.model.catalog import SERVERS_ONLY
from ripely.model.identity import (
    ANONYMOUS,
    EMAIL,
    MESSENGER,
    PHONE,
    USER,
    VALUE_CHARACTERS_MAX,
    Claims,
    Identity,
    canonical_email,
    canonical_phone,
    named_contact,
)
from ripely.model.ids import ContactId, EventId, derive, derive_event
from ripely.runtime.bots import is_bot
from ripely.runtime.meaning import meaning_of
from ripely.runtime.segment import (
    Call,
    Id,
    Moment,
    Refusal,
    RefusedError,
    id_text,
    milliseconds,
    read_call,
    read_envelope,
    storable,
)

REFUSALS_TOLD_MAX = 100
EARLIEST_MS = 631_152_000_000  # 1990. A clock before that is broken.
NOBODY = frozenset({
    "null", "undefined", "none", "nil", "nan", "0", "-1", "true", "false", "anonymous", "guest", "unknown",
    "[object object]", "00000000-0000-0000-0000-000000000000",
})  # fmt: skip
"""What careless code sends as an id of everybody who has none."""

ContactOf = Callable[[str, int], ContactId | None]
"""Read a signed token at a moment in seconds; None when it is not ours, or too old."""


class Sender(msgspec.Struct, frozen=True):
    """Where calls come from, and when they came. `historical` calls tell the past by a good clock.

    Who is `trusted` may say what only servers may, and join two known people by an alias call: no browser
    can be, for everybody reads its key.
    """

    received_ms: int
    source: str = ""
    user_agent: str = ""
    historical: bool = False
    trusted: bool = False


class Beside(msgspec.Struct, frozen=True):
    """What whoever brings a call knows beside it: a name for a call without one, and whose it is."""

    message: str = ""
    claims: Claims = ()


_NOTHING = Beside()


class Reading(msgspec.Struct):
    """What a request held. `accepted` counts good calls, `bots` those of them that machines made."""

    arrivals: list[Arrival]
    refusals: list[Refusal]
    accepted: int = 0
    bots: int = 0

    def refuse(self, wrong: RefusedError, path: str) -> None:
        if len(self.refusals) < REFUSALS_TOLD_MAX:
            self.refusals.append(Refusal(f"{path}{wrong.path}", str(wrong)))


class Reader:
    """Reads the bodies of requests. `contact_of` reads the tokens that links in our mail carry."""

    def __init__(self, contact_of: ContactOf = lambda _token, _now_s: None) -> None:
        self._contact_of = contact_of

    def one(
        self,
        body: bytes,
        sender: Sender,
        kind: str = "",
        path: str = "$",
        beside: Beside = _NOTHING,
    ) -> Reading:
        """Read a single call; `kind` is its type where it names none itself."""
        reading = Reading([], [])
        try:
            call = read_call(body)
            around = _Around(sender, _skew_ms(call.sent_at, sender), kind, beside)
            self._take(reading, call, around, body)
        except RefusedError as refused:
            reading.refuse(refused, path)
        return reading

    def batch(self, body: bytes, sender: Sender) -> Reading:
        """Read many calls. A bad one never costs its neighbours."""
        reading = Reading([], [])
        try:
            envelope = read_envelope(body)
            around = _Around(sender, _skew_ms(envelope.sent_at, sender))
        except RefusedError as refused:
            reading.refuse(refused, "$")
            return reading
        for number, raw in enumerate(envelope.batch):
            one = bytes(raw)
            try:
                self._take(reading, read_call(one), around, one, number)
            except RefusedError as refused:
                reading.refuse(refused, f"$.batch[{number}]")
        return reading

    def _take(
        self, reading: Reading, call: Call, around: "_Around", body: bytes, number: int = 0
    ) -> None:
        kind, sender = call.type or around.kind, around.sender
        name, properties = meaning_of(call, kind)
        if not sender.trusted:
            _refuse_what_servers_say(name, kind, properties)
        claims = self._claims(call, properties if kind == "identify" else {}, around)
        occurred_ms = _occurred_ms(call.timestamp, around)
        reading.accepted += 1
        agent = call.context.user_agent
        if is_bot(agent if isinstance(agent, str) else sender.user_agent):
            reading.bots += 1
            return
        arrival = Arrival(
            claims,
            _event_id(call, around, body, number),
            name,
            occurred_ms,
            sender.received_ms,
            storable(properties),
            sender.source,
            _alias(call) if kind == "alias" and sender.trusted else (),
        )
        reading.arrivals.append(arrival)
        if kind == "identify" and call.traits and "consent" in call.traits:
            reading.arrivals += _consents(arrival, call.traits["consent"])

    def _claims(self, call: Call, known: Mapping[str, object], around: "_Around") -> Claims:
        """Collect what the call is known by, the strongest first."""
        claims: list[Identity] = []
        if call.user_id is not None and (user := _identifier(call.user_id, ".userId")):
            claims.append((USER, user))
        if call.contact_token is not None:
            contact = self._contact_of(call.contact_token, around.sender.received_ms // 1000)
            if contact is not None:
                claims.append(named_contact(contact))
        if known:
            claims += _personal(known)
        claims += around.beside.claims
        if anonymous := _identifier(call.anonymous_id, ".anonymousId"):
            claims.append((ANONYMOUS, anonymous))
        if call.previous_id is not None:
            claims += _previous(call)
        if not claims:
            raise RefusedError(".userId", "A userId or an anonymousId is needed.")
        return tuple(claims)


def _refuse_what_servers_say(name: str, kind: str, properties: Mapping[str, object]) -> None:
    """Refuse what no page can know. Notices go to the owner, so nobody may name an address of theirs."""
    if name in SERVERS_ONLY:
        sentence = f"Only a server may say {name!r}: it needs a server key."
        raise RefusedError(".event", sentence)
    if kind == "identify" and "owner" in properties:
        sentence = "Only a server may say who looks after a contact: it needs a server key."
        raise RefusedError(".traits.owner", sentence)


class _Around(msgspec.Struct, frozen=True):
    """What holds for all calls of a request."""

    sender: Sender
    skew_ms: int
    kind: str = ""
    beside: Beside = _NOTHING


def _identifier(value: Id, path: str) -> str | None:
    text = id_text(value)
    if text is None or text.lower() in NOBODY:
        return None
    if len(text) > VALUE_CHARACTERS_MAX:
        raise RefusedError(path, f"An id has {VALUE_CHARACTERS_MAX} characters at most.")
    return text


def _personal(facts: Mapping[str, object]) -> list[Identity]:
    claims: list[Identity] = []
    email, phone, messenger = facts.get("email"), facts.get("phone"), facts.get("messenger")
    if isinstance(email, str) and canonical_email(email) == email:
        claims.append((EMAIL, email))
    if isinstance(phone, str) and canonical_phone(phone) == phone:
        claims.append((PHONE, phone))
    if isinstance(messenger, str) and messenger:
        claims.append((MESSENGER, messenger[:VALUE_CHARACTERS_MAX]))
    return claims


def _previous(call: Call) -> list[Identity]:
    """Treat the other id of an alias call as a device: in most calls it is the visitor's."""
    previous = _identifier(call.previous_id, ".previousId")
    same = previous is None or previous == id_text(call.anonymous_id)
    return [] if same or previous is None else [(ANONYMOUS, previous)]


def _alias(call: Call) -> Claims:
    previous = id_text(call.previous_id)
    return () if previous is None or previous == id_text(call.user_id) else ((USER, previous),)


def _consents(identified: Arrival, consent: object) -> list[Arrival]:
    """Return an event for each purpose that an identify call's `consent` trait speaks of."""
    if not isinstance(consent, dict):
        return []
    return [
        msgspec.structs.replace(
            identified,
            id=EventId(derive("consent", str(identified.id), purpose)),
            name="consent.granted" if granted else "consent.withdrawn",
            properties={"purpose": purpose},
        )
        for purpose, granted in consent.items()
        if isinstance(granted, bool)
    ]


def _event_id(call: Call, around: _Around, body: bytes, number: int) -> EventId:
    message = id_text(call.message_id) or around.beside.message
    if message:
        return derive_event(message)
    # Without a time of its own, the same words at another moment are another event.
    moment = "" if call.timestamp else f"{around.sender.received_ms}:{number}"
    return EventId(derive("content", body.decode(), moment))


def _skew_ms(sent_at: Moment, sender: Sender) -> int:
    """How far the sender's clock is behind ours: received - sent.

    The Segment specification ("Spec: Common", section on timestamps) dates an event by
    `timestamp + (receivedAt - sentAt)`, which also takes the network for part of the skew.
    """
    if sent_at is None or sender.historical:
        return 0
    return sender.received_ms - milliseconds(sent_at)


def _occurred_ms(timestamp: Moment, around: _Around) -> int:
    received_ms = around.sender.received_ms
    if timestamp is None:
        return received_ms
    occurred_ms = milliseconds(timestamp) + around.skew_ms
    return min(occurred_ms, received_ms) if occurred_ms >= EARLIEST_MS else received_ms
