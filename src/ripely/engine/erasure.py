"""Somebody asks to be forgotten: what is known goes at once, but nobody is written to again by mistake."""

from collections.abc import Collection

from ripely.engine.merge import CLEARED, emit, leave_everything
from ripely.engine.refresh import answer_quietly
from ripely.engine.transition import Draft
from ripely.model.effect import ForgetContact
from ripely.model.event import Event
from ripely.model.ids import EffectId, derive_text
from ripely.model.profile import Consent, Profile

_KEPT = ("ruleset", "created_s", "now_s", "suppressed", "seen", "minute")
"""What says nothing of the person, and what keeps them from being written to."""
_KEPT_OF_PARTS = ("ruleset", "created_s", "now_s", "seen", "minute", "merged_into")


def erase(draft: Draft, event: Event) -> None:
    """End every journey and forget everything. What was agreed to is refused from here on."""
    profile, at_s = draft.profile, event.occurred_s
    leave_everything(draft, "erased")
    _clear_parts(draft)
    refused = {
        purpose: Consent(granted=False, at_s=max(at_s, said.at_s), by=event.name)
        for purpose, said in profile.consents.items()
    }
    _empty(profile, _KEPT)
    profile.consents = refused
    draft.note("contact.erased", f"{profile.contact:016x}", event.name)
    draft.recheck(draft.rules.watches)
    answer_quietly(draft)


def clear(draft: Draft, event: Event) -> None:
    """Forget what was kept of a part of a contact, so that the merge could be undone."""
    profile = draft.profile
    if profile.merged_into is None:
        draft.note("event.ignored", event.name, "it stands by itself")
        return
    _clear_parts(draft)
    _empty(profile, _KEPT_OF_PARTS)
    draft.note("contact.cleared", f"{profile.contact:016x}", event.name)


def _clear_parts(draft: Draft) -> None:
    """Have everything forgotten that is kept elsewhere: beside the profile, and in the contacts it took in."""
    profile = draft.profile
    for part in profile.absorbed:
        emit(draft, part, CLEARED, {"from": profile.contact})
    draft.effects.append(
        ForgetContact(
            id=EffectId(derive_text("forget", str(profile.contact), str(draft.event.id))),
            contact=profile.contact,
            decided_ms=draft.now_ms,
        )
    )


def _empty(profile: Profile, kept: Collection[str]) -> None:
    fresh = Profile(profile.contact)
    for field in Profile.__struct_fields__:
        if field not in kept:
            setattr(profile, field, getattr(fresh, field))
