"""Identifiers: comparable, and derived from what they name, so that a replay makes the same ones."""

from hashlib import blake2b
from typing import NewType

ContactId = NewType("ContactId", int)
EventId = NewType("EventId", int)
EffectId = NewType("EffectId", str)
PredicateId = NewType("PredicateId", int)
SeriesId = NewType("SeriesId", int)
RulesetId = NewType("RulesetId", str)
SegmentId = NewType("SegmentId", str)
ScoreId = NewType("ScoreId", str)
JourneyId = NewType("JourneyId", str)
StepId = NewType("StepId", str)
TemplateId = NewType("TemplateId", str)
ListId = NewType("ListId", str)
TeamId = NewType("TeamId", str)

_SIGNED_63 = 0x7FFF_FFFF_FFFF_FFFF


def derive(*parts: str) -> int:
    """Return 63 bits that depend on `parts` alone; they fit a PostgreSQL bigint."""
    text = "\x1f".join(parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) & _SIGNED_63


_EVENT = blake2b(b"event\x1f", digest_size=8)


def derive_event(message: str) -> EventId:
    """Return `derive("event", message)`. Its beginning is made in advance: every event needs one."""
    name = _EVENT.copy()
    name.update(message.encode())
    return EventId(int.from_bytes(name.digest()) & _SIGNED_63)


def derive_text(*parts: str) -> str:
    """Return 24 hexadecimal digits that depend on `parts` alone."""
    return blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def fingerprint(secret: str) -> str:
    """Return by what a secret is known again; whoever reads it does not have the secret."""
    return blake2b(secret.encode(), digest_size=24, person=b"fingerprint").hexdigest()


def contact_code(contact: ContactId) -> str:
    """Write a contact as people see it in addresses: 16 hexadecimal digits."""
    return f"{contact:016x}"
