"""How events lie in a chunk of the log: per partition one msgpack array, all of it zstd.

A worker unpacks only the partitions that are its own.
"""

from collections.abc import Collection, Sequence

import msgspec
import zstandard

from ripely.model.event import Event
from ripely.model.ids import ContactId, RulesetId
from ripely.ports import PARTITIONS, partition_of

ALL_LANES = (1 << PARTITIONS) - 1
APPEND_LOCK = 0x5269_7065
"""The advisory lock under which positions are given out, so that they become visible in order."""
_LEVEL = 3
_BYTES_MAX = 64 * 1024 * 1024

_pack = msgspec.msgpack.Encoder().encode
_frame = msgspec.msgpack.Decoder(dict[int, msgspec.Raw]).decode
_events = msgspec.msgpack.Decoder(list[Event]).decode
_RULES = -1  # The frame that names the ruleset which holds from this position on.


class Chunk(msgspec.Struct, frozen=True):
    lanes: int
    events: int
    body: bytes


def encode(events: Sequence[Event]) -> Chunk:
    frames: dict[int, list[Event]] = {}
    for event in events:
        frames.setdefault(partition_of(event.contact), []).append(event)
    lanes = sum(1 << partition for partition in frames)
    return Chunk(lanes, len(events), _compress(_pack(frames)))


def encode_rules(ruleset: RulesetId) -> Chunk:
    return Chunk(ALL_LANES, 0, _compress(_pack({_RULES: ruleset})))


def decode(body: bytes, partitions: Collection[int]) -> tuple[list[Event], RulesetId | None]:
    frames = _frame(zstandard.decompress(body, max_output_size=_BYTES_MAX))
    events: list[Event] = []
    for partition, raw in frames.items():
        if partition in partitions:
            events += _events(raw)
    rules = frames.get(_RULES)
    return events, None if rules is None else msgspec.msgpack.decode(rules, type=RulesetId)


class Cut(msgspec.Struct, frozen=True):
    """A chunk without some `events` that were in it."""

    events: list[Event]
    body: bytes


def cut(body: bytes, contact: ContactId, until: int = 0) -> Cut | None:
    """Take the events of a contact out of a chunk, or those before the event `until`; None when that is not there.

    Those of other partitions stay as they are packed.
    """
    frames = _frame(zstandard.decompress(body, max_output_size=_BYTES_MAX))
    partition = partition_of(contact)
    told = _events(frames[partition]) if partition in frames else []
    ends = len(told)
    if until:
        ends = next((n for n, event in enumerate(told) if event.id == until), -1)
        if ends < 0:
            return None
    gone = [event for event in told[:ends] if event.contact == contact]
    left = [event for event in told[:ends] if event.contact != contact] + told[ends:]
    frames[partition] = msgspec.Raw(_pack(left))
    return Cut(gone, _compress(_pack(frames)))


def _compress(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL).compress(data)
