"""How far a contact has come: visitor, potential lead, lead, customer. Nobody falls back by themselves."""

from ripely.engine.draft import Draft
from ripely.model.event import Event
from ripely.model.words import LIFECYCLE, LifecycleLevel


def record_lifecycle(draft: Draft, event: Event) -> None:
    """Take over what a colleague or another system says."""
    level = event.properties.get("to")
    for known in LIFECYCLE:
        if known == level:
            set_lifecycle(draft, known, event.name, said=True)


def rise(draft: Draft, level: str) -> None:
    """Bring a contact as far as `level`, unless it is there or farther."""
    for known in LIFECYCLE:
        if known == level and LIFECYCLE.index(known) > LIFECYCLE.index(draft.profile.lifecycle):
            set_lifecycle(draft, known, draft.event.name)


def set_lifecycle(
    draft: Draft, level: LifecycleLevel, reason: str, *, said: bool = False
) -> None:
    """Set the level, up or down. With `said`, there is an event already that says so: this one."""
    before = draft.profile.lifecycle
    if before == level:
        return
    draft.profile.lifecycle = level
    draft.note("lifecycle.changed", level, f"from {before}: {reason}", LIFECYCLE.index(level))
    draft.touch("lifecycle")
    if not said:
        draft.tell("lifecycle.changed", {"from": before, "to": level})
