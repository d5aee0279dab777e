"""Somebody asks to be forgotten: what is known goes at once, but nobody is written to again by mistake.

What is left is all that a fold can go on from, so history begins anew with the event that asked for it:
it keeps with it, packed, the profile as it was then, with nothing in it that says anything of the person.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence

import msgspec

from ripely.engine.draft import Draft
from ripely.engine.merge import CLEARED, ERASED, emit, forward, leave_everything
from ripely.engine.refresh import answer_quietly
from ripely.engine.repeats import forget_latest
from ripely.model.effect import EmitEvent, ForgetContact
from ripely.model.event import RULES_CHANGED, TIMER_FIRED, Event
from ripely.model.ids import EffectId, EventId, derive_text
from ripely.model.note import Note
from ripely.model.profile import Consent, Profile

FORGOTTEN = frozenset({ERASED, CLEARED})
"""Events, and the notes of them, by which a contact is forgotten. The value of a note is the event."""
KEPT = "kept"
"""The property of such an event, in history alone, that tells what was kept."""

_OF_ITS_OWN = FORGOTTEN | {
    TIMER_FIRED, RULES_CHANGED, "contact.merged", "contact.absorbed", "contact.unmerged", "contact.revived",
    "contact.resumed",
}  # fmt: skip
"""Events that say by themselves what of them is from before, or keep contacts and rules in order."""

_COMES_TO_PARTS = frozenset({"contact.merged", CLEARED, "contact.revived", TIMER_FIRED})

_KEPT = ("ruleset", "created_s", "now_s", "suppressed", "seen", "minute")
"""What says nothing of the person, and what keeps them from being written to."""
_KEPT_OF_PARTS = ("ruleset", "created_s", "now_s", "seen", "minute", "merged_into")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Profile).decode


def erase(draft: Draft, event: Event) -> None:
    """End every journey and forget everything. What was agreed to is refused from here on."""
    profile, at_s = draft.profile, event.occurred_s
    leave_everything(draft, "erased")
    # Who is forgotten once more is so as of the time before.
    at_ms = (event.source == "fold" and profile.erased_ms) or event.received_ms
    _clear_parts(draft, at_ms)
    refused = {
        purpose: Consent(granted=False, at_s=max(at_s, said.at_s), by=event.name)
        for purpose, said in profile.consents.items()
    }
    _empty(draft, _KEPT, at_ms)
    profile.suppressed = dict.fromkeys(profile.suppressed, event.name)
    profile.consents = refused
    _have_forgotten(draft, event)
    draft.recheck(draft.rules.watches)
    answer_quietly(draft)


def clear(draft: Draft, event: Event) -> None:
    """Forget what was kept of a part of a contact, so that the merge could be undone."""
    profile = draft.profile
    if profile.merged_into is None:
        draft.note("event.ignored", event.name, "it stands by itself")
        return
    # Of a part that is forgotten to make room, what comes is still passed on.
    at_ms = event.properties.get("at_ms", profile.erased_ms)
    _clear_parts(draft, at_ms)
    _empty(draft, _KEPT_OF_PARTS, at_ms)
    _have_forgotten(draft, event)


def turn_away(draft: Draft, event: Event) -> bool:
    """Forget what is from before, and pass on what came to a part. Return whether it was one of these."""
    profile = draft.profile
    if profile.erased_ms and _is_from_before(profile, event):
        _forget_again(draft, event)
    elif profile.merged_into is not None and event.name not in _COMES_TO_PARTS:
        forward(draft, event)
    else:
        return False
    return True


def _is_from_before(profile: Profile, event: Event) -> bool:
    """Whether it was on its way when the contact was forgotten: heard, decided or asked for by then."""
    if event.name in _OF_ITS_OWN:
        return False
    match event.source:
        case "fold":
            since_ms = event.occurred_ms
        case "dispatch":
            asked_ms = event.properties.get("asked_ms")
            since_ms = asked_ms if isinstance(asked_ms, int) else event.received_ms
        case _:
            since_ms = event.received_ms
    return since_ms <= profile.erased_ms


def _forget_again(draft: Draft, event: Event) -> None:
    """Learn nothing of an event from before; history holds it now, and is to be forgotten once more."""
    profile = draft.profile
    contact, winner = profile.contact, profile.merged_into
    draft.note(
        "event.ignored", event.name, "it is from before the contact was forgotten", event.id
    )
    name, told = (ERASED, {}) if winner is None else (CLEARED, {"from": winner})
    if not any(isinstance(one, EmitEvent) and one.name == name for one in draft.effects):
        emit(draft, contact, name, told)


def first_profile(event: Event) -> Profile:
    """Return the profile that the first event of a history comes to: all new, unless history began anew with it."""
    kept = event.properties.get(KEPT) if event.name in FORGOTTEN else None
    if isinstance(kept, str):
        return _decode(b64decode(kept))
    return Profile(event.contact, created_s=event.occurred_s)


def begun_anew(
    events: Sequence[Event], notes: Sequence[Note], forgotten: EventId, kept: str
) -> tuple[list[Event], list[Note]] | None:
    """Return what a batch meant to a contact from the event on by which it was forgotten; None: it is not there."""
    first = next((n for n, event in enumerate(events) if event.id == forgotten), None)
    if first is None:
        return None
    event = msgspec.structs.replace(events[first], properties={KEPT: kept})
    return [event, *events[first + 1 :]], since_forgotten(notes, forgotten)


def since_forgotten(notes: Sequence[Note], forgotten: int) -> list[Note]:
    """Return the notes from the one on that tells of an erasure."""
    first = (
        n for n, note in enumerate(notes) if note.kind in FORGOTTEN and note.value == forgotten
    )
    begins = next(first, 0)
    return list(notes[begins:])


def _clear_parts(draft: Draft, at_ms: int) -> None:
    """Have forgotten what is kept in the contacts that this one took in."""
    profile = draft.profile
    for part in profile.absorbed:
        emit(draft, part, CLEARED, {"from": profile.contact, "at_ms": at_ms})


def _have_forgotten(draft: Draft, event: Event) -> None:
    """Have everything forgotten that is kept beside the profile, and say what is left of it."""
    profile = draft.profile
    kept = msgspec.structs.replace(profile, seen=forget_latest(profile, event))
    draft.effects.append(
        ForgetContact(
            id=EffectId(derive_text("forget", str(profile.contact), str(event.id))),
            contact=profile.contact,
            decided_ms=draft.now_ms,
            event=event.id,
            kept=b64encode(_encode(kept)).decode(),
        )
    )
    draft.note(event.name, f"{profile.contact:016x}", event.name, event.id)


def _empty(draft: Draft, kept: Collection[str], at_ms: int) -> None:
    """Leave what is kept, and which contacts are parts of this one: they go on passing on, and may be forgotten again."""
    profile = draft.profile
    fresh = Profile(profile.contact, erased_s=draft.now_s, erased_ms=at_ms)
    fresh.absorbed = {part: {} for part in profile.absorbed}
    for field in Profile.__struct_fields__:
        if field not in kept:
            setattr(profile, field, getattr(fresh, field))
