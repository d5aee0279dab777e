"""The calls of the Segment protocol as they come over the wire, decoded straight into types."""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec

EVENT_BYTES_MAX = 32 * 1024
BATCH_EVENTS_MAX = 5_000
_BRACKETS_MAX = 200
_DEPTH_MAX = 32
_SECONDS_MAX = 100_000_000_000  # A larger number counts milliseconds.

Id = str | int | float | None
Moment = datetime | int | float | None


class Context(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What surrounds a call. Nothing here is worth refusing an event for, so nothing is checked."""

    campaign: Any = None
    click_ids: Any = None
    page: Any = None
    traits: Any = None
    locale: Any = None
    timezone: Any = None
    user_agent: Any = None
    device: object = None
    os: object = None
    location: object = None


_NO_CONTEXT = Context()


class Call(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    type: str | None = None
    user_id: Id = None
    anonymous_id: Id = None
    previous_id: Id = None
    group_id: Id = None
    message_id: Id = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    maybe_context: Context | None = msgspec.field(name="context", default=None)
    timestamp: Moment = None
    sent_at: Moment = None
    contact_token: str | None = None
    write_key: str | None = None

    @property
    def context(self) -> Context:
        return self.maybe_context or _NO_CONTEXT


class Envelope(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    batch: list[msgspec.Raw]
    sent_at: Moment = None
    write_key: str | None = None


class Refusal(msgspec.Struct, frozen=True):
    """What is wrong with one event: where, and a sentence for whoever sent it."""

    path: str
    message: str


class RefusedError(Exception):
    """A mistake in a call, `path` being where in it."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


# PostgreSQL keeps no zero character in a text. Half a pair comes from browsers that cut an emoji in two.
_ESCAPE = rb"(?<!\\)((?:\\\\)*)"
_HIGH, _LOW = rb"\\u[dD][89abAB][0-9a-fA-F]{2}", rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_MENDED = (
    (re.compile(rb"%b\\u0000" % _ESCAPE), rb"\1"),
    (re.compile(rb"%b%b(?!%b)" % (_ESCAPE, _HIGH, _LOW)), rb"\1\\ufffd"),
    (re.compile(rb"(?<!%b)%b%b" % (_HIGH, _ESCAPE, _LOW)), rb"\1\\ufffd"),
)

_call = msgspec.json.Decoder(Call).decode
_envelope = msgspec.json.Decoder(Envelope).decode
_pack = msgspec.msgpack.Encoder().encode


def mended(body: bytes) -> bytes:
    """Return JSON without the characters that no text can have, for which an event would be lost."""
    if b"\\u0000" in body or b"\\ud" in body or b"\\uD" in body:
        for wrong, right in _MENDED:
            body = wrong.sub(right, body)
    return body


def read_call(body: bytes) -> Call:
    """Decode one call, or raise `RefusedError` with the place of its first mistake."""
    if len(body) > EVENT_BYTES_MAX:
        raise RefusedError("", f"The event is larger than {EVENT_BYTES_MAX // 1024} kB.")
    body = mended(body)
    try:
        call = _call(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
        raise plainly(wrong) from None
    if body.count(b"{") + body.count(b"[") > _BRACKETS_MAX:
        _refuse_depth(call)
    return call


def read_object(body: bytes) -> dict[str, object]:
    """Decode any object that may become an event, within the same bounds as a call."""
    if len(body) > EVENT_BYTES_MAX:
        raise RefusedError("", f"The event is larger than {EVENT_BYTES_MAX // 1024} kB.")
    found = read_value(body)
    if not isinstance(found, dict):
        raise RefusedError("", "Expected an object.")
    return found


def read_value(body: bytes) -> object:
    """Decode whatever may become part of an event."""
    try:
        found: object = msgspec.json.decode(mended(body))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
        raise plainly(wrong) from None
    if _depth(found) > _DEPTH_MAX:
        raise RefusedError("", f"Nested more than {_DEPTH_MAX} levels deep.")
    return found


def read_envelope(body: bytes) -> Envelope:
    try:
        envelope = _envelope(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
        raise plainly(wrong) from None
    if len(envelope.batch) > BATCH_EVENTS_MAX:
        raise RefusedError(".batch", f"A batch may have {BATCH_EVENTS_MAX} events at most.")
    return envelope


def id_text(value: Id) -> str | None:
    """Write an id as text, whole numbers without a fraction. Nothing, or only blanks, is no id."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None else str(value)


def milliseconds(moment: datetime | float) -> int:
    """Return a moment since 1970; without a zone it is UTC."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return int(moment.timestamp() * 1000 + 0.5)
    return round(moment if abs(moment) > _SECONDS_MAX else moment * 1000)


def storable(properties: dict[str, Any]) -> dict[str, Any]:
    """Return properties that the log can keep: whole numbers beyond 64 bits become text."""
    try:
        _pack(properties)
    except OverflowError:
        return {name: _without_huge_numbers(value) for name, value in properties.items()}
    return properties


def _without_huge_numbers(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_huge_numbers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_huge_numbers(inner) for inner in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value


def _refuse_depth(call: Call) -> None:
    around = msgspec.structs.asdict(call.context)
    for name, value in (
        ("properties", call.properties),
        ("traits", call.traits),
        *((f"context.{part}", value) for part, value in around.items()),
    ):
        if _depth(value) > _DEPTH_MAX:
            raise RefusedError(f".{name}", f"Nested more than {_DEPTH_MAX} levels deep.")


def _depth(value: object) -> int:
    """How deeply `value` is nested; it stops counting where it is too deep anyway."""
    level: list[object] = [value]
    depth = 0
    while level and depth <= _DEPTH_MAX:
        inside = [v for v in level if isinstance(v, dict | list)]
        level = [one for v in inside for one in (v.values() if isinstance(v, dict) else v)]
        depth += 1
    return depth


_WHERE = re.compile(r" - at `\$?(.*)`$")
_TYPES = {"str": "text", "int": "a number", "float": "a number", "null": "null",
          "object": "an object", "array": "a list", "bool": "true or false",
          "datetime": "a date", "raw": "anything"}  # fmt: skip


def plainly(wrong: Exception) -> RefusedError:
    """Say a decoder's complaint in plain words, with the place split off."""
    if isinstance(wrong, RecursionError):
        return RefusedError("", f"Nested more than {_DEPTH_MAX} levels deep.")
    if not isinstance(wrong, msgspec.ValidationError):
        return RefusedError("", f"This is not JSON: {wrong}.")
    text = str(wrong)
    where = _WHERE.search(text)
    return RefusedError(where[1] if where else "", f"{_plain(_WHERE.sub('', text))}.")


def _plain(complaint: str) -> str:
    def words(match: re.Match[str]) -> str:
        names = [_TYPES.get(name, name) for name in match[1].split(" | ")]
        return " or ".join(dict.fromkeys(names))

    plain = re.sub(r"`([^`]+)`", words, complaint)
    plain = plain.replace("Expected a number, got a number", "Expected a whole number")
    plain = plain.replace("Invalid RFC3339 encoded datetime", "Not a date like 2030-01-31T12:00:00Z")  # fmt: skip
    return plain.replace("Invalid RFC3339 encoded date", "Not a day like 2030-01-31")
