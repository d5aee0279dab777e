"""Two contacts that turn out to be one, and the way back.

The loser of a merge freezes and hands its facts to the winner as an event; what comes to it later
is passed on. The winner remembers what it took, so that unmerging gives exactly that back.
"""

from typing import Any

import msgspec

from ripely.engine.ageing import age_all
from ripely.engine.draft import Draft
from ripely.engine.handover import UNDO_MAX, Facts, Taken, facts_of, give_back, take_in
from ripely.engine.keys import key_of, remember
from ripely.engine.leaving import leave_every_journey
from ripely.engine.limits import ENROLLMENTS_MAX
from ripely.engine.pursuits import join_pursuits
from ripely.engine.refresh import answer_quietly
from ripely.model.effect import EmitEvent
from ripely.model.event import Event
from ripely.model.ids import ContactId, EffectId, derive_text
from ripely.model.profile import Enrollment

CLEARED = "contact.cleared"
ERASED = "contact.erased"
UNDO_BYTES_MAX = 200_000
"""How much of merges is kept so that they can be undone, beside the latest one."""
PARTS_MAX = 1_000
"""How many contacts that were taken in are known, so that they can be reached."""


def freeze(draft: Draft, event: Event) -> None:
    """Take leave: everything known goes to the winner, and nothing happens here any more."""
    winner = ContactId(int(event.properties["into"]))
    profile = draft.profile
    if profile.merged_into is not None or winner == profile.contact:
        return
    if winner in profile.absorbed:
        draft.note("event.ignored", event.name, f"{winner:016x} is part of this contact")
        return
    draft.note("contact.merged", f"{winner:016x}", str(event.properties.get("by", "")))
    facts = msgspec.to_builtins(facts_of(profile), str_keys=True)
    emit(draft, winner, "contact.absorbed", {"from": profile.contact, "facts": facts})
    leave_everything(draft, "merged into another contact")
    profile.merged_into = winner


def forward(draft: Draft, event: Event) -> None:
    """Pass an event that came to a merged contact on to the one it is part of."""
    winner = draft.profile.merged_into
    assert winner is not None
    draft.note("event.forwarded", f"{winner:016x}", event.name, event.id)
    emit(draft, winner, event.name, event.properties, event)


def absorb(draft: Draft, event: Event) -> None:
    """Take another contact's facts in, and go on with the journeys it was in."""
    loser = ContactId(int(event.properties["from"]))
    profile = draft.profile
    if loser == profile.contact:
        return
    if event.occurred_s <= profile.erased_s:
        draft.note("event.ignored", event.name, f"{loser:016x} was forgotten with this contact")
        if loser not in profile.absorbed:
            _make_room(draft)
            profile.absorbed[loser] = {}
        emit(draft, loser, CLEARED, {"from": profile.contact, "at_ms": profile.erased_ms})
        emit(draft, profile.contact, ERASED, {})  # History holds now what was to be forgotten.
        return
    if loser in profile.absorbed:
        return
    draft.note("contact.absorbed", f"{loser:016x}")
    facts = msgspec.convert(event.properties["facts"], Facts, strict=False)
    _make_room(draft)
    profile.absorbed[loser] = msgspec.to_builtins(take_in(draft, facts))
    room = ENROLLMENTS_MAX - len(profile.enrollments)
    draft.joining += [e for e in facts.enrollments if _goes_on(draft, e)][:room]
    for journey, at_s in facts.entered.items():
        profile.entered[journey] = max(at_s, profile.entered.get(journey, 0))
    for journey, at_s in facts.goals.items():
        profile.goals[journey] = max(at_s, profile.goals.get(journey, 0))
    for journey in facts.entered.keys() | facts.goals.keys():
        draft.touch(f"journey/{journey}")
    for journey, keys in facts.keys.items():
        remember(profile, journey, keys)
    join_pursuits(draft, facts.pursuits)


def _make_room(draft: Draft) -> None:
    """Keep of merges of long ago only with whom: they cannot be undone any more."""
    parts = draft.profile.absorbed
    undoable = [part for part, taken in parts.items() if taken]
    sizes = [len(msgspec.msgpack.encode(parts[part])) for part in undoable]
    while len(sizes) >= UNDO_MAX or sum(sizes) > UNDO_BYTES_MAX:
        parts[undoable[len(undoable) - len(sizes)]] = {}
        del sizes[0]
    if len(parts) >= PARTS_MAX:
        oldest = next(iter(parts))
        del parts[oldest]
        emit(draft, oldest, CLEARED, {"from": draft.profile.contact})


def release(draft: Draft, event: Event) -> None:
    """Give an absorbed contact its facts back, and let it live again."""
    loser = ContactId(int(event.properties["from"]))
    parts = draft.profile.absorbed
    if not parts.get(loser):
        old = "was taken in too long ago" if loser in parts else "is no part of this contact"
        draft.note("event.ignored", event.name, f"{loser:016x} {old}")
        return
    kept = parts.pop(loser)
    draft.note("contact.unmerged", f"{loser:016x}")
    give_back(draft, msgspec.convert(kept, Taken, strict=False))
    emit(draft, loser, "contact.revived", {"from": draft.profile.contact})


def revive(draft: Draft, event: Event) -> None:
    """End the frozen state: the profile goes on where it stopped. That it is back begins no journey."""
    if draft.profile.merged_into is None:
        return
    draft.profile.merged_into = None
    draft.note("contact.revived", f"{int(event.properties['from']):016x}")
    draft.recheck(draft.rules.watches)
    draft.changed |= draft.rules.date_triggers.keys()
    age_all(draft)
    answer_quietly(draft)


def emit(
    draft: Draft,
    target: ContactId,
    name: str,
    properties: dict[str, Any],
    event: Event | None = None,
) -> None:
    """Address an event to another contact: `event` itself, or a new one that happened now."""
    origin = draft.event
    draft.effects.append(
        EmitEvent(
            id=EffectId(
                derive_text("emit", str(origin.contact), str(origin.id), name, str(target))
            ),
            contact=origin.contact,
            decided_ms=draft.now_ms,
            target=target,
            name=name,
            properties=properties,
            event=event.id if event else None,
            occurred_ms=event.occurred_ms if event else 0,
            received_ms=event.received_ms if event else 0,
            source=event.source if event else "fold",
        )
    )


def leave_everything(draft: Draft, reason: str) -> None:
    """End every journey and leave every segment: this contact goes on no more."""
    profile = draft.profile
    leave_every_journey(draft, reason)
    for segment in profile.segments:
        draft.note("segment.left", segment, draft.event.name)
    profile.segments, profile.lapses, profile.dates = {}, {}, {}


def _goes_on(draft: Draft, enrollment: Enrollment) -> bool:
    """Whether this contact takes over a place in a journey: not where it is, or was once for all."""
    profile, journey = draft.profile, enrollment.journey
    program = draft.rules.programs.get(journey)
    if program is None:
        return False
    if program.reentry_per:
        return key_of(program, enrollment.entry) not in profile.keys.get(journey, ())
    if any(e.journey == journey for e in profile.enrollments):
        return False
    return not (program.once and journey in profile.entered)
