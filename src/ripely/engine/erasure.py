"""Somebody asks to be forgotten: what is known goes at once, but nobody is written to again by mistake."""

from ripely.engine.merge import leave_everything
from ripely.engine.refresh import answer_quietly
from ripely.engine.transition import Draft
from ripely.model.event import Event
from ripely.model.profile import Consent, Profile

_KEPT = ("ruleset", "created_s", "now_s", "suppressed", "seen", "minute")
"""What says nothing of the person, and what keeps them from being written to."""


def erase(draft: Draft, event: Event) -> None:
    """End every journey and forget everything. What was agreed to is refused from here on."""
    profile, at_s = draft.profile, event.occurred_s
    leave_everything(draft, "erased")
    fresh = Profile(profile.contact)
    refused = {
        purpose: Consent(granted=False, at_s=max(at_s, said.at_s), by=event.name)
        for purpose, said in profile.consents.items()
    }
    for field in Profile.__struct_fields__:
        if field not in _KEPT:
            setattr(profile, field, getattr(fresh, field))
    profile.consents = refused
    draft.note("contact.erased", f"{profile.contact:016x}", event.name)
    draft.recheck(draft.rules.watches)
    answer_quietly(draft)
